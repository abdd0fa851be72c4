"""How the pieces of a long text were found, coarse to fine, in sentences."""

from __future__ import annotations

from typing import Any

from surrogate.units.nouns import describe_units, unit_noun

__all__ = ["OVERVIEW", "stages"]

Record = dict[str, Any]

#: What was done, in general.
OVERVIEW = (
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
    pieces = f"{each['n_units']:,} {unit_noun(each['kind'], each['n_units'])}"
    if "+" in each["kind"]:
        pieces = f"{pieces} ({describe_units(each['kind'])})"
    n_split = len(each["split"])
    split = f"{n_split:,} of them {'was' if n_split == 1 else 'were'}" if n_split else "none was"
    return f"{pieces}, {each['calls']:,} calls: {split} split into {unit_noun(each['into'])}; {each['reason']}."
