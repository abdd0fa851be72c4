"""Which terms and rules may be quoted, and how firmly; those that may not be stand apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.evidence.grades import NOT_REPORTABLE, STABLE, WEAK
from surrogate.report.language import message, say
from surrogate.report.number_format import percent

__all__ = [
    "MARKS",
    "NOT_TO_BE_QUOTED",
    "frequency",
    "grade",
    "grade_key",
    "in_order",
    "is_quotable",
    "numbered",
    "quotable",
    "set_aside",
    "shares",
    "ungraded",
]

Record = dict[str, Any]
Numbered = list[tuple[int, Record]]

#: A sign for each grade, so that it is not told by colour alone; the word stands beside it.
MARKS = {STABLE: "●", WEAK: "◐", NOT_REPORTABLE: "○"}

_NAMES = (message("stable"), message("weak"), message("not reportable"))

#: What a reader is told of all that is not reportable.
NOT_TO_BE_QUOTED = message("part of the arithmetic, but too uncertain to be quoted as a reason")


def grade(item: Record) -> str | None:
    """The grade of a term or rule; a rule that too few test copies reach is not reportable, graded or not.

    Examples
    --------
    >>> grade({"grade": None, "precision": None}), grade({"grade": "weak", "coefficient": 1.0})
    ('not reportable', 'weak')
    """
    if "precision" in item and item["precision"] is None:
        return NOT_REPORTABLE
    return item["grade"]  # type: ignore[no-any-return]


def is_quotable(item: Record) -> bool:
    """Whether a term or rule may be quoted by itself."""
    return grade(item) != NOT_REPORTABLE


def in_order(items: Sequence[Record]) -> list[Record]:
    """Terms or rules as they are shown: what may be quoted first; rules that are read in order stay in it."""
    if any(item.get("order") is not None for item in items):
        return list(items)
    return sorted(items, key=lambda item: not is_quotable(item))


def numbered(items: Sequence[Record]) -> Numbered:
    """All terms or rules with their numbers, from 1."""
    return list(enumerate(in_order(items), 1))


def quotable(items: Sequence[Record]) -> Numbered:
    """Those that may be quoted, with their numbers.

    Examples
    --------
    >>> quotable([{"grade": "not reportable"}, {"grade": "weak"}])
    [(1, {'grade': 'weak'})]
    """
    return [(number, item) for number, item in numbered(items) if is_quotable(item)]


def set_aside(items: Sequence[Record]) -> Numbered:
    """Those that may not be quoted, with their numbers."""
    return [(number, item) for number, item in numbered(items) if not is_quotable(item)]


def ungraded(member: Record) -> bool:
    """Whether the terms or rules of a shown surrogate have no grades: the calls were too few to refit to halves of them."""
    items = member["model"].get("terms", member["rules"])
    return bool(items) and all(item["grade"] is None for item in items)


def frequency(item: Record, member: Record) -> str:
    """How often refits found a term or rule again, in words; empty where there were no refits.

    Examples
    --------
    >>> frequency({"frequency": 0.95}, {"stability": {"n_refits": 20}})
    '19 of 20'
    """
    if item["frequency"] is None or member["stability"] is None:
        return ""
    n_refits = member["stability"]["n_refits"]
    return say("{some} of {all}", some=round(item["frequency"] * n_refits), all=n_refits)


def shares(record: Record, member: Record) -> str:
    """In short, which share of the refits each grade asks for."""
    policy, n_refits = record["production"]["policy"], member["stability"]["n_refits"]
    stable, weak = percent(policy["stable_share"], 0), percent(policy["weak_share"], 0)
    return say(
        ": at least {stable}, at least {weak}, fewer of {n_refits} refits to halves of the calls agree",
        stable=stable,
        weak=weak,
        n_refits=n_refits,
    )


def grade_key(record: Record, member: Record) -> list[tuple[str, str, str]]:
    """Sign, name and meaning of each grade that a surrogate's terms or rules can have; empty where none is graded."""
    if ungraded(member):
        return []
    if member["stability"] is None:
        exact = say("every possible copy was asked, so nothing about it is left to chance")
        return [(MARKS[STABLE], STABLE, exact)]
    policy, n_refits = record["production"]["policy"], member["stability"]["n_refits"]
    stable, weak = percent(policy["stable_share"], 0), percent(policy["weak_share"], 0)
    meanings = _of_terms if member["kind"] == "linear" else _of_rules
    return [
        (MARKS[name], name, meaning) for name, meaning in zip(MARKS, meanings(stable, weak, str(n_refits)), strict=True)
    ]


def _of_terms(stable: str, weak: str, n_refits: str) -> tuple[str, str, str]:
    """What each grade of a term means."""
    return (
        say(
            "at least {share} of {n_refits} refits to halves of the calls found it again, with the same sign, and its interval "
            "keeps to one side of zero",
            share=stable,
            n_refits=n_refits,
        ),
        say("at least {share} of them did, or its interval reaches zero", share=weak),
        say("fewer did; {what}", what=say(NOT_TO_BE_QUOTED)),
    )


def _of_rules(stable: str, weak: str, n_refits: str) -> tuple[str, str, str]:
    """What each grade of a rule means."""
    return (
        say(
            "at least {share} of {n_refits} refits to halves of the calls decide the copies under it as it does",
            share=stable,
            n_refits=n_refits,
        ),
        say("at least {share} of them do", share=weak),
        say("fewer do, or too few test copies reach it; {what}", what=say(NOT_TO_BE_QUOTED)),
    )
