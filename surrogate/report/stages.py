"""How the pieces of a long text were found, coarse to fine, in sentences."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import message, plural, recorded, say
from surrogate.report.nouns import counted, describe_units, unit_noun

__all__ = ["OVERVIEW", "stages"]

Record = dict[str, Any]

#: What was done, in general.
OVERVIEW = message(
    "The text is long: the model was asked about large pieces first, and those that its answers depend on were split. A piece "
    "that was not split was kept or removed as a whole."
)


def stages(record: Record) -> list[str]:
    """A sentence for each stage; none for a text that is not long.

    Examples
    --------
    >>> stage = {"kind": "paragraph", "n_units": 14, "calls": 57, "into": "sentence", "split": [7], "reason": "it matters"}
    >>> stages({"refinement": {"stages": [stage]}})
    ['14 paragraphs, 57 calls: 1 of them was split into sentences; it matters.']
    """
    refinement = record["refinement"]
    return [] if refinement is None else [_stage(each) for each in refinement["stages"]]


def _stage(each: Record) -> str:
    pieces = counted(each["kind"], each["n_units"])
    if "+" in each["kind"]:
        pieces = say("{units} ({description})", units=pieces, description=describe_units(each["kind"]))
    told = {"pieces": pieces, "calls": f"{each['calls']:,}", "finer": unit_noun(each["into"])}
    told["reason"] = recorded(each["reason"])
    if not each["split"]:
        return say("{pieces}, {calls} calls: none was split into {finer}; {reason}.", **told)
    return plural(
        "{pieces}, {calls} calls: {n} of them was split into {finer}; {reason}.",
        "{pieces}, {calls} calls: {n} of them were split into {finer}; {reason}.",
        len(each["split"]),
        **told,
    )
