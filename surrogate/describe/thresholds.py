"""Thresholds: where a column of numbers is cut, as decimals that are as short as can be."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["short_decimal", "shortest_between", "thresholds"]


def thresholds(values: NDArray[np.float64], n_bins: int) -> tuple[float, ...]:
    """Cuts of numbers at their quantiles, rising: each above at least one value and not above all.

    Parameters
    ----------
    values : ndarray of float, shape (n_values,)
        Finite.
    n_bins : int

    Examples
    --------
    >>> thresholds(np.array([1.0, 2.0, 3.0, 4.0]), 2), thresholds(np.array([0.5, 1234.56, 1987.65]), 3)
    ((2.0,), (1000.0, 1600.0))
    >>> thresholds(np.array([7.0, 7.0]), 4)
    ()
    """
    distinct = np.unique(values)
    cuts = set()
    for number in range(1, n_bins):
        below = float(np.quantile(values, number / n_bins, method="inverted_cdf"))
        above = distinct[distinct > below]
        if len(above):
            cuts.add(shortest_between(below, float(above[0])))
    return tuple(sorted(cuts))


def shortest_between(low: float, high: float) -> float:
    """The decimal with the coarsest last digit in [low, high), nearest to the middle; compared exactly.

    Examples
    --------
    >>> shortest_between(99.5, 101.0), shortest_between(0.1234, 0.1239), shortest_between(-3.0, 8.0)
    (100.0, 0.1236, 0.0)
    """
    below, above = Fraction(low), Fraction(high)
    middle = (below + above) / 2
    for exponent in range(math.ceil(math.log10(max(abs(low), abs(high)))) + 1, -400, -1):
        step = Fraction(10) ** exponent
        nearest = round(middle / step) * step
        for candidate in (nearest, nearest - step, nearest + step):
            # What is compared is the number that the printed digits are read as.
            if below <= candidate < above and low <= float(candidate) < high:
                return float(candidate)
    return low


def short_decimal(number: float) -> str:
    """The digits of a number without an exponent or a needless point.

    Examples
    --------
    >>> short_decimal(100.0), short_decimal(0.00001), short_decimal(-2.5)
    ('100', '0.00001', '-2.5')
    """
    return np.format_float_positional(number, trim="-")
