"""Numbers as a reader sees them."""

from __future__ import annotations

import math
from typing import Any

from surrogate.report.language import say

__all__ = [
    "decimal",
    "effect",
    "interval",
    "odds_effect",
    "odds_factor",
    "percent",
    "points",
    "probability_of",
    "reaches_zero",
    "signed",
]

_NBSP = "\u00a0"
_MINUS = "\u2212"


def percent(share: float | None, digits: int = 1) -> str:
    r"""A share as a percentage; what is not quite none or all is not rounded to it.

    Examples
    --------
    >>> percent(0.4994), percent(0.99999), percent(1.0), percent(0.32, 0)
    ('49.9\xa0%', '>\xa099.9\xa0%', '100\xa0%', '32\xa0%')
    """
    if share is None:
        return "–"
    smallest = 10.0 ** (-digits - 2)
    if 0.0 < share < smallest:
        return f"<{_NBSP}{100 * smallest:.{digits}f}{_NBSP}%"
    if 1.0 - smallest < share < 1.0:
        return f">{_NBSP}{100 * (1 - smallest):.{digits}f}{_NBSP}%"
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}{_NBSP}%"
    return f"{100 * share:.{digits}f}{_NBSP}%".replace("-", _MINUS)


def points(difference: float | None) -> str:
    r"""A difference of probabilities in percentage points.

    Examples
    --------
    >>> points(0.0374), points(4e-7)
    ('3.7\xa0points', 'under\xa00.1\xa0points')
    """
    if difference is None:
        return "–"
    if 0.0 < difference < 0.0005:
        return say("under\u00a00.1\u00a0points")
    return say("{number}\u00a0points", number=f"{100 * difference:.1f}")


def decimal(number: float | None, digits: int = 2) -> str:
    """A number with a true minus sign.

    Examples
    --------
    >>> decimal(-0.076), decimal(None)
    ('−0.08', '–')
    >>> decimal(-0.004)
    '−0.004'
    """
    if number is None:
        return "–"
    text = f"{number:.{digits}f}"
    if digits and float(text) == 0:
        text = f"{number:.{digits + 1}f}" if float(f"{number:.{digits + 1}f}") else f"{0.0:.{digits}f}"
    return (text[1:] if float(text) == 0 and text.startswith("-") else text).replace("-", _MINUS)


def signed(number: float | None, digits: int = 2) -> str:
    """A number with its sign, plus as well.

    Examples
    --------
    >>> signed(2.704), signed(-0.3), signed(0.0001)
    ('+2.70', '−0.30', '0.00')
    """
    text = decimal(number, digits)
    return f"+{text}" if number is not None and number > 0 and text.strip("0.") else text


def interval(estimate: dict[str, Any], form: Any = decimal) -> str:
    """The ends of an estimate's interval, or that it has none.

    Examples
    --------
    >>> interval({"value": 0.5, "low": 0.4, "high": 0.6})
    '0.40 to 0.60'
    """
    low, high = form(estimate["low"]), form(estimate["high"])
    unit = high.rpartition(_NBSP)[2] if _NBSP in high else ""
    return say("{low} to {high}", low=low.removesuffix(_NBSP + unit) if unit else low, high=high)


def probability_of(value: float, scale: str) -> float:
    """Probability of a value of the fitted quantity.

    Examples
    --------
    >>> probability_of(0.0, "log_odds"), probability_of(1.2, "probability")
    (0.5, 1.0)
    """
    if scale == "probability":
        return min(max(value, 0.0), 1.0)
    return 0.5 * (1.0 + math.tanh(0.5 * value))


def reaches_zero(term: dict[str, Any]) -> bool:
    """Whether a term's interval holds zero, or ends so near that it is shown as zero.

    Examples
    --------
    >>> reaches_zero({"low": -0.2, "high": -0.0001}), reaches_zero({"low": 0.1, "high": 0.2})
    (True, False)
    """
    if term["low"] is None or term["low"] == term["high"]:
        return False
    return bool(term["low"] < 0.0005 and term["high"] > -0.0005)


def odds_effect(coefficient: float, scale: str) -> str:
    """What a coefficient does, in words.

    Examples
    --------
    >>> odds_effect(2.4, "log_odds"), odds_effect(-0.7, "log_odds"), odds_effect(-0.12, "probability")
    ('multiplies the odds by 11.0', 'divides the odds by 2.0', 'lowers the probability by 12.0 points')
    """
    if scale == "probability":
        number = f"{100 * abs(coefficient):.1f}"
        if coefficient > 0:
            return say("raises the probability by {number} points", number=number)
        return say("lowers the probability by {number} points", number=number)
    factor = odds_factor(coefficient)
    if factor is None:
        return say("leaves the odds as they are")
    if coefficient > 0:
        return say("multiplies the odds by {factor}", factor=factor)
    return say("divides the odds by {factor}", factor=factor)


def odds_factor(coefficient: float) -> str | None:
    """The factor by which a coefficient multiplies or divides the odds; None: as good as one.

    Examples
    --------
    >>> odds_factor(2.4), odds_factor(-0.7), odds_factor(0.0)
    ('11.0', '2.0', None)
    """
    factor = math.exp(abs(coefficient))
    if factor < 1.005:
        return None
    digits = 2 if factor < 2 else 1 if factor < 100 else 0
    return f"{factor:,.{digits}f}"


def effect(coefficient: float, scale: str) -> str:
    r"""What a coefficient does, in short: a factor of the odds, or points of probability.

    Examples
    --------
    >>> effect(2.4, "log_odds"), effect(-0.7, "log_odds"), effect(0.0, "log_odds"), effect(-0.12, "probability")
    ('×\xa011.0', '÷\xa02.0', '×\xa01', '−12.0\xa0points')
    """
    if scale == "probability":
        return say("{number}\u00a0points", number=signed(100 * coefficient, 1))
    factor = odds_factor(coefficient)
    if factor is None:
        return f"×{_NBSP}1"
    return f"{'×' if coefficient > 0 else '÷'}{_NBSP}{factor}"
