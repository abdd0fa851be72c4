"""Toy corpora with a known answer: tables of planted rules or planted coefficients, and answered samples of texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from surrogate.answers import Answers
from surrogate.canonical import digest
from surrogate.features import Feature, Features
from surrogate.neighborhood import Neighborhood
from surrogate.table import Table
from surrogate.units import split_units

WORDS = ("lost", "card", "fee", "send", "pin", "rate", "app", "help", "please", "the")
CLASSES = ("cards", "fees", "other")


def named(words: Sequence[str]) -> tuple[Feature, ...]:
    return tuple(Feature("word", word, word) for word in words)


def table_from(
    presence: NDArray, probabilities: NDArray, classes: Sequence[str] = CLASSES, words: Sequence[str] | None = None
) -> Table:
    """A table of documents without copies; row i is the document with the text "text i"."""
    n_rows = len(presence)
    words = [f"w{column}" for column in range(presence.shape[1])] if words is None else words
    features = Features(csr_matrix(presence.astype(np.float32)), named(words))
    keys = np.array([digest(f"text {row}") for row in range(n_rows)])
    return Table(features, probabilities, tuple(classes), np.arange(n_rows), np.ones(n_rows, dtype=bool), keys)


def with_copies(table: Table, says, n_copies: int = 4, seed: int = 0) -> Table:  # type: ignore[no-untyped-def]
    """The documents of a table, each followed by copies that have lost some features, as ``says`` answers them."""
    generator = np.random.default_rng(seed)
    original = table.features.presence.toarray().astype(bool)
    rows = np.repeat(np.arange(table.n_rows), n_copies + 1)
    first = np.arange(len(rows)) % (n_copies + 1) == 0
    presence = original[rows] & (first[:, None] | (generator.random((len(rows), original.shape[1])) < 0.7))
    features = Features(csr_matrix(presence.astype(np.float32)), table.features.named)
    assert table.keys is not None
    answers = np.where(first[:, None], table.probabilities[rows], says(presence))
    return Table(features, answers, table.classes, table.documents[rows], first, table.keys[rows])


def toy_answer(presence: NDArray) -> NDArray[np.float64]:
    """Cards, where "lost" is there and "fee" is not, or "pin" is; fees, where "fee" and "rate" are; else other."""
    has = {word: presence[:, column].astype(bool) for column, word in enumerate(WORDS)}
    said = np.full(len(presence), 2)
    said[has["fee"] & has["rate"]] = 1
    said[(has["lost"] & ~has["fee"]) | has["pin"]] = 0
    return np.where(np.eye(3)[said] > 0, 0.94, 0.03)


def planted_rules(n_documents: int = 300, seed: int = 0, noise: float = 0.0) -> Table:
    """Random documents of the toy words, some with a random answer."""
    generator = np.random.default_rng(seed)
    presence = generator.random((n_documents, len(WORDS))) < 0.3
    probabilities = toy_answer(presence)
    wrong = generator.random(n_documents) < noise
    probabilities[wrong] = probabilities[wrong][:, [1, 2, 0]]
    return table_from(presence, probabilities, words=WORDS)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    risen = np.exp(scores - scores.max(axis=1, keepdims=True))
    return risen / risen.sum(axis=1, keepdims=True)


def answered_sample(texts: Sequence[str], roles: Sequence[str], n_copies: int = 3) -> Neighborhood:
    """A corpus as the steps before a surrogate leave it: texts of toy words, copies by deletion for role "fit"."""
    generator = np.random.default_rng(len(texts))
    documents = tuple(split_units(text) for text in texts)
    masks, rows_roles, copies = [], [], []
    for document, role in zip(documents, roles, strict=True):
        own = np.ones((1 + (n_copies if role == "fit" else 0), document.n_units), dtype=bool)
        own[1:] = generator.random(own[1:].shape) < 0.6
        own[1:, 0] = False
        masks.append(own)
        rows_roles += [role] * len(own)
        copies += [document.keep(mask) for mask in own]
    presence = np.array([[word in copy.split() for word in WORDS] for copy in copies])
    n_rows = len(copies)
    return Neighborhood(
        documents=documents,
        masks=tuple(masks),
        texts=tuple(copies),
        roles=np.array(rows_roles),
        pairs=np.arange(n_rows),
        reference_weight=np.ones(n_rows),
        answers=Answers.from_probabilities(toy_answer(presence)),
        classes=CLASSES,
        features=Features(csr_matrix(presence.astype(np.float32)), named(WORDS)),
    )


def toy_texts(n: int, seed: int = 0) -> list[str]:
    """Different texts of toy words."""
    generator = np.random.default_rng(seed)
    return [
        " ".join([*(word for word in WORDS if generator.random() < 0.35), "number", str(number)]) for number in range(n)
    ]
