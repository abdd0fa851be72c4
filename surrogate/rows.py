"""Rows: the altered copies of one text that were read whole and answered, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome, sigmoid
from surrogate.votes import shown_by_votes

__all__ = ["Rows", "original_row", "usable_rows"]


@dataclass(frozen=True, eq=False)
class Rows:
    """The usable rows of one text's sample as arrays, n rows.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
    values, margins : ndarray of float, shape (n,)
        The fitted quantity, and the decision margin.
    weights : ndarray of float, shape (n,)
    pairs : ndarray of int, shape (n,)
    units : tuple of str, length n_units
    exact : bool
        Whether the rows are every possible copy of the text and the answers do not vary, so that nothing is left to chance.
    reference : {"sizes", "uniform"}
        The reference distribution the weights stand for.
    kernel : ndarray of float, shape (n,), optional
        The part of the weights that a locality kernel makes; None: all copies are alike.
    others : ndarray of float, shape (n, n_classes), optional
        Log-probabilities of every class: what else the model said, which helps a proxy to tell which units matter.
    variances : ndarray of float, shape (n,), optional
        Known variance of the noise in each value; None: none is known.
    votes : ndarray of float, shape (n, 2), optional
        Votes for the target, and for either side, that log-odds are counted from.
    varies : bool
        Whether the model would give other answers to the same copies the next time.
    source : str
        Whose answers these are: "calls" for the model's own, else the name of a proxy.

    Examples
    --------
    >>> Rows(np.ones((1, 2), bool), np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1, int), ("a", "b")).n_units
    2
    """

    masks: NDArray[np.bool_]
    values: NDArray[np.float64]
    margins: NDArray[np.float64]
    weights: NDArray[np.float64]
    pairs: NDArray[np.int64]
    units: tuple[str, ...]
    exact: bool = False
    source: str = "calls"
    reference: str = "sizes"
    kernel: NDArray[np.float64] | None = None
    others: NDArray[np.float64] | None = None
    variances: NDArray[np.float64] | None = None
    votes: NDArray[np.float64] | None = None
    varies: bool = False

    @property
    def n_units(self) -> int:
        """Number of units of the text."""
        return self.masks.shape[1]

    def as_asked(self, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the values would be on average, were the log-odds of the rows those; of votes, what so many of them show."""
        return predicted if self.votes is None else shown_by_votes(predicted, self.votes[:, 1])[0]


def usable_rows(part: Neighborhood, outcome: Outcome, scale: str = "log_odds") -> Rows:
    """The rows of one text that were read whole and answered.

    Parameters
    ----------
    part : Neighborhood
        Of one document, answered; its ``sample_weight`` is used where it is there, else its ``reference_weight``.
    outcome : Outcome
    scale : {"log_odds", "probability"}
    """
    if part.answers is None:
        raise InputError("missing-black-box", "The neighbourhood has no answers. Put a Query step before this one.")
    rows = np.flatnonzero(part.answers.usable)
    answers = part.answers.take(rows)
    values = outcome.log_odds(answers)
    weights = part.reference_weight if part.sample_weight is None else part.sample_weight
    return Rows(
        part.masks[0][rows],
        values if scale == "log_odds" else sigmoid(values),
        outcome.margin(answers),
        weights[rows],
        part.pairs[rows],
        part.documents[0].units,
        part.exhaustive and part.draws is None,
        reference=part.reference,
        kernel=_kernel(part, rows),
        others=answers.log_probabilities,
        varies=part.draws is not None,
        votes=outcome.votes(answers) if scale == "log_odds" else None,
    )


def _kernel(part: Neighborhood, rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
    """Sample weight over reference weight; the original and the empty text have a reference weight of one."""
    if part.sample_weight is None:
        return None
    outside = np.isin(part.masks[0].sum(axis=1), (0, part.documents[0].n_units))
    plain = np.where(outside, 1.0, part.reference_weight)
    kernel = np.divide(part.sample_weight, plain, out=np.zeros(len(plain)), where=plain > 0)[rows]
    return None if np.allclose(kernel[plain[rows] > 0], 1.0) else kernel


def original_row(part: Neighborhood) -> int:
    """Row of the unaltered text in a neighbourhood of one document."""
    return int(np.flatnonzero(part.masks[0].all(axis=1))[0])
