"""Sheets of a workbook as plain data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from surrogate.report.language import message, recorded, say
from surrogate.report.visible import visible

__all__ = [
    "LIMIT",
    "Cell",
    "Sheet",
    "checklist_sheet",
    "cut_to_cells",
    "estimate_cells",
    "frame",
    "interval_columns",
    "member_rows",
    "surrogate_name",
    "word",
]

Cell = str | int | float | bool | None

#: Words that stand in cells by themselves.
_WORDS = (
    *(message("term"), message("effect"), message("log_odds"), message("probability")),
    *(message("stable"), message("weak"), message("not reportable")),
    *(message("confirmed"), message("not confirmed"), message("proposed")),
    *(message("supported"), message("too few documents"), message("contradicted")),
    *(message("evidenced"), message("asserted"), message("missing"), message("not applicable")),
)

#: Most characters that a cell can hold.
LIMIT = 32_767


@dataclass(frozen=True)
class Sheet:
    """A named table.

    Parameters
    ----------
    name : str
    columns : list of str
    rows : list of list
        Of texts, numbers, truth values and None, one for each column.

    Examples
    --------
    >>> Sheet("Rules", ["Id"], [["a"]]).columns
    ['Id']
    """

    name: str
    columns: list[str]
    rows: list[list[Cell]]


def frame(name: str, columns: list[str], rows: list[list[Cell]]) -> Sheet:
    """A sheet that says so where it has no rows.

    Examples
    --------
    >>> frame("Rules", ["Id", "Condition"], []).rows
    [['none in this report', None]]
    """
    return Sheet(name, columns, rows or [[say("none in this report"), *[None] * (len(columns) - 1)]])


def cut_to_cells(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows with every hidden character visible; what a cell cannot hold goes on in rows below.

    Examples
    --------
    >>> [len(row[0]) for row in cut_to_cells([["a" * 40_000, 1]])]
    [32767, 7245]
    """
    kept: list[list[Cell]] = []
    continued = say("(continued) ")
    for row in rows:
        left: list[Cell] = [visible(value) if isinstance(value, str) else value for value in row]
        while any(isinstance(value, str) and len(value) > LIMIT for value in left):
            kept.append([value[:LIMIT] if isinstance(value, str) else value for value in left])
            left = [
                continued + value[LIMIT:] if isinstance(value, str) and len(value) > LIMIT else None for value in left
            ]
        kept.append(left)
    return kept


def estimate_cells(estimate: dict[str, Any] | None) -> list[Cell]:
    """An estimate as four cells: value, ends of its interval, level.

    Examples
    --------
    >>> estimate_cells(None)
    [None, None, None, None]
    """
    if estimate is None:
        return [None] * 4
    return [estimate["value"], estimate["low"], estimate["high"], estimate["level"]]


def interval_columns() -> list[str]:
    """What the cells after a value say of its interval.

    Examples
    --------
    >>> interval_columns()
    ['Interval, lower end', 'Interval, upper end', 'Level']
    """
    return [say("Interval, lower end"), say("Interval, upper end"), say("Level")]


def word(value: Cell) -> Cell:
    """A word of ours that a record holds, such as a grade; anything else is left as it is.

    Examples
    --------
    >>> word("stable"), word(None)
    ('stable', None)
    """
    return say(value) if isinstance(value, str) and value in _WORDS else value


def surrogate_name(title: str, withheld: bool) -> str:
    """A surrogate beside what was measured of it.

    Examples
    --------
    >>> surrogate_name("Rules", True)
    'Rules (withheld)'
    """
    return say("{surrogate} (withheld)", surrogate=title) if withheld else title


def member_rows(members: list[dict[str, Any]], title: Callable[[dict[str, Any]], str]) -> list[list[Cell]]:
    """What became of each surrogate, and why.

    Examples
    --------
    >>> member_rows([{"withheld": True, "verdict": {"reason": "Too few."}}], lambda member: "Rules")
    [['Rules', 'Withheld. Too few.']]
    """
    return [
        [
            title(one),
            say(
                "{state}. {reason}",
                state=say("Withheld") if one["withheld"] else say("Shown"),
                reason=recorded(one["verdict"]["reason"]),
            ),
        ]
        for one in members
    ]


def checklist_sheet(record: dict[str, Any]) -> list[Sheet]:
    """What a report must carry and where it stands, for a record that says it.

    Examples
    --------
    >>> checklist_sheet({})
    []
    """
    if not record.get("checklist"):
        return []
    columns = [say("Field"), say("Name"), say("Status"), say("Where in report.json"), say("Reason")]
    rows: list[list[Cell]] = [
        [row.get("field"), _told(row.get("name")), word(row.get("status")), row.get("where"), _told(row.get("reason"))]
        for row in record["checklist"]
    ]
    return [Sheet(say("Checklist"), columns, rows)]


def _told(sentence: Cell) -> Cell:
    return recorded(sentence) if isinstance(sentence, str) else sentence
