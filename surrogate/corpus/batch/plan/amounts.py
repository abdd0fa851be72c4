"""Amounts in words: counts, times, sizes and money, with as many digits as an estimate has."""

from __future__ import annotations

from surrogate.corpus.batch.plan.estimating import Estimate

__all__ = ["amount", "number_of", "span"]


def amount(value: float, unit: str) -> str:
    """A number with its unit.

    Parameters
    ----------
    value : float
    unit : {"seconds", "bytes", "count", "money", "number"}

    Examples
    --------
    >>> amount(64_000_000, "count"), amount(1024, "count"), amount(12.25, "number")
    ('64.0 million', '1,024', '12.2')
    >>> amount(41, "seconds"), amount(7_500, "seconds"), amount(200_000, "seconds")
    ('41 s', '2.1 h', '2.3 days')
    >>> amount(4_100_000_000, "bytes"), amount(900, "bytes"), amount(16, "money")
    ('4.1 GB', '900 B', '16')
    """
    if unit == "seconds":
        return _time(value)
    if unit == "bytes":
        return _size(value)
    if unit == "money":
        return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    if unit == "number":
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    for name, scale in (("billion", 1e9), ("million", 1e6)):
        if value >= scale:
            return f"{value / scale:,.1f} {name}"
    return f"{value:,.0f}"


def number_of(number: int, noun: str) -> str:
    """A number of things.

    Examples
    --------
    >>> number_of(1, "text"), number_of(1200, "text")
    ('1 text', '1,200 texts')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def span(estimate: Estimate, unit: str) -> tuple[str, str, str]:
    """The three numbers of an estimate, low, expected, high; only the expected one where it is exact.

    Examples
    --------
    >>> span(Estimate(1, 2, 4), "count"), span(Estimate.exactly(7), "count")
    (('1', '2', '4'), ('', '7', ''))
    """
    low, expected, high = (amount(value, unit) for value in (estimate.low, estimate.expected, estimate.high))
    return ("", expected, "") if low == expected == high else (low, expected, high)


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 or seconds == 0 else f"{seconds:.2g} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:,.1f} days"


def _size(n_bytes: float) -> str:
    for name, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= scale:
            return f"{n_bytes / scale:.1f} {name}"
    return f"{n_bytes:.0f} B"
