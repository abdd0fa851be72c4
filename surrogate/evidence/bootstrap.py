"""Bootstrap over complement pairs: the two masks of a pair are one draw, so they are drawn together."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from surrogate.seeding import content_generator

__all__ = ["N_REPLICATES", "pair_sums", "percentile_interval", "resampled_sums"]

#: Bootstrap replicates behind each interval.
N_REPLICATES = 2000

#: Numbers of pairs up to which their resamples are kept: at most two megabytes each.
_KEPT_PAIRS = 128


def pair_sums(values: NDArray[np.float64], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of the rows of each pair.

    Parameters
    ----------
    values : ndarray of float, shape (n, ...)
    pairs : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of float, shape (n_pairs, ...)

    Examples
    --------
    >>> pair_sums(np.array([1.0, 2.0, 4.0]), np.array([7, 7, 9])).tolist()
    [3.0, 4.0]
    """
    _, place = np.unique(pairs, return_inverse=True)
    sums = np.zeros((int(place.max()) + 1, *values.shape[1:]))
    np.add.at(sums, place, values)
    return sums


def resampled_sums(sums: NDArray[np.float64], n_replicates: int = N_REPLICATES) -> NDArray[np.float64]:
    """Totals over bootstrap samples of the pairs, shape (n_replicates, ...).

    Which pairs a sample holds is drawn by their number alone.  So all statistics of the same pairs are measured on the same
    samples, and the samples are drawn once for all texts with as many pairs.

    Parameters
    ----------
    sums : ndarray of float, shape (n_pairs, ...)
    n_replicates : int

    References
    ----------
    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 6; clusters are the complement pairs.

    Examples
    --------
    >>> totals = resampled_sums(np.array([[1.0, 10.0], [1.0, 20.0]]))
    >>> totals[:, 0].tolist() == [2.0] * 2000, sorted(set(totals[:, 1].tolist()))
    (True, [20.0, 30.0, 40.0])
    """
    counts = (_kept_counts if len(sums) <= _KEPT_PAIRS else _counts)(len(sums), n_replicates)
    return np.tensordot(counts, sums, axes=1)


def _counts(n_pairs: int, n_replicates: int) -> NDArray[np.float64]:
    """How often each bootstrap sample holds each pair, shape (n_replicates, n_pairs)."""
    generator = content_generator("bootstrap", n_pairs, n_replicates)
    counts = generator.multinomial(n_pairs, np.full(n_pairs, 1.0 / n_pairs), size=n_replicates).astype(np.float64)
    counts.flags.writeable = False
    return counts


_kept_counts = lru_cache(maxsize=16)(_counts)


def percentile_interval(replicates: NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of finite replicates.

    Examples
    --------
    >>> percentile_interval(np.arange(101.0), 0.5)
    (25.0, 75.0)
    """
    finite = replicates[np.isfinite(replicates)]
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
