"""The Shapley design: complement pairs whose sizes follow Shapley's weights."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_shapley_pairs", "shapley_size_density"]


def _size_shares(n_units: int) -> NDArray[np.float64]:
    """Probability of each size of the smaller half, 1 .. n_units // 2."""
    sizes = np.arange(1, n_units // 2 + 1)
    share = 1.0 / (sizes * (n_units - sizes))
    share[2 * sizes == n_units] /= 2
    return share / share.sum()


def draw_shapley_pairs(n_units: int, generator: np.random.Generator) -> Iterator[NDArray[np.bool_]]:
    """Complement pairs by Shapley's weight of their size, without end.

    Yields
    ------
    ndarray of bool, shape (2, n_units)

    References
    ----------
    Lundberg and Lee, NeurIPS 2017, theorem 2; Covert and Lee, AISTATS 2021 (paired sampling).

    Examples
    --------
    >>> next(draw_shapley_pairs(4, np.random.default_rng(0))).sum()
    np.int64(4)
    """
    share = _size_shares(n_units)
    while True:
        size = 1 + generator.choice(len(share), p=share)
        mask = np.zeros(n_units, dtype=bool)
        mask[generator.permutation(n_units)[:size]] = True
        yield np.stack([mask, ~mask])


def shapley_size_density(n_units: int, size: int) -> float:
    """Probability that the design draws one given mask that keeps ``size`` units; 0 for the full and the empty one.

    Examples
    --------
    >>> round(sum(math.comb(5, size) * shapley_size_density(5, size) for size in range(6)), 12)
    1.0
    """
    if size in (0, n_units):
        return 0.0
    share = _size_shares(n_units)[min(size, n_units - size) - 1]
    return float(share if 2 * size == n_units else share / 2) / math.comb(n_units, size)
