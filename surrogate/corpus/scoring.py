"""Accuracy against labels: of the model, and of its surrogates, on held-out documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.corpus_explanation import Accuracy, CorpusMember
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.evidence.binomial import share_estimate
from surrogate.table import Table

__all__ = ["measure_accuracy"]


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
        ``bad-corpus`` when the model knows none of the labels.
    """
    if corpus.labels is None or documents.labels is None:
        return None
    counts = Counter(label for label in corpus.labels if label is not None)
    unknown = tuple(
        sorted(
            ((label, n) for label, n in counts.items() if label not in table.classes), key=lambda one: (-one[1], one[0])
        )
    )
    if counts and len(unknown) == len(counts):
        raise InputError(
            "bad-corpus",
            f"The model knows none of the labels of the corpus, such as {', '.join(repr(label) for label, _ in unknown[:3])}. "
            f"Its own are {', '.join(map(repr, table.classes[:8]))}. Name another column, or leave the labels out.",
        )
    place = {label: number for number, label in enumerate(table.classes)}
    labels = np.array([place.get(label, -1) if label is not None else -1 for label in documents.labels])
    rows = np.flatnonzero(held_out & (labels >= 0))

    def right(decided: NDArray[np.int64]) -> int:
        return int((decided[rows] == labels[rows]).sum())

    scored = [member for member in members if member.verdict.passed]
    return Accuracy(
        len(rows),
        share_estimate(right(table.decisions), len(rows)),
        tuple((one.name, share_estimate(right(one.model.decide(table.features)), len(rows))) for one in scored),
        unknown,
    )
