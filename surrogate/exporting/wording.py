"""Wording: what held-out documents said about a rule, in a line."""

from __future__ import annotations

from typing import Any

__all__ = ["KEPT", "measured"]

#: What is said of a rule, out of its evidence in the record; places of documents stay there.
KEPT = ("precision", "coverage", "n", "n_fit", "n_decides", "lift", "grade", "error", "probabilities")


def measured(evidence: dict[str, Any]) -> str:
    """What held-out documents said about a rule.

    Examples
    --------
    >>> share = {"value": 0.9615384615, "low": 0.8036, "high": 0.999, "level": 0.95}
    >>> measured({"precision": share, "coverage": None, "n": 26, "grade": "confirmed"})
    'precision 0.962 (95 % interval 0.804 to 0.999); 26 held-out documents; confirmed'
    """
    parts = [
        f"{name} {_number(share['value'])} ({100 * share['level']:g} % interval {_number(share['low'])} to "
        f"{_number(share['high'])})"
        for name in ("precision", "coverage")
        if (share := evidence.get(name))
    ]
    if isinstance(evidence.get("n"), int):
        parts.append(f"{evidence['n']:,} held-out documents")
    if isinstance(evidence.get("grade"), str):
        parts.append(evidence["grade"])
    return "; ".join(parts)


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g}"
