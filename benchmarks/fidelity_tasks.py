"""What is explained in the fidelity benchmark: games with every answer known, and transformers on short and longer texts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.games import log_odds
from benchmarks.sentiment import Reviews, trained_model
from surrogate.blackbox import FunctionBox, load_model

#: Fewest and most words of the two sizes of text.
SIZES = {"9-15 words": (9, 15), "30-40 words": (30, 40)}
GAME_UNITS = 14
MODELS = ("games", "bank-router", "bank-router-lm", "sentiment", "toy")


@dataclass(frozen=True)
class Place:
    """Where the data are, and where the trained model is kept."""

    data: Path
    kept: Path


@dataclass(frozen=True)
class Task:
    """One text to explain.

    Parameters
    ----------
    model, size : str
        What it is grouped by.
    number : int
        Of the text within its group.
    text : str
    game : str
        Name of the game; empty for transformers.
    """

    model: str
    size: str
    number: int
    text: str
    game: str = ""

    @property
    def reference(self) -> str:
        """The reference distribution: every mask alike for games, otherwise every size alike."""
        return "uniform" if self.game else "sizes"


def tasks_of(model: str, place: Place, n_texts: int) -> list[Task]:
    """The texts of one model: games, or ``n_texts`` of each size."""
    if model == "games":
        text = " ".join(map(str, range(GAME_UNITS)))
        names = sorted(_games(place.data).files)[:n_texts]
        return [Task(model, f"{GAME_UNITS} units", number, text, name) for number, name in enumerate(names)]
    if model == "toy":
        return [
            Task(model, size, number, text) for size in SIZES for number, text in enumerate(_toy_texts(size, n_texts))
        ]
    rows = _reviews(place).texts if model == "sentiment" else _messages(place.data)
    return [
        Task(model, size, number, text)
        for size in SIZES
        for number, text in enumerate(_of_size(rows, size, join=model != "sentiment")[:n_texts])
    ]


def load_box(task: Task, place: Place) -> Any:
    """The black box of a task, loaded once in each process."""
    if task.game:
        return _game_box(task.game, place.data)
    return _box(task.model, place)


@cache
def _box(model: str, place: Place) -> Any:
    if model == "toy":
        return FunctionBox(_toy_probabilities, classes=["negative", "positive"], name="toy")
    if model == "sentiment":
        return trained_model(place.data, place.kept)[0]
    return load_model(model)


def held_out_accuracy(place: Place) -> float:
    """Accuracy of the sentiment classifier on sentences it was not trained on; trains it where it is not yet."""
    return trained_model(place.data, place.kept)[2]


@cache
def _reviews(place: Place) -> Reviews:
    return trained_model(place.data, place.kept)[1]


def _messages(data: Path) -> tuple[str, ...]:
    with (data / "banking77" / "test.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["text"].strip() for row in csv.DictReader(file))


def _of_size(rows: Sequence[str], size: str, join: bool) -> list[str]:
    """Texts with a number of words, in random order; where ``join``, long ones are two rows put together."""
    least, most = SIZES[size]
    order = np.random.default_rng(0).permutation(len(rows))
    shuffled = [rows[i] for i in order]
    if join and most > 20:
        shuffled = [f"{first} {second}" for first, second in zip(shuffled[::2], shuffled[1::2], strict=False)]
    return [text for text in dict.fromkeys(shuffled) if least <= len(text.split()) <= most]


@cache
def _games(data: Path) -> Any:
    return np.load(data / "sentiment_games" / "values_signed_float32.npz", allow_pickle=False)


def game_log_odds(name: str, data: Path) -> NDArray[np.float64]:
    """Log-odds of "positive" for every mask of a game, shape (2 ** 14,); bit i of the position: unit i is kept."""
    return log_odds(_games(data)[name])


@cache
def _game_box(name: str, data: Path) -> Any:
    positive = 1.0 / (1.0 + np.exp(-game_log_odds(name, data)))
    return FunctionBox(_lookup(positive), classes=["negative", "positive"], name=name)


def _lookup(positive: NDArray[np.float64]) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    def answer(texts: Sequence[str]) -> NDArray[np.float64]:
        place = [sum(1 << int(number) for number in text.split()) for text in texts]
        return np.column_stack([1.0 - positive[place], positive[place]])

    return answer


def _toy_texts(size: str, n_texts: int) -> list[str]:
    least, most = SIZES[size]
    words = ["not", "good", "bad", "plot", "acting", "dull", "fun", *(f"word{i}" for i in range(most))]
    rng = np.random.default_rng(least)
    return [" ".join(rng.choice(words, rng.integers(least, most + 1), replace=False)) for _ in range(n_texts)]


def _toy_probabilities(texts: Sequence[str]) -> NDArray[np.float64]:
    """Words with weights, and "not" that turns "good" round."""
    values = []
    for text in texts:
        words = set(text.split())
        value = 2.0 * ("good" in words) - 1.5 * ("bad" in words) - ("dull" in words) + ("fun" in words) - 0.2
        value += 0.05 * sum(int(word[4:]) % 7 - 3 for word in words if word.startswith("word"))
        values.append(value - 3.0 * ({"not", "good"} <= words))
    positive = 1.0 / (1.0 + np.exp(-np.array(values)))
    return np.column_stack([1.0 - positive, positive])
