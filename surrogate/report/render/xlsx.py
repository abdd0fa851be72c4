"""The record as tables of a workbook: rules, terms, cases and fidelity, numbers as numbers."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time
from typing import Any

from surrogate.report.edition import Edition
from surrogate.report.language import say, speaking
from surrogate.report.letters import letters
from surrogate.report.people import record_sha256
from surrogate.report.record import kind_of
from surrogate.report.render.docx import zipped_again
from surrogate.report.render.pages import as_edition
from surrogate.report.render.pdf import stated_day
from surrogate.report.render.sheets import LIMIT, Cell, Sheet, checklist_sheet, cut_to_cells
from surrogate.report.visible import visible

__all__ = ["render_xlsx"]

#: Widest and narrowest column, in letters.
_WIDEST, _NARROWEST = 60, 8

#: Letters that a number has room for, and points of the highest row that the format allows.
_NUMBER, _HIGHEST = 12, 409.0

#: Letters of the longest word in the name of a column that widen it, letters that the button of a filter takes, and how much
#: wider letters in bold are.
_LONGEST_WORD, _BUTTON, _BOLD = 14, 3, 1.1


def render_xlsx(source: Edition | dict[str, Any]) -> bytes:
    """The record as a workbook; the same edition always gives the same bytes.

    Text is written as text: nothing becomes a formula, a number or a link.  A text longer than a cell can hold (32,767
    characters) goes on in the rows below, which say so.

    Parameters
    ----------
    source : Edition or dict
        Or a record.

    Returns
    -------
    bytes
        Sheets "Summary", "Rules", "Terms", "Cases", "Fidelity" and, where the record has one, "Checklist", named in the
        language of the edition.

    Examples
    --------
    >>> render_xlsx({})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'surrogates'
    """
    edition = as_edition(source)
    record = edition.record
    sha256 = record_sha256(record)
    if kind_of(record) == "global":
        from surrogate.report.render.sheets_global import global_sheets as sheets_of
    else:
        from surrogate.report.render.sheets_local import local_sheets as sheets_of
    with speaking(edition.locale):
        sheets = [*sheets_of(record, sha256), *checklist_sheet(record)]
        return zipped_again(_written(sheets, edition, sha256))


def _written(sheets: list[Sheet], edition: Edition, sha256: str) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    safe = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    stated = edition.issuance or {}
    day = datetime.combine(stated_day(stated.get("date")), time(), UTC).replace(tzinfo=None)
    with xlsxwriter.Workbook(stream, {"in_memory": True, **safe}) as book:
        author = visible(stated.get("author") or "")[:255]
        book.set_properties({"title": say("Report {id}", id=sha256[:16]), "author": author, "created": day})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        number = book.add_format({"valign": "top", "num_format": "General"})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, head, body, number, sha256)
    return stream.getvalue()


def _write_sheet(target: Any, sheet: Sheet, head: Any, body: Any, number: Any, sha256: str) -> None:
    rows = cut_to_cells(sheet.rows)
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(1, 0)
    target.freeze_panes(1, 0)
    target.repeat_rows(0)
    target.set_footer(f"&L&8SHA-256 {sha256}&R&8&P / &N")
    widths = [_width(name, [row[place] for row in rows]) for place, name in enumerate(sheet.columns)]
    for place, (name, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        target.write_string(0, place, name, head)
        target.set_column(place, place, width)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, bool):
                target.write_string(line, place, say("yes") if value else say("no"), body)
            elif isinstance(value, int | float):
                target.write_number(line, place, value, number)
            elif value is not None:
                target.write_string(line, place, _short(value), body)
    target.set_row(0, _head_height(sheet.columns, widths))
    for line, row in enumerate(rows, 1):
        target.set_row(line, _height(row, widths))
    if rows:
        target.autofilter(0, 0, len(rows), len(sheet.columns) - 1)


def _short(value: str) -> str:
    # Cut into cells before: what is left fits.
    return value[:LIMIT]


def _width(name: str, values: list[Cell]) -> float:
    texts = [min(letters(value), _WIDEST) for value in values if isinstance(value, str)]
    numbers = [_NUMBER for value in values if isinstance(value, float)]
    longest = max([min(letters(word), _LONGEST_WORD) for word in name.split()] + texts + numbers)
    return float(min(max(longest + 2, _NARROWEST), _WIDEST))


def _head_height(names: list[str], widths: list[float]) -> float:
    """Points for as many lines as the longest name of a column needs, beside the button of the filter."""
    return min(15.0 * max(_lines(name, width - _BUTTON) for name, width in zip(names, widths, strict=True)), _HIGHEST)


def _lines(name: str, width: float) -> int:
    """Lines that a name in bold takes where it is broken between words, and inside words that are too long."""
    lines, left = 1, width
    for word in name.split():
        needed = letters(word) * _BOLD
        if needed > left and left < width:
            lines, left = lines + 1, width
        broken = int(needed // width) if needed > width else 0
        lines, left = lines + broken, left - (needed - broken * width) - 1
    return lines


def _height(row: list[Cell], widths: list[float]) -> float:
    """Points for as many lines as the fullest cell needs: not every program finds them out by itself."""
    lines = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str):
            lines = max(lines, sum(1 + int(letters(line) * 1.1 // width) for line in value.split("\n")))
    return min(15.0 * lines, _HIGHEST)
