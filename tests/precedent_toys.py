"""Toy models that give embeddings, toy embedders, and an audit of toy desks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.function import FunctionBox
from surrogate.corpus.audit import audit
from surrogate.corpus_explanation import CorpusExplanation
from surrogate.documents import Documents
from tests.corpus_toys import toy_texts
from tests.toys import words

VOCABULARY = ("card", "lost", "fee", "pin", "my", "the", "stolen", "why")
DESKS = ("cards", "fees", "other")


def desks(texts: Sequence[str]) -> NDArray[np.float64]:
    """Cards where "card" is, else fees where "fee" is, else other."""
    shares = {"cards": [0.9, 0.06, 0.04], "fees": [0.05, 0.9, 0.05], "other": [0.1, 0.1, 0.8]}
    held = [set(words(text)) for text in texts]
    return np.array([shares["cards" if "card" in there else "fees" if "fee" in there else "other"] for there in held])


def counts(texts: Sequence[str]) -> NDArray[np.float32]:
    """How often each word of the vocabulary is there."""
    return np.array([[words(text).count(word) for word in VOCABULARY] for text in texts], dtype=np.float32)


class Reading(FunctionBox):
    """A model whose answers come with embeddings; it remembers what it was asked, and cuts long texts."""

    embeds = True

    def __init__(self, *, longest: int = 50, fingerprint: str | None = "toy:desks") -> None:
        super().__init__(desks, classes=list(DESKS), name="desks", fingerprint=fingerprint)
        self.longest = longest
        self.asked: list[str] = []

    def answer(self, texts: Sequence[str]) -> Answers:
        self.asked += list(texts)
        plain = super().answer(texts)
        truncated = np.array([len(words(text)) > self.longest for text in texts], dtype=bool)
        return Answers(plain.log_probabilities, counts(texts), None, np.zeros(len(texts), dtype=bool), truncated)


class Asked(FunctionBox):
    """The same model without embeddings."""

    def __init__(self, fingerprint: str | None = "toy:desks") -> None:
        super().__init__(desks, classes=list(DESKS), name="desks", fingerprint=fingerprint)
        self.asked: list[str] = []

    def answer(self, texts: Sequence[str]) -> Answers:
        self.asked += list(texts)
        return super().answer(texts)


class CountEmbedder:
    """An embedder: answers without a class."""

    def __init__(self) -> None:
        self.name, self.fingerprint, self.kind, self.stochastic = "counts", "toy:counts", "embedder", False
        self.classes_, self.details = np.array([], dtype=str), {"layer": 1}

    def answer(self, texts: Sequence[str]) -> Answers:
        nobody = np.zeros(len(texts), dtype=bool)
        return Answers(np.empty((len(texts), 0)), counts(texts), None, nobody, nobody)


@cache
def toy_audit(fingerprint: str | None = "toy:desks") -> CorpusExplanation:
    texts = tuple(toy_texts(300))
    numbers = tuple(str(number) for number in range(1, len(texts) + 1))
    return audit(Documents(texts, numbers), Asked(fingerprint), store=False)
