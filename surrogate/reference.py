"""The reference distribution: the altered copies on which fidelity, coverage and precision are meant."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal

__all__ = [
    "REFERENCES",
    "all_masks",
    "draw_pairs",
    "draw_under",
    "reference_density",
    "reference_masks",
    "rule_coverage",
    "size_stratum",
]

#: "sizes": complement pairs whose size is uniform, so that long and short copies count alike; "uniform": every mask alike.
REFERENCES = ("sizes", "uniform")


def draw_pairs(n_units: int, generator: np.random.Generator, kind: str = "sizes") -> Iterator[NDArray[np.bool_]]:
    """Complement pairs of the reference distribution, without end.

    "sizes": the size of the smaller half runs through freshly permuted blocks of 1 .. n_units // 2; its units are drawn at
    random.  "uniform": every unit is kept or removed by the toss of a coin.

    Parameters
    ----------
    n_units : int
        At least 2.
    generator : numpy.random.Generator
    kind : {"sizes", "uniform"}, default "sizes"

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
        if kind == "uniform":
            mask = generator.random(n_units) < 0.5
            yield np.stack([mask, ~mask])
            continue
        for size in generator.permutation(np.arange(1, n_units // 2 + 1)):
            mask = np.zeros(n_units, dtype=bool)
            mask[generator.permutation(n_units)[:size]] = True
            yield np.stack([mask, ~mask])


def draw_under(
    literals: Iterable[Literal], n_units: int, n_masks: int, generator: np.random.Generator, kind: str = "sizes"
) -> NDArray[np.bool_]:
    """Independent draws from the reference distribution, given that some literals hold.

    Parameters
    ----------
    literals : iterable of Literal
        At most one for each unit.
    n_units, n_masks : int
    generator : numpy.random.Generator
    kind : {"sizes", "uniform"}, default "sizes"

    Returns
    -------
    ndarray of bool, shape (n_masks, n_units)
        Without rows where no mask of positive density fulfils the literals.

    Examples
    --------
    >>> masks = draw_under([Literal(1, False)], 3, 100, np.random.default_rng(0))
    >>> masks.shape, bool(masks[:, 1].any())
    ((100, 3), False)
    """
    fixed = {literal.unit: literal.kept for literal in literals}
    n_kept = sum(fixed.values())
    free = np.array([unit for unit in range(n_units) if unit not in fixed], dtype=np.intp)
    share = np.array([_share(n_units, n_kept, len(free), more, kind) for more in range(len(free) + 1)])
    if share.sum() <= 0:
        return np.empty((0, n_units), dtype=bool)
    sizes = generator.choice(len(share), size=n_masks, p=share / share.sum())
    masks = np.zeros((n_masks, n_units), dtype=bool)
    masks[:, [unit for unit, kept in fixed.items() if kept]] = True
    order = generator.random((n_masks, len(free))).argsort(axis=1).argsort(axis=1)
    masks[:, free] = order < sizes[:, None]
    return masks


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


def reference_density(n_units: int, size: int, kind: str = "sizes") -> float:
    """Probability, under the reference distribution, of one mask that keeps ``size`` units.

    "sizes": the smaller half's size is uniform on 1 .. n_units // 2 and its units are random, so all masks of a size are
    equally likely; the full and the empty mask have probability zero (for a single unit, one half each).  "uniform": all
    masks are equally likely.

    Examples
    --------
    >>> round(sum(reference_density(5, int(mask.sum())) for mask in all_masks(5)), 12)
    1.0
    >>> reference_density(5, 2, "uniform") == 1 / 32
    True
    """
    if kind == "uniform":
        return math.ldexp(1.0, -n_units)
    share = _size_share(n_units, size)
    return 0.0 if share == 0 else math.exp(math.log(share) - _log_binomial(n_units, size))


def _size_share(n_units: int, size: int) -> float:
    """Probability that a mask of the "sizes" distribution keeps ``size`` units."""
    if n_units == 1:
        return 0.5
    if size in (0, n_units):
        return 0.0
    half = n_units // 2
    return 1.0 / half if 2 * size == n_units else 0.5 / half


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _share(n_units: int, n_kept: int, n_free: int, more: int, kind: str) -> float:
    """Probability that the named units are as asked and ``more`` of the free ones are kept."""
    ways = _log_binomial(n_free, more)
    if kind == "uniform":
        return math.exp(ways - n_units * math.log(2.0))
    share = _size_share(n_units, n_kept + more)
    return 0.0 if share == 0 else share * math.exp(ways - _log_binomial(n_units, n_kept + more))


def rule_coverage(n_units: int, n_kept: int, n_removed: int, kind: str = "sizes") -> float:
    """Exact share of the reference distribution in which some named units are kept and others removed.

    Parameters
    ----------
    n_units : int
    n_kept, n_removed : int
        How many units the rule asks to be kept, and removed.
    kind : {"sizes", "uniform"}, default "sizes"

    Examples
    --------
    >>> round(rule_coverage(10, 0, 0), 12)
    1.0
    >>> round(rule_coverage(10, 1, 0), 12)
    0.5
    """
    if kind == "uniform":
        return math.ldexp(1.0, -n_kept - n_removed)
    free = n_units - n_kept - n_removed
    return math.fsum(_share(n_units, n_kept, free, more, kind) for more in range(free + 1))


def reference_masks(
    n_units: int, n_masks: int, generator: np.random.Generator, kind: str = "sizes"
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Masks with weights that stand for the reference distribution, without asking anything.

    All masks with their density, if there are no more than ``n_masks`` of them; otherwise pairs drawn from it.

    Parameters
    ----------
    n_units, n_masks : int
    generator : numpy.random.Generator
    kind : {"sizes", "uniform"}, default "sizes"

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
        by_size = [reference_density(n_units, size, kind) for size in range(n_units + 1)]
        return masks, np.array(by_size)[masks.sum(axis=1)]
    first = _first_halves(n_units, n_masks // 2, generator, kind)
    drawn = np.stack([first, ~first], axis=1).reshape(-1, n_units)
    return drawn, np.full(len(drawn), 1.0 / len(drawn))


def _first_halves(n_units: int, n_pairs: int, generator: np.random.Generator, kind: str) -> NDArray[np.bool_]:
    """One mask of each pair, many at once, shape (n_pairs, n_units)."""
    noise = generator.random((n_pairs, n_units))
    if kind == "uniform":
        return noise < 0.5
    half = n_units // 2
    sizes = 1 + generator.permuted(np.resize(np.arange(half), n_pairs))
    return noise.argsort(axis=1).argsort(axis=1) < sizes[:, None]
