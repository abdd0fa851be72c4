"""The reference distribution: the altered copies on which fidelity, coverage and precision are meant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

__all__ = ["all_masks", "draw_pairs", "reference_density", "reference_masks", "rule_coverage", "size_stratum"]


def draw_pairs(n_units: int, generator: np.random.Generator) -> Iterator[NDArray[np.bool_]]:
    """Complement pairs with uniform sizes, without end: the reference distribution.

    The size of the smaller half runs through freshly permuted blocks of 1 .. n_units // 2; its units are drawn at random.

    Parameters
    ----------
    n_units : int
        At least 2.
    generator : numpy.random.Generator

    Yields
    ------
    ndarray of bool, shape (2, n_units)
        A mask and its complement.

    Examples
    --------
    >>> pair = next(draw_pairs(4, np.random.default_rng(0)))
    >>> bool((pair[0] ^ pair[1]).all())
    True
    """
    while True:
        for size in generator.permutation(np.arange(1, n_units // 2 + 1)):
            mask = np.zeros(n_units, dtype=bool)
            mask[generator.permutation(n_units)[:size]] = True
            yield np.stack([mask, ~mask])


def all_masks(n_units: int) -> NDArray[np.bool_]:
    """Every mask, each beside its complement, the full one first, shape (2 ** n_units, n_units).

    Examples
    --------
    >>> all_masks(2).astype(int).tolist()
    [[1, 1], [0, 0], [1, 0], [0, 1]]
    """
    numbers = np.arange(2 ** (n_units - 1))
    low = (numbers[:, None] >> np.arange(n_units)[::-1]) & 1
    upper = low == 0
    return np.stack([upper, ~upper], axis=1).reshape(-1, n_units)


def size_stratum(masks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Size of the smaller half of each mask's pair, shape (n_samples,)."""
    sizes = masks.sum(axis=1)
    return np.minimum(sizes, masks.shape[1] - sizes).astype(np.int64)


def reference_density(n_units: int, size: int) -> float:
    """Probability, under the reference distribution, of one mask that keeps ``size`` units.

    The smaller half's size is uniform on 1 .. n_units // 2 and its units are random, so all masks of a size are equally
    likely; the full and the empty mask have probability zero (for a single unit, one half each).

    Examples
    --------
    >>> round(sum(reference_density(5, int(mask.sum())) for mask in all_masks(5)), 12)
    1.0
    """
    if n_units == 1:
        return 0.5
    if size in (0, n_units):
        return 0.0
    half = n_units // 2
    share = 1.0 / half if 2 * size == n_units else 0.5 / half
    return share / math.comb(n_units, size)


def rule_coverage(n_units: int, n_kept: int, n_removed: int) -> float:
    """Exact share of the reference distribution in which some named units are kept and others removed.

    Parameters
    ----------
    n_units : int
    n_kept, n_removed : int
        How many units the rule asks to be kept, and removed.

    Examples
    --------
    >>> rule_coverage(10, 0, 0)
    1.0
    >>> rule_coverage(10, 1, 0)
    0.5
    """
    free = n_units - n_kept - n_removed
    return math.fsum(reference_density(n_units, n_kept + more) * math.comb(free, more) for more in range(free + 1))


def reference_masks(
    n_units: int, n_masks: int, generator: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Masks with weights that stand for the reference distribution, without asking anything.

    All masks with their density, if there are no more than ``n_masks`` of them; otherwise pairs drawn from it.

    Parameters
    ----------
    n_units, n_masks : int
    generator : numpy.random.Generator

    Returns
    -------
    masks : ndarray of bool, shape (m, n_units)
    weights : ndarray of float, shape (m,)

    Examples
    --------
    >>> masks, weights = reference_masks(3, 100, np.random.default_rng(0))
    >>> masks.shape, round(float(weights.sum()), 6)
    ((8, 3), 1.0)
    """
    if n_units < 24 and 2**n_units <= n_masks:
        masks = all_masks(n_units)
        return masks, np.array([reference_density(n_units, int(size)) for size in masks.sum(axis=1)])
    drawn = np.concatenate(list(islice(draw_pairs(n_units, generator), n_masks // 2)))
    return drawn, np.full(len(drawn), 1.0 / len(drawn))
