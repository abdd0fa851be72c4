"""What a reader must know of a drift before any number: what differs between the batches, and what moved."""

from __future__ import annotations

from typing import Any

from surrogate.report.batch.context import setting_value
from surrogate.report.batch.wording import setting_name
from surrogate.report.language import message, say

__all__ = ["beyond_chance", "drift_headline", "has_moved", "told_first_sentence"]

Record = dict[str, Any]

_TOLD = {
    "no fingerprint": message("A model has no fingerprint, so it cannot be told whether it is the same model."),
    "model": message("The model is another: its fingerprint changed. What differs may come from the model."),
    "recipe": message("The recipe is another. What differs may come from how it is explained, and not from the model."),
    "versions": message("Versions of packages differ, and with them perhaps the last digits of numbers."),
}


def told_first_sentence(one: Record) -> str:
    """What a reader must know before any number of a drift.

    Examples
    --------
    >>> told_first_sentence({"what": "calls", "before": 64, "after": 128})
    'Set otherwise: Calls for each text, 64 before and 128 after.'
    """
    if one["what"] == "incomplete":
        return say("The earlier batch is not finished.") if one["before"] else say("This batch is not finished.")
    what = one["what"]
    if what in _TOLD:
        return say(_TOLD[what])
    name, sides = setting_name(what) or what, (setting_value(one["before"]), setting_value(one["after"]))
    return say(
        "Set otherwise: {setting}, {before} before and {after} after.", setting=name, before=sides[0], after=sides[1]
    )


def drift_headline(drift: Record) -> str:
    """Whether decisions, verdicts or fidelity moved by more than chance gives.

    Examples
    --------
    >>> alike = {"distance": {"value": 0.0, "by_chance": 0.1}}
    >>> drift_headline({"decisions": alike, "statuses": alike, "fidelity": {"test": None}, "matched": None})
    'Nothing moved since the earlier batch by more than chance gives'
    """
    if drift["statuses"]["distance"] is None:
        return say("One of the batches has no rows, so nothing can be compared")
    moved = _moved(drift)
    if not moved:
        return say("Nothing moved since the earlier batch by more than chance gives")
    return say("Moved since the earlier batch: {parts}", parts=say(", ").join(moved))


def has_moved(drift: Record | None) -> bool:
    """Whether a drift asks for a look: something moved, is to be read first, or cannot be compared.

    Examples
    --------
    >>> has_moved(None)
    False
    """
    if drift is None:
        return False
    return bool(drift["told_first"]) or drift["statuses"]["distance"] is None or bool(_moved(drift))


def _moved(drift: Record) -> list[str]:
    changed = ((drift["matched"] or {}).get("texts") or {}).get("decision_changed") or {"n": 0}
    parts = (
        (say("decisions on the same texts"), changed["n"] > 0),
        (say("the shares of decisions"), beyond_chance(drift["decisions"])),
        (say("what is explained"), beyond_chance(drift["statuses"])),
        (say("fidelity"), bool(drift["fidelity"]["test"]) and drift["fidelity"]["test"]["p"] < 0.05),
    )
    return [name for name, is_moved in parts if is_moved]


def beyond_chance(compared: Record) -> bool:
    """Whether shares lie further apart than chance puts them.

    Examples
    --------
    >>> beyond_chance({"distance": None})
    False
    """
    distance = compared["distance"]
    return distance is not None and distance["value"] > distance["by_chance"]
