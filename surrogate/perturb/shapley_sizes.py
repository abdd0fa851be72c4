"""The Shapley design: complement pairs with uniform sizes, more of the smallest, spread as far apart as a few draws allow.

Shapley values weigh all sizes alike, so sizes are uniform; interactions lean hard on the copies that keep or lack a single
unit, so those come more often until they have run out.  Of a few random masks of the size, the one farthest from those
drawn before is taken: by symmetry every mask of a size stays equally likely.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_shapley_pairs", "shapley_size_density"]

#: Further pairs of size one for each pair of a uniform size.
_SINGLES = 0.5

#: Random masks of a size from which the farthest is taken, and how many earlier ones it is compared with.
_CANDIDATES = 16
_MEMORY = 512

#: Closeness of two masks that differ everywhere is exp(-_REACH).
_REACH = 16.0


def draw_shapley_pairs(n_units: int, generator: np.random.Generator) -> Iterator[NDArray[np.bool_]]:
    """Complement pairs for Shapley values and interactions, without end.

    Parameters
    ----------
    n_units : int
        At least 2.
    generator : numpy.random.Generator

    Yields
    ------
    ndarray of bool, shape (2, n_units)
        A mask and its complement.

    References
    ----------
    Musco and Witter, "Provably accurate Shapley value estimation via leverage score sampling", arXiv 2410.01917 (paired
    sampling, uniform sizes); Chen, Welling and Smola, "Super-samples from kernel herding", UAI 2010 (spreading).

    Examples
    --------
    >>> pair = next(draw_shapley_pairs(4, np.random.default_rng(0)))
    >>> bool((pair[0] ^ pair[1]).all())
    True
    """
    closeness = _closeness_by_distance(n_units)
    memory = np.zeros((0, n_units), dtype=np.float32)
    for size in _sizes(n_units, generator):
        candidates = np.zeros((_CANDIDATES, n_units), dtype=np.float32)
        chosen = generator.permuted(np.tile(np.arange(n_units), (_CANDIDATES, 1)), axis=1)[:, :size]
        np.put_along_axis(candidates, chosen, 1.0, axis=1)
        distance = (size + memory.sum(axis=1) - 2.0 * candidates @ memory.T).astype(np.intp)
        mask = candidates[int(np.argmin(closeness[distance].sum(axis=1)))]
        memory = np.vstack([memory, mask])[-_MEMORY:]
        kept = mask > 0
        yield np.stack([kept, ~kept])


def _sizes(n_units: int, generator: np.random.Generator) -> Iterator[int]:
    """Freshly permuted blocks of 1 .. n_units // 2, interspersed with ones."""
    due = 0.0
    while True:
        for size in generator.permutation(np.arange(1, n_units // 2 + 1)):
            yield int(size)
            due += _SINGLES
            if due >= 1.0:
                due -= 1.0
                yield 1


def _closeness_by_distance(n_units: int) -> NDArray[np.float32]:
    """How close a mask is to a pair by its distance from one of the two, shape (n_units + 1,)."""
    distance = np.arange(n_units + 1) * (_REACH / n_units)
    close = np.exp(-distance) + np.exp(-distance[::-1])
    # A repeat is never taken while there is another choice.
    close[[0, -1]] += _MEMORY
    return close.astype(np.float32)


def shapley_size_density(n_units: int, size: int) -> float:
    """Probability that the design draws one given mask that keeps ``size`` units; 0 for the full and the empty one.

    It holds for what the generator yields.  Where repeats are skipped and the small sizes have run out, the shares drawn
    differ from it.

    Parameters
    ----------
    n_units : int
        At least 2.
    size : int

    Examples
    --------
    >>> round(sum(math.comb(5, size) * shapley_size_density(5, size) for size in range(6)), 12)
    1.0
    """
    if size in (0, n_units):
        return 0.0
    smaller = min(size, n_units - size)
    share = (1.0 / (n_units // 2) + (_SINGLES if smaller == 1 else 0.0)) / (1.0 + _SINGLES)
    return (share if 2 * size == n_units else share / 2) / math.comb(n_units, size)
