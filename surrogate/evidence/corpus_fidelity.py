"""Fidelity of a global surrogate: on how many held-out documents it decides as the model does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.estimate import Estimate
from surrogate.evidence.binomial import share_estimate

__all__ = ["CorpusFidelity", "Slice", "measure_corpus_fidelity", "measure_slices"]

#: A slice of fewer held-out documents says little, and is left out.
MIN_SLICE = 10


@dataclass(frozen=True)
class CorpusFidelity:
    """What a global surrogate says about held-out documents, against what the model says.

    Parameters
    ----------
    n : int
        Held-out documents.
    agreement : Estimate
        Share on which both decide alike; a document that no rule covers counts as not alike.  The baseline is the share of the
        decision that is the most frequent in the documents it was fitted to.
    coverage : Estimate
        Share that the surrogate decides at all.
    precision : Estimate
        Of these, the share on which both decide alike.

    Examples
    --------
    >>> fidelity = measure_corpus_fidelity(np.array([0, 1, -1, 0]), np.array([0, 1, 1, 1]), majority=1)
    >>> fidelity.agreement.value, fidelity.agreement.baseline, fidelity.coverage.value, round(fidelity.precision.value, 2)
    (0.5, 0.75, 0.75, 0.67)
    """

    n: int
    agreement: Estimate
    coverage: Estimate
    precision: Estimate

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "n": self.n,
            "agreement": self.agreement.to_dict(),
            "coverage": self.coverage.to_dict(),
            "precision": self.precision.to_dict(),
        }


@dataclass(frozen=True)
class Slice:
    """Agreement on a part of the held-out documents.

    Parameters
    ----------
    by, value : str
        What the part is made by, such as "decision" or the name of a column, and its value.
    n : int
    agreement : Estimate

    Examples
    --------
    >>> Slice("decision", "cards", 10, Estimate(0.9, 0.6, 0.99)).to_dict()["value"]
    'cards'
    """

    by: str
    value: str
    n: int
    agreement: Estimate

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"by": self.by, "value": self.value, "n": self.n, "agreement": self.agreement.to_dict()}


def measure_corpus_fidelity(decided: NDArray[np.int64], decisions: NDArray[np.int64], majority: int) -> CorpusFidelity:
    """Agreement, coverage and precision on held-out documents.

    Parameters
    ----------
    decided : ndarray of int, shape (n_documents,)
        The surrogate's class of each document; -1: it says nothing.
    decisions : ndarray of int, shape (n_documents,)
        The model's.
    majority : int
        The class that is the most frequent where the surrogate was fitted.

    Returns
    -------
    CorpusFidelity
        With exact binomial intervals, since documents are drawn one by one.
    """
    n, covered = len(decided), decided >= 0
    n_right = int((decided == decisions).sum())
    baseline = float((decisions == majority).mean()) if n else None
    return CorpusFidelity(
        n,
        share_estimate(n_right, n, baseline=baseline),
        share_estimate(int(covered.sum()), n),
        share_estimate(n_right, int(covered.sum())),
    )


def measure_slices(
    decided: NDArray[np.int64], decisions: NDArray[np.int64], groups: Mapping[str, Sequence[str | None]]
) -> tuple[Slice, ...]:
    """Agreement on parts of the held-out documents, the worst first.

    Parameters
    ----------
    decided, decisions : ndarray of int, shape (n_documents,)
    groups : mapping of str to sequence of str or None, each of length n_documents
        The part each document is in, by what the parts are made by; None: in none.

    Returns
    -------
    tuple of Slice
        Of those with at least ten documents.

    Examples
    --------
    >>> decided = np.repeat([0, 1], 10)
    >>> [(one.value, one.agreement.value) for one in measure_slices(decided, np.zeros(20), {"by": ["a"] * 10 + ["b"] * 10})]
    [('b', 0.0), ('a', 1.0)]
    """
    right = decided == decisions
    slices = []
    for by, values in groups.items():
        for value in sorted({value for value in values if value is not None}):
            rows = np.array([one == value for one in values])
            if rows.sum() >= MIN_SLICE:
                slices.append(
                    Slice(by, value, int(rows.sum()), share_estimate(int(right[rows].sum()), int(rows.sum())))
                )
    return tuple(sorted(slices, key=lambda one: (one.agreement.value, -one.n, one.by, one.value)))
