"""What a record says to one field of the checklist."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from surrogate.report.record.pointers import pointer, resolve

__all__ = [
    "STATUSES",
    "Answer",
    "Says",
    "asserted",
    "at",
    "evidenced",
    "first",
    "missing",
    "not_applicable",
    "where_filled",
]

#: What can be said to a field.
STATUSES = ("evidenced", "asserted", "missing", "not applicable")

Record = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a record says to a field.

    Parameters
    ----------
    status : {"evidenced", "asserted", "missing", "not applicable"}
        "asserted": it is for a person to state it, in ``issuance.json``.
    reason : str
        A sentence.
    where : str or None
        JSON Pointer to the evidence; None but for "evidenced".

    Examples
    --------
    >>> Answer("missing", "No labels were given.").where is None
    True
    """

    status: str
    reason: str
    where: str | None = None


Says = Callable[[Record], Answer]


def at(record: Record, where: str) -> Any:
    """What is at a place of a record; None where nothing is.

    Examples
    --------
    >>> at({"production": {}}, "/production/recipe") is None
    True
    """
    try:
        return resolve(record, where)
    except KeyError:
        return None


def evidenced(where: str, reason: str) -> Says:
    """The record evidences it at this place, unless the place is empty.

    Examples
    --------
    >>> evidenced("/limits", "They are told.")({"limits": ["It is one text."]}).status
    'evidenced'
    """

    def says(record: Record) -> Answer:
        if at(record, where) in (None, [], {}, ""):
            return Answer("missing", f"The record has nothing at {where}.")
        return Answer("evidenced", reason, where)

    return says


def asserted(reason: str) -> Says:
    """It is for a person to state.

    Examples
    --------
    >>> asserted("Purpose and limits of use.")({}).status
    'asserted'
    """
    return lambda _: Answer("asserted", reason)


def missing(reason: str) -> Says:
    """The record does not have it."""
    return lambda _: Answer("missing", reason)


def not_applicable(reason: str) -> Says:
    """It makes no sense for such a record."""
    return lambda _: Answer("not applicable", reason)


def where_filled(record: Record, many: str, *steps: str) -> str | None:
    """The first of many surrogates that has something at a place inside it.

    Examples
    --------
    >>> where_filled({"members": [{"rules": []}, {"rules": [1]}]}, "members", "rules")
    '/members/1/rules'
    """
    members = at(record, f"/{many}") or []
    places = (pointer(many, number, *steps) for number in range(len(members)))
    return next((place for place in places if at(record, place) not in (None, [], {})), None)


def first(many: str, *steps: str, found: str, otherwise: Says) -> Says:
    """Evidence of the first surrogate that has some; otherwise what else is said.

    Examples
    --------
    >>> says = first("members", "slices", found="Worst first.", otherwise=missing("There are none."))
    >>> says({"members": [{"slices": [{}]}]}).where, says({"members": []}).status
    ('/members/0/slices', 'missing')
    """

    def says(record: Record) -> Answer:
        where = where_filled(record, many, *steps)
        return otherwise(record) if where is None else Answer("evidenced", found, where)

    return says
