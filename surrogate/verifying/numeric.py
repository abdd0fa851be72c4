"""The few formulas that numbers of a report follow from, in plain Python."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = [
    "beta_tail",
    "half_digit",
    "interval_ends_fit",
    "log_sum_exp",
    "sigmoid",
    "votes_shown",
    "weighted_mean",
]

#: Significant digits of the numbers in a record.
DIGITS = 10


def sigmoid(log_odds: float) -> float:
    """Probability of a log-odds.

    Examples
    --------
    >>> sigmoid(0.0)
    0.5
    """
    return 0.5 * (1.0 + math.tanh(0.5 * log_odds))


def log_sum_exp(logs: Iterable[float]) -> float:
    """Logarithm of a sum of numbers whose logarithms are given.

    Examples
    --------
    >>> log_sum_exp([float("-inf"), 0.0])
    0.0
    """
    given = list(logs)
    if any(math.isnan(one) for one in given):
        return math.nan
    most = max(given, default=-math.inf)
    if math.isinf(most):
        return most
    return most + math.log(math.fsum(math.exp(one - most) for one in given))


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """Mean by weights.

    Examples
    --------
    >>> weighted_mean([1.0, 4.0], [2.0, 1.0])
    2.0
    """
    return math.fsum(value * weight for value, weight in zip(values, weights, strict=True)) / math.fsum(weights)


def half_digit(number: float) -> float:
    """How far a number of a record may lie from what it was before it was rounded: half a unit of its tenth digit.

    Examples
    --------
    >>> half_digit(123.4)
    5e-08
    """
    if number == 0:
        return 0.0
    return float(f"5e{math.floor(math.log10(abs(number))) - DIGITS}")


def votes_shown(log_odds: float, n_votes: int) -> float:
    """Mean of the empirical log-odds that so many votes show of a model whose log-odds are known.

    References
    ----------
    Haldane, Annals of Human Genetics 1956; Anscombe, Biometrika 1956 (half a vote is added to either side).

    Examples
    --------
    >>> round(votes_shown(1.0, 8), 2)
    1.0
    """
    share, total = sigmoid(log_odds), 0.0
    for count in range(n_votes + 1):
        shown = math.log(count + 0.5) - math.log(n_votes - count + 0.5)
        total += math.comb(n_votes, count) * share**count * (1.0 - share) ** (n_votes - count) * shown
    return total


def beta_tail(a: float, b: float, x: float) -> float:
    """The share of a beta distribution that lies at or below a number.

    The share of a binomial distribution at or above ``k`` of ``n`` is that for ``a = k`` and ``b = n - k + 1``; with weighted
    draws ``k`` and ``n`` are no whole numbers, and a sum over counts would not do.

    Parameters
    ----------
    a, b : float
        More than 0.
    x : float
        From 0 to 1.

    References
    ----------
    Continued fraction: NIST Digital Library of Mathematical Functions, 8.17.22; evaluated after Lentz, as modified by Thompson
    and Barnett, "Coulomb and Bessel functions of complex arguments and order", Journal of Computational Physics 1986.

    Examples
    --------
    >>> beta_tail(1.0, 1.0, 0.25), round(beta_tail(2.0, 3.0, 0.5), 12)
    (0.25, 0.6875)
    """
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_tail(b, a, 1.0 - x)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) / a / _fraction(a, b, x)


def _fraction(a: float, b: float, x: float, n_most: int = 10_000) -> float:
    """1 + d1 / (1 + d2 / (1 + ...)), the denominator of the continued fraction."""
    tiny = 1e-300
    value, above, below = 1.0, 1.0, 0.0
    for number in range(1, n_most):
        half = number // 2
        if number % 2:
            step = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            step = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        below = 1.0 / (1.0 + step * below or tiny)
        above = 1.0 + step / above or tiny
        value *= above * below
        if abs(above * below - 1.0) < 1e-16:
            break
    return value


def interval_ends_fit(
    low: float, high: float, n_right: float, n: float, level: float, tolerance: float
) -> tuple[bool, bool]:
    """Whether the ends of an exact binomial interval lie where its equations say.

    Nothing is inverted: just below each end the tail must be smaller, and just above it larger, than half of what the level
    leaves.

    Parameters
    ----------
    low, high : float
    n_right, n : float
    level : float
    tolerance : float
        How far an end may lie from where it belongs.

    References
    ----------
    Clopper and Pearson, Biometrika 1934.

    Examples
    --------
    >>> interval_ends_fit(0.884297, 1.0, 30, 30, 0.95, 1e-5), interval_ends_fit(0.89, 1.0, 30, 30, 0.95, 1e-5)
    ((True, True), (False, True))
    """
    tail = (1.0 - level) / 2.0
    low_fits = abs(low) <= tolerance
    if n_right > 0:
        low_fits = _crosses(n_right, n - n_right + 1.0, low, tail, tolerance)
    high_fits = abs(high - 1.0) <= tolerance
    if n_right < n - 1e-9:
        high_fits = _crosses(n_right + 1.0, n - n_right, high, 1.0 - tail, tolerance)
    return low_fits, high_fits


def _crosses(a: float, b: float, x: float, share: float, tolerance: float) -> bool:
    # the tail itself is computed to about twelve digits
    return beta_tail(a, b, x - tolerance) - 1e-12 <= share <= beta_tail(a, b, x + tolerance) + 1e-12
