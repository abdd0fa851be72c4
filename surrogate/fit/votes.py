"""Votes: how their binomial noise is carried into the fit of log-odds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surrogate.outcome import sigmoid
from surrogate.rows import Rows

__all__ = ["precision_of", "scored"]

#: Fewest votes that a row counts as having; and what is left to the other side where all agree.
_HALF = 0.5


def scored(rows: Rows, predicted: NDArray[np.float64]) -> Rows:
    """The rows with their adjusted responses and the variance of each: one step of Fisher scoring.

    Log-odds of few votes are drawn to zero, and those of votes that all agree look as sure as they are large.  Weights by
    the inverse of their own variance make that worse: they trust most what is nearest to zero.  Around a first prediction
    ``q`` of the share, the votes themselves are unbiased: the response is logit q + (k / n - q) / (q (1 - q)), and its
    variance 1 / (n q (1 - q)) has none of the noise of the row itself.

    Parameters
    ----------
    rows : Rows
        With votes.
    predicted : ndarray of float, shape (n,)
        Log-odds by a first fit; held where half a vote is left to the other side.

    Returns
    -------
    Rows
        Values, margins and variances are new; there are no more votes to score.

    References
    ----------
    McCullagh and Nelder, "Generalized Linear Models", 1989, section 2.5 (adjusted dependent variable); Carroll and
    Ruppert, "Transformation and Weighting in Regression", 1988, section 2.3 (weights from fitted values).

    Examples
    --------
    >>> masks = np.eye(2, dtype=bool)
    >>> data = Rows(masks, np.zeros(2), np.zeros(2), np.ones(2), np.arange(2), ("a", "b"), votes=np.array([[4.0, 8], [6, 8]]))
    >>> found = scored(data, np.zeros(2))
    >>> found.values.tolist(), found.variances.tolist()
    ([0.0, 1.0], [0.5, 0.5])
    """
    if rows.votes is None:
        return rows
    n = np.maximum(rows.votes[:, 1], _HALF)
    least = _HALF / (n + 1.0)
    share = np.clip(sigmoid(predicted), least, 1.0 - least)
    slope = share * (1.0 - share)
    observed = np.where(rows.votes[:, 1] > 0, rows.votes[:, 0] / n, share)
    values = np.log(share) - np.log1p(-share) + (observed - share) / slope
    margins = rows.margins + (values - rows.values)
    return replace(rows, values=values, margins=margins, variances=1.0 / (n * slope), votes=None)


def precision_of(rows: Rows, noise: float) -> NDArray[np.float64]:
    """Weight of each row by the inverse of its noise, mean 1, shape (n,); ones where no noise is known.

    Parameters
    ----------
    rows : Rows
    noise : float
        Variance of all that a first fit left over, votes included.

    Examples
    --------
    >>> data = Rows(np.eye(2, dtype=bool), *[np.zeros(2)] * 2, *[np.ones(2)] * 2, ("a", "b"), variances=np.array([1.0, 3.0]))
    >>> precision_of(data, 2.0).tolist()
    [1.5, 0.5]
    """
    if rows.variances is None:
        return np.ones(len(rows.values))
    own = max(noise - float(rows.variances.mean()), 0.0)
    weight = 1.0 / (own + rows.variances)
    return np.asarray(weight / weight.mean())
