"""Mask designs for the fitting part; select and test always come from the reference distribution.

A design draws masks two at a time without end.  Its density says how likely it is to draw a mask of a size, so that rows
can be weighted to the reference distribution; LIME's draws and the kernel's stand for themselves instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from surrogate.perturb.shapley_sizes import draw_shapley_pairs, shapley_size_density
from surrogate.reference import draw_pairs, reference_density

__all__ = ["DESIGNS", "design_weights", "draw_kernel", "draw_lime", "masks_of"]

#: "pairs": the reference distribution itself; "sizes", "uniform": complement pairs with uniform sizes, or with every mask
#: alike, whatever the reference; "shapley": pairs by Shapley's weight of their size; "lime": LIME's own draws; "kernel":
#: draws from LIME's locality kernel, each of which counts once.
DESIGNS = ("pairs", "sizes", "uniform", "shapley", "lime", "kernel")

#: Designs whose rows are not weighted to the reference distribution: what is fitted is local by their own measure.
_OWN_TARGET = ("pairs", "lime", "kernel")

#: LIME's kernel width in units of cosine distance.
_KERNEL_WIDTH = 0.25

Masks = Iterator[NDArray[np.bool_]]


def masks_of(design: str, n_units: int, generator: np.random.Generator, reference: str) -> Masks:
    """The masks of a design, two at a time, without end.

    Parameters
    ----------
    design : {"pairs", "sizes", "uniform", "shapley", "lime", "kernel"}
    n_units : int
    generator : numpy.random.Generator
    reference : {"sizes", "uniform"}
        What "pairs" draws from.

    Yields
    ------
    ndarray of bool, shape (2, n_units)

    Examples
    --------
    >>> next(masks_of("uniform", 4, np.random.default_rng(0), "sizes")).sum()
    np.int64(4)
    """
    draws: dict[str, Callable[[], Masks]] = {
        "pairs": lambda: draw_pairs(n_units, generator, reference),
        "sizes": lambda: draw_pairs(n_units, generator, "sizes"),
        "uniform": lambda: draw_pairs(n_units, generator, "uniform"),
        "shapley": lambda: draw_shapley_pairs(n_units, generator),
        "lime": lambda: draw_lime(n_units, generator),
        "kernel": lambda: draw_kernel(n_units, generator),
    }
    return draws[design]()


def design_weights(design: str, masks: NDArray[np.bool_], reference: str) -> NDArray[np.float64]:
    """Density of the reference distribution over that of the design, shape (n_masks,), mean 1; ones for an own target.

    Parameters
    ----------
    design : str
    masks : ndarray of bool, shape (n_masks, n_units)
    reference : {"sizes", "uniform"}

    References
    ----------
    Owen, "Monte Carlo theory, methods and examples", 2013, section 9.2 (self-normalised importance sampling).

    Examples
    --------
    >>> masks = np.array([[1, 0, 0, 0], [1, 1, 0, 0]], bool)
    >>> design_weights("uniform", masks, "sizes").round(2).tolist()
    [0.86, 1.14]
    """
    n_units = masks.shape[1]
    if design in (*_OWN_TARGET, reference) or not len(masks):
        return np.ones(len(masks))
    sizes = masks.sum(axis=1)
    ratio = np.zeros(n_units + 1)
    for size in np.unique(sizes):
        drawn = _density(design, n_units, int(size))
        ratio[size] = reference_density(n_units, int(size), reference) / drawn if drawn > 0 else 0.0
    weight = ratio[sizes]
    return weight / weight.mean() if weight.any() else np.ones(len(masks))


def _density(design: str, n_units: int, size: int) -> float:
    return shapley_size_density(n_units, size) if design == "shapley" else reference_density(n_units, size, design)


def draw_lime(n_units: int, generator: np.random.Generator) -> Masks:
    """LIME's own draws, two at a time, without end: remove a uniform number of units, 1 .. n_units, at random.

    Yields
    ------
    ndarray of bool, shape (2, n_units)
        Two independent masks.

    References
    ----------
    Ribeiro, Singh and Guestrin, "Why Should I Trust You?", KDD 2016; ``LimeTextExplainer`` of lime 0.2.0.1.

    Examples
    --------
    >>> next(draw_lime(4, np.random.default_rng(0))).shape
    (2, 4)
    """
    while True:
        masks = np.ones((2, n_units), dtype=bool)
        for mask in masks:
            mask[generator.permutation(n_units)[: generator.integers(1, n_units + 1)]] = False
        yield masks


def draw_kernel(n_units: int, generator: np.random.Generator) -> Masks:
    """Draws from LIME's distribution times its locality kernel, so that each counts once, two at a time, without end.

    Yields
    ------
    ndarray of bool, shape (2, n_units)
        Two independent masks.

    References
    ----------
    Tan, Tian and Li, "GLIME: general, stable and local LIME explanation", NeurIPS 2023.

    Examples
    --------
    >>> masks = next(draw_kernel(40, np.random.default_rng(0)))
    >>> bool(masks.sum() > 40)
    True
    """
    removed = np.arange(1, n_units + 1)
    share = np.array([_kernel(1.0 - number / n_units) for number in removed])
    while True:
        masks = np.ones((2, n_units), dtype=bool)
        for mask, number in zip(masks, generator.choice(removed, size=2, p=share / share.sum()), strict=True):
            mask[generator.permutation(n_units)[:number]] = False
        yield masks


def _kernel(kept: float) -> float:
    """LIME's kernel of a copy that keeps a share of the units."""
    return math.exp(-((1.0 - math.sqrt(kept)) ** 2) / _KERNEL_WIDTH**2 / 2)
