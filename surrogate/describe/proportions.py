"""Proportions: how sure a share of a few trials is."""

from __future__ import annotations

import math

from scipy.stats import binomtest

__all__ = ["balanced_interval", "wilson"]


def wilson(n_right: int, n: int) -> tuple[float, float]:
    """95 % interval of a share.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    interval = binomtest(n_right, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def balanced_interval(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float, float]:
    """The mean of two independent shares, and its 95 % interval from Wilson's intervals of each.

    Parameters
    ----------
    first, second : (int, int)
        Number right, and number.

    Returns
    -------
    float, float, float
        Mean, low end, high end.

    References
    ----------
    Zou and Donner, "Construction of confidence limits about effect measures: a general approach", Statistics in Medicine 27,
    2008 (MOVER), eq. 2 for a sum.

    Examples
    --------
    >>> [round(number, 3) for number in balanced_interval((8, 10), (45, 50))]
    [0.85, 0.685, 0.927]
    """
    shares = [right / n for right, n in (first, second)]
    ends = [wilson(*counts) for counts in (first, second)]
    mean = sum(shares) / 2
    below = math.hypot(*(share - low for share, (low, _) in zip(shares, ends, strict=True))) / 2
    above = math.hypot(*(high - share for share, (_, high) in zip(shares, ends, strict=True))) / 2
    return mean, mean - below, mean + above
