"""Shares of independent draws, with exact intervals."""

from __future__ import annotations

from surrogate.estimate import Estimate

__all__ = ["binomial_interval", "share_estimate"]


def binomial_interval(n_right: float, n: float, level: float) -> tuple[float, float]:
    """Exact interval of a share.

    Parameters
    ----------
    n_right, n : float
        Successes and draws; fractional where draws are weighted.
    level : float

    References
    ----------
    Clopper and Pearson, Biometrika 1934.

    Examples
    --------
    >>> [round(end, 3) for end in binomial_interval(30, 30, 0.95)]
    [0.884, 1.0]
    """
    from scipy.stats import beta

    tail = (1 - level) / 2
    low = 0.0 if n_right <= 0 else float(beta.ppf(tail, n_right, n - n_right + 1))
    high = 1.0 if n_right >= n - 1e-9 else float(beta.ppf(1 - tail, n_right + 1, n - n_right))
    return low, high


def share_estimate(n_right: int, n: int, *, baseline: float | None = None, level: float = 0.95) -> Estimate:
    """A share of counted draws with its exact interval; of no draw, anything between none and all.

    Parameters
    ----------
    n_right, n : int
        Successes and draws.
    baseline : float, optional
        What a trivial answer reaches on the same draws.
    level : float, default 0.95

    Examples
    --------
    >>> estimate = share_estimate(19, 20)
    >>> estimate.value, round(estimate.low, 3), round(estimate.high, 3)
    (0.95, 0.751, 0.999)
    """
    if n == 0:
        return Estimate(float("nan"), 0.0, 1.0, baseline, level)
    low, high = binomial_interval(n_right, n, level)
    return Estimate(n_right / n, low, high, baseline, level)
