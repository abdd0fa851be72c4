"""Values of a comparison as a reader sees them: measures with their intervals, differences, and what is stated."""

from __future__ import annotations

import json
from typing import Any

from surrogate.report.language import recorded, say
from surrogate.report.number_format import decimal, interval, percent, signed

__all__ = ["apart_words", "difference", "estimate", "fact_value", "in_part", "number", "told"]

Record = dict[str, Any]

#: The longest value of a statement, and the longest sentence, that are shown whole, in characters.
_LONGEST, _LONGEST_SENTENCE = 400, 2000


def number(value: float | None, name: str) -> str:
    r"""A value of a measure: a share, a count, or a number.

    Examples
    --------
    >>> number(0.914, "agreement"), number(1200, "n"), number(0.9612, "r2")
    ('91.4\xa0%', '1,200', '0.96')
    """
    if value is None:
        return "–"
    if name.startswith("n") and float(value).is_integer():
        return f"{int(value):,}"
    return decimal(value) if name in ("r2", "variance") else percent(value)


def estimate(numbers: Record | None, name: str) -> str:
    r"""A value with its interval, or that there is none.

    Examples
    --------
    >>> estimate({"value": 0.9, "low": 0.8, "high": 0.95}, "agreement"), estimate(None, "r2")
    ('90.0\xa0% (80.0 to 95.0\xa0%)', '–')
    """
    if numbers is None or numbers["value"] is None:
        return "–"
    value = number(numbers["value"], name)
    if numbers.get("low") is None:
        return value
    return f"{value} ({interval(numbers, lambda one: number(one, name))})"


def difference(before: Record | None, after: Record | None, name: str) -> str:
    r"""By how much a value moved.

    Examples
    --------
    >>> difference({"value": 0.9}, {"value": 0.875}, "agreement"), difference(None, {"value": 1}, "n")
    ('−2.5\xa0points', '–')
    """
    if before is None or after is None or before["value"] is None or after["value"] is None:
        return "–"
    moved = after["value"] - before["value"]
    if moved == 0:
        return say("none")
    if name in ("r2", "variance"):
        return signed(moved)
    return signed(moved, 0) if name.startswith("n") else say("{number}\u00a0points", number=signed(100 * moved, 1))


def apart_words(apart: bool | None) -> str:
    """Whether two intervals overlap.

    Examples
    --------
    >>> apart_words(True), apart_words(None)
    ('do not overlap', 'no interval')
    """
    if apart is None:
        return say("no interval")
    return say("do not overlap") if apart else say("overlap")


def fact_value(value: Any) -> str:
    """A value as it is stated; a very long one in part, with how much is left out.

    Examples
    --------
    >>> fact_value(["a", 1]), fact_value(None), len(fact_value("x" * 9000)) < 500
    ('["a", 1]', 'not stated', True)
    """
    if value is None:
        return say("not stated")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return in_part(text, _LONGEST)


def told(sentence: str) -> str:
    """A sentence of a record in the language of the reader; one that is shown in part only is left as it is.

    Examples
    --------
    >>> told("The labels are the same.")
    'The labels are the same.'
    """
    return recorded(sentence) if len(sentence) <= _LONGEST_SENTENCE else sentence


def in_part(text: str, most: int = _LONGEST_SENTENCE) -> str:
    """A text as it is; a very long one in part, with how much is left out.

    Examples
    --------
    >>> in_part("short"), in_part("x" * 3000, 10)
    ('short', 'xxxxxxxxxx […2,990 more characters: comparison.json has them]')
    """
    if len(text) <= most:
        return text
    left = f"{len(text) - most:,}"
    return say("{text} […{n} more characters: comparison.json has them]", text=text[:most], n=left)
