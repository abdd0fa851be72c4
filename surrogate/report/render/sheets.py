"""Sheets of a workbook as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.report.visible import visible

__all__ = ["LIMIT", "Cell", "Sheet", "checklist_sheet", "cut_to_cells", "estimate_cells", "frame"]

Cell = str | int | float | bool | None

#: Most characters that a cell can hold.
LIMIT = 32_767

_CONTINUED = "(continued) "


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


def frame(name: str, columns: list[str], rows: list[list[Cell]], *, nothing: str = "none in this report") -> Sheet:
    """A sheet that says so where it has no rows.

    Examples
    --------
    >>> frame("Rules", ["Id", "Condition"], []).rows
    [['none in this report', None]]
    """
    return Sheet(name, columns, rows or [[nothing, *[None] * (len(columns) - 1)]])


def cut_to_cells(rows: list[list[Cell]]) -> list[list[Cell]]:
    """The rows with every hidden character visible; what a cell cannot hold goes on in rows below.

    Examples
    --------
    >>> [len(row[0]) for row in cut_to_cells([["a" * 40_000, 1]])]
    [32767, 7245]
    """
    kept: list[list[Cell]] = []
    for row in rows:
        left: list[Cell] = [visible(value) if isinstance(value, str) else value for value in row]
        while any(isinstance(value, str) and len(value) > LIMIT for value in left):
            kept.append([value[:LIMIT] if isinstance(value, str) else value for value in left])
            left = [
                _CONTINUED + value[LIMIT:] if isinstance(value, str) and len(value) > LIMIT else None for value in left
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


def checklist_sheet(record: dict[str, Any]) -> list[Sheet]:
    """What a report must carry and where it stands, for a record that says it.

    Examples
    --------
    >>> checklist_sheet({})
    []
    """
    if not record.get("checklist"):
        return []
    columns = ["Field", "Name", "Status", "Where in report.json", "Reason"]
    rows: list[list[Cell]] = [
        [row.get("field"), row.get("name"), row.get("status"), row.get("where"), row.get("reason")]
        for row in record["checklist"]
    ]
    return [Sheet("Checklist", columns, rows)]
