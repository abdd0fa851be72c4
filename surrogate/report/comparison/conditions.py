"""Conditions of a comparison as a reader sees them: of rules and terms, and what became of them."""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

from surrogate.report.corpus import wording
from surrogate.report.language import message, say

__all__ = [
    "apart_sentence",
    "condition_form",
    "condition_text",
    "feature_name",
    "how_words",
    "keyword",
    "term_name",
]

Record = dict[str, Any]

#: In what way a rule changed, beside its condition and what it says.
_HOW = {
    "order": message("it is heard in another order"),
    "definition": message("a list or pattern of the same name was defined otherwise"),
    "form": message("written otherwise, but it speaks for the same"),
}

#: What a rule gained or lost.
_CONDITION = {
    "gained": message("its condition gained: {conditions}"),
    "lost": message("its condition lost: {conditions}"),
}

#: Conditions on copies of a text, which hold and do not hold: that a unit is kept, and how much of it is.
_OF_TEXT = {
    "unit": (message("{feature} is kept"), message("{feature} is removed")),
    "share": (message("{feature} kept"), message("{feature} removed")),
}

#: How records name one of several units that read the same, and a part of which a share is kept.
_ORDINAL = re.compile(r"“(?P<name>.*)” \((?P<n>\d+)(?P<ending>st|nd|rd|th)\)", re.DOTALL)
_AT_LEAST = re.compile(r"(?P<passages>.*) \(at least (?P<share>\d+)%\)", re.DOTALL)
_ORDINALS = {"st": message("{n}st"), "nd": message("{n}nd"), "rd": message("{n}rd"), "th": message("{n}th")}


def condition_form(atom: Record) -> str:
    """The message for a condition, with a place for what it names.

    Examples
    --------
    >>> condition_form({"kind": "stem", "present": False}), condition_form({"kind": "unit", "present": True})
    ('it does not say {feature}', '{feature} is kept')
    """
    if atom["kind"] in _OF_TEXT:
        return _OF_TEXT[atom["kind"]][not atom["present"]]
    return wording.condition_form(atom, atom["present"]).strip()


def feature_name(atom: Record) -> str:
    """What a condition names.

    Examples
    --------
    >>> feature_name({"kind": "stem", "key": "fee", "label": "fee"}), feature_name({"kind": "unit", "label": "“a” (2nd)"})
    ('“fee”', '“a” (2nd)')
    """
    if atom["kind"] == "unit":
        return _unit(atom["label"])
    return (
        say("share of {passages}", passages=_passages(atom["label"]))
        if atom["kind"] == "share"
        else wording.feature_name(atom)
    )


def _unit(label: str) -> str:
    """A unit as the record names it, told apart where the same one occurs several times."""
    found = _ORDINAL.fullmatch(label)
    if found is None:
        return label
    name, number, ending = found.group("name", "n", "ending")
    return say("“{name}” ({ordinal})", name=name, ordinal=say(_ORDINALS[ending], n=number))


def _passages(label: str) -> str:
    """Parts of a text as the record names them, of which a share is kept."""
    if label == "the whole text":
        return say("the whole text")
    found = _AT_LEAST.fullmatch(label)
    if found is None:
        return label
    return say("{passages} (at least {share}%)", passages=_passages(found["passages"]), share=found["share"])


def condition_text(atom: Record) -> str:
    """A condition as text.

    Examples
    --------
    >>> condition_text({"kind": "stem", "key": "fee", "label": "fee", "present": False})
    'it does not say “fee”'
    """
    return say(condition_form(atom), feature=feature_name(atom))


def term_name(term: Record) -> str:
    """What a term names.

    Examples
    --------
    >>> unit = {"kind": "unit", "key": "3", "label": "“card”", "present": False}
    >>> term_name({"atoms": [unit, {**unit, "label": "“lost”", "present": True}]})
    '“card” removed and “lost”'
    """
    names = []
    for atom in term["atoms"]:
        name = feature_name(atom)
        names.append(name if atom["present"] else say("{name} removed", name=name))
    if not names:
        return say("nothing")
    return reduce(lambda before, after: say("{names} and {name}", names=before, name=after), names)


def keyword(rule: Record) -> str:
    """How a rule begins.

    Examples
    --------
    >>> keyword({"atoms": []}), keyword({"atoms": [{}]})
    ('OTHERWISE', 'IF')
    """
    return say("IF") if rule["atoms"] else say("OTHERWISE")


def how_words(change: Record) -> list[str]:
    """In what way a rule changed, or is the same though it is written otherwise.

    Examples
    --------
    >>> how_words({"how": ["order"], "gained": [], "lost": []})
    ['it is heard in another order']
    """
    found = []
    if "class" in change["how"]:
        sides = {side: change[side]["says"] for side in ("before", "after")}
        found.append(say("it said “{before}” and says “{after}”", **sides))
    for what, told in _CONDITION.items():
        if change[what]:
            found.append(say(told, conditions=say(" AND ").join(map(condition_text, change[what]))))
    return found + [say(_HOW[one]) for one in change["how"] if one in _HOW]


def apart_sentence(name: str, apart: bool) -> str:
    """Whether the intervals of a measure of a rule overlap.

    Examples
    --------
    >>> apart_sentence("coverage", True)
    'Intervals of coverage do not overlap.'
    """
    if name == "precision":
        return say("Intervals of precision do not overlap.") if apart else say("Intervals of precision overlap.")
    return say("Intervals of coverage do not overlap.") if apart else say("Intervals of coverage overlap.")
