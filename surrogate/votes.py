"""Votes: the log-odds that so many of them show, and how those scatter from one set of votes to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["HALF", "empirical_log_odds", "shown_by_votes"]

#: Votes added to either side before the log-odds are taken.
HALF = 0.5

Array = NDArray[np.float64]


def empirical_log_odds(votes: Array) -> Array:
    """Log-odds of ``k`` of ``n`` votes with half a vote added to either side: log (k + 1/2) - log (n - k + 1/2).

    Parameters
    ----------
    votes : ndarray of float, shape (m, 2)
        For the target, and for either side.

    References
    ----------
    Haldane, Annals of Human Genetics 1956; Anscombe, Biometrika 1956.

    Examples
    --------
    >>> empirical_log_odds(np.array([[4.0, 8.0], [8.0, 8.0]])).round(3).tolist()
    [0.0, 2.833]
    """
    return np.asarray(np.log(votes[:, 0] + HALF) - np.log(votes[:, 1] - votes[:, 0] + HALF))


def shown_by_votes(log_odds: Array, n_votes: Array) -> tuple[Array, Array]:
    """Mean and variance, over sets of votes, of the empirical log-odds of a model whose own log-odds are known.

    Eight votes show at most 2.83, however sure the model is: what is measured against votes is first put on their scale.

    Parameters
    ----------
    log_odds, n_votes : ndarray of float, shape (m,)

    Returns
    -------
    mean, variance : ndarray of float, shape (m,)

    Examples
    --------
    >>> mean, variance = shown_by_votes(np.array([1.0, 9.0]), np.array([8.0, 8.0]))
    >>> mean.round(2).tolist(), variance.round(2).tolist()
    ([1.0, 2.83], [0.63, 0.0])
    """
    from scipy.special import expit
    from scipy.stats import binom

    mean, variance = np.zeros(len(log_odds)), np.zeros(len(log_odds))
    for n in np.unique(n_votes):
        own = n_votes == n
        counts = np.arange(int(n) + 1.0)
        shown = empirical_log_odds(np.column_stack([counts, np.full(len(counts), n)]))
        chance = binom.pmf(counts, int(n), expit(log_odds[own])[:, None])
        mean[own] = chance @ shown
        variance[own] = np.maximum(chance @ shown**2 - mean[own] ** 2, 0.0)
    return mean, variance
