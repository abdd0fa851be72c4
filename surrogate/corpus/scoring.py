"""Accuracy against labels: of the model, and of its surrogates, on held-out documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.corpus_explanation import CorpusMember
from surrogate.corpus_shown import Accuracy
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence.binomial import share_estimate
from surrogate.table import Table

__all__ = ["label_places", "measure_accuracy", "unknown_labels"]


def unknown_labels(corpus: Documents, classes: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Labels of a corpus that a model does not know, with their number, the most frequent first.

    Parameters
    ----------
    corpus : Documents
    classes : sequence of str

    Raises
    ------
    InputError
        ``bad-corpus`` when the model knows none of the labels.

    Examples
    --------
    >>> unknown_labels(Documents(("a", "b"), ("1", "2"), ("cards", "cash")), ["cash", "fees"])
    (('cards', 1),)
    """
    counts = Counter(label for label in corpus.labels or () if label is not None)
    unknown = {label: n for label, n in counts.items() if label not in classes}
    if counts and len(unknown) == len(counts):
        raise InputError(
            "bad-corpus",
            f"The model knows none of the labels of the corpus, such as {', '.join(map(repr, sorted(unknown)[:3]))}. Its own are "
            f"{', '.join(map(repr, classes[:8]))}. Name another column, or leave the labels out.",
        )
    return tuple(sorted(unknown.items(), key=lambda one: (-one[1], one[0])))


def label_places(labels: Sequence[str | None], classes: Sequence[str]) -> NDArray[np.int64]:
    """Number of the class that each label names, -1: none that is known, shape (n_documents,).

    Examples
    --------
    >>> label_places(["cash", None, "tax"], ["fees", "cash"]).tolist()
    [1, -1, -1]
    """
    place = {label: number for number, label in enumerate(classes)}
    return np.array([-1 if label is None else place.get(label, -1) for label in labels], dtype=np.int64)


def measure_accuracy(
    corpus: Documents, documents: Documents, table: Table, held_out: NDArray[np.bool_], members: Sequence[CorpusMember]
) -> Accuracy | None:
    """How often the model and its surrogates decide as the labels say; None where there are no labels.

    Parameters
    ----------
    corpus : Documents
        With all rows.
    documents : Documents
        Each once, with the label of its first row.
    table : Table
        Of ``documents``.
    held_out : ndarray of bool, shape (n_documents,)
    members : sequence of CorpusMember

    Raises
    ------
    InputError
        As :func:`unknown_labels`.
    """
    if documents.labels is None:
        return None
    labels = label_places(documents.labels, table.classes)
    rows = np.flatnonzero(held_out & (labels >= 0))

    def accuracy(decided: NDArray[np.int64]) -> Estimate:
        return share_estimate(int((decided[rows] == labels[rows]).sum()), len(rows))

    scored = tuple((one.name, accuracy(one.model.decide(table.features))) for one in members if one.verdict.passed)
    return Accuracy(len(rows), accuracy(table.decisions), scored, unknown_labels(corpus, table.classes))
