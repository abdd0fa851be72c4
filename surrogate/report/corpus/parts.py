"""Parts of a corpus as a reader sees them: by decision, label, column, length and concept."""

from __future__ import annotations

import re

from surrogate.report.corpus import wording
from surrogate.report.language import message, say

__all__ = ["part_name", "part_value"]

_NUMBER = r"\u2212?[\d.]+"

#: Bands of numbers, as slices are named: "up to 3", "over 3, up to 5.25", "over 5.25", of lengths with their unit.
_BAND = re.compile(
    rf"(?:over (?P<low>{_NUMBER}))?(?:(?(low), |)up to (?P<high>{_NUMBER}))?(?P<unit> characters)?", re.ASCII
)

#: Parts that every corpus has; all others are made by columns.
_OWN = (message("decision"), message("label"), message("length"), message("concept"))


def part_name(by: str) -> str:
    """What a part of the corpus is made by; the name of a column is left as it is.

    Examples
    --------
    >>> part_name("decision"), part_name("channel")
    ('decision', 'channel')
    """
    return say(by) if by in _OWN else by


def part_value(by: str, value: str) -> str:
    """What the documents of a part have in common: bands of numbers in words, and what stands in the corpus as it is.

    Examples
    --------
    >>> part_value("length", "over 35, up to 41 characters"), part_value("label", "up to 3")
    ('over 35, up to 41 characters', 'up to 3')
    """
    if by == "concept":
        number, colon, label = value.partition(": ")
        return f"{number}{colon}{wording.concept_name(label)}"
    band = _BAND.fullmatch(value)
    if by in ("decision", "label") or band is None or not (band["low"] or band["high"]):
        return value
    low, high = band["low"], band["high"]
    if band["unit"]:
        return _characters(low, high)
    if low and high:
        return say("over {low}, up to {high}", low=low, high=high)
    return say("over {low}", low=low) if low else say("up to {high}", high=high)


def _characters(low: str | None, high: str | None) -> str:
    if low and high:
        return say("over {low}, up to {high} characters", low=low, high=high)
    return say("over {low} characters", low=low) if low else say("up to {high} characters", high=high)
