"""Measures and estimates of two records side by side."""

from __future__ import annotations

from typing import Any

from surrogate.comparing.changes import MeasureChange

__all__ = ["are_apart", "compare_measures", "holds"]

Numbers = dict[str, Any]


def are_apart(before: Numbers | None, after: Numbers | None) -> bool | None:
    """Whether two intervals do not overlap; None: one has none.

    Examples
    --------
    >>> are_apart({"low": 0.1, "high": 0.3}, {"low": 0.2, "high": 0.5}), are_apart({"low": 0.1, "high": 0.3}, None)
    (False, None)
    """
    ends = _ends(before), _ends(after)
    if ends[0] is None or ends[1] is None:
        return None
    return ends[0][1] < ends[1][0] or ends[1][1] < ends[0][0]


def holds(interval: Numbers | None, value: float) -> bool | None:
    """Whether an interval holds a value; None: there is none.

    Examples
    --------
    >>> holds({"low": 0.1, "high": 0.3}, 0.3), holds({"low": None, "high": None}, 0.3)
    (True, None)
    """
    ends = _ends(interval)
    return None if ends is None else ends[0] <= value <= ends[1]


def _ends(numbers: Numbers | None) -> tuple[float, float] | None:
    if numbers is None or numbers.get("low") is None or numbers.get("high") is None:
        return None
    return float(numbers["low"]), float(numbers["high"])


def compare_measures(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[MeasureChange, ...]:
    """Every estimate and every count that either has, by name.

    Parameters
    ----------
    before, after : dict or None
        Such as the fidelity of a surrogate: estimates, and numbers without interval.

    Examples
    --------
    >>> [one.name for one in compare_measures({"n": 5, "agreement": {"value": 0.9, "low": 0.8, "high": 1.0}}, None)]
    ['agreement', 'n']
    """
    first, second = before or {}, after or {}
    found = []
    for name in sorted(first.keys() | second.keys()):
        sides = _numbers(first.get(name)), _numbers(second.get(name))
        if sides != (None, None):
            found.append(MeasureChange(name, *sides, are_apart(*sides)))
    return tuple(found)


def _numbers(value: Any) -> Numbers | None:
    if isinstance(value, dict) and "value" in value:
        return {name: value.get(name) for name in ("value", "low", "high", "baseline", "level")}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"value": value, "low": None, "high": None, "baseline": None, "level": None} if is_number else None
