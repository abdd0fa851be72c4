"""Mask designs for the fitting part; select and test always come from the reference distribution."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["DESIGNS", "draw_lime"]

#: "pairs": the reference distribution itself; "lime": LIME's own draws.
DESIGNS = ("pairs", "lime")


def draw_lime(n_units: int, generator: np.random.Generator) -> Iterator[NDArray[np.bool_]]:
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
