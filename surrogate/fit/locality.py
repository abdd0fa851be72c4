"""Locality: a kernel that weighs the calls is carried over to the copies that a proxy answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from surrogate.rows import Rows

__all__ = ["weigh_taught"]

#: A kernel that depends on the mask alone gives copies of one size one weight, up to rounding.
_SAME = 1e-6


def weigh_taught(taught: Rows, calls: Rows) -> Rows | None:
    """A proxy's answers with the locality kernel of the calls, or None where that is no function of a copy's size.

    Parameters
    ----------
    taught : Rows
        A proxy's answers, weighted to the reference distribution.
    calls : Rows

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1]], bool)
    >>> taught = Rows(masks, np.zeros(3), np.zeros(3), np.ones(3), np.arange(3), ("a", "b"))
    >>> weigh_taught(taught, replace(taught, kernel=np.array([1.0, 0.5, 0.5]))).weights.tolist()
    [1.0, 0.5, 0.5]
    >>> weigh_taught(taught, replace(taught, kernel=np.array([1.0, 0.5, 0.2]))) is None
    True
    """
    if calls.kernel is None:
        return taught
    sizes = calls.masks.sum(axis=1)
    known = np.unique(sizes)
    if any(np.ptp(calls.kernel[sizes == size]) > _SAME for size in known):
        return None
    by_size = np.array([calls.kernel[sizes == size][0] for size in known])
    factor = np.interp(taught.masks.sum(axis=1), known, by_size)
    return replace(taught, weights=taught.weights * factor, kernel=factor)
