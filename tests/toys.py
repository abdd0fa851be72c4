"""Toy black boxes with a known answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.function import FunctionBox

MESSAGE = "please help me I have lost my card yesterday and want to know what I should do about the new one"


def words(text: str) -> list[str]:
    return text.lower().replace("?", " ").replace(",", " ").split()


def logistic(weights: dict[str, float], intercept: float = 0.0) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """Probabilities whose log-odds are a sum of weights over the words that are there."""

    def function(texts: Sequence[str]) -> NDArray[np.float64]:
        log_odds = np.array([intercept + sum(weights.get(word, 0.0) for word in set(words(text))) for text in texts])
        positive = 1.0 / (1.0 + np.exp(-log_odds))
        return np.column_stack([positive, 1.0 - positive])

    return function


def conjunction(texts: Sequence[str]) -> NDArray[np.float64]:
    """0.95 when both "lost" and "card" are there, else 0.05."""
    both = np.array([{"lost", "card"} <= set(words(text)) for text in texts])
    return np.column_stack([np.where(both, 0.95, 0.05), np.where(both, 0.05, 0.95)])


class Counting(FunctionBox):
    """A black box that remembers every text it was asked about."""

    def __init__(
        self,
        function: Callable[[Sequence[str]], NDArray[np.float64]],
        classes: Sequence[str] = ("cards", "other"),
        **params: object,
    ) -> None:
        super().__init__(function, classes=list(classes), **params)  # type: ignore[arg-type]
        self.asked: list[str] = []

    def answer(self, texts: Sequence[str]):  # type: ignore[no-untyped-def]
        self.asked += list(texts)
        return super().answer(texts)


def card_box(**params: object) -> Counting:
    return Counting(logistic({"card": 2.5, "lost": 1.0, "new": -0.5}, -1.0), **params)
