"""Tables of a Word document."""

from __future__ import annotations

from typing import Any

from surrogate.report.render.docx_text import add_runs, element, styled
from surrogate.report.visible import visible

__all__ = ["add_table"]

#: Room that a letter takes in a table, in millimetres.
_LETTER_MM = 1.62


def add_table(document: Any, block: dict[str, Any], widths: list[dict[str, Any]], width_mm: float) -> None:
    """Add a table whose header rows are repeated on every page.

    Parameters
    ----------
    document : docx.document.Document
    block : dict
        A block of kind "table".
    widths : list of dict
        As :func:`surrogate.report.render.layout.column_widths` gives them.
    width_mm : float
        Of the whole table.

    Examples
    --------
    >>> from surrogate.report.render.docx_styles import prepared
    >>> document, cell = prepared("en"), {"runs": [{"text": "a"}], "header": False, "span": 1, "align": "left"}
    >>> block = {"caption": [], "columns": ["left"], "head": [], "rows": [{"style": "", "cells": [cell]}]}
    >>> add_table(document, block, [{"letters": 5.0, "fixed": False}], 100)
    >>> document.tables[0].rows[0].cells[0].text
    'a'
    """
    from docx.shared import Mm

    rows = [*block["head"], *block["rows"]]
    table = document.add_table(rows=len(rows), cols=len(widths), style="Plain Grid")
    table.autofit = False
    sizes = _sizes(widths, width_mm)
    for column, size in zip(table.columns, sizes, strict=True):
        column.width = Mm(size)
    if block["caption"]:
        caption = visible("".join(run["text"] for run in block["caption"]))
        table._tbl.tblPr.append(element("w:tblCaption", val=caption))
    for number, (row, added) in enumerate(zip(rows, table.rows, strict=True)):
        properties = added._tr.get_or_add_trPr()
        properties.append(element("w:cantSplit"))
        if number < len(block["head"]):
            properties.append(element("w:tblHeader"))
        _fill(added.cells, row, sizes, number < len(block["head"]))
    styled(document.add_paragraph(), "After Table")


def _fill(cells: Any, row: dict[str, Any], sizes: list[float], head: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    place = 0
    for cell in row["cells"]:
        last = place + cell["span"] - 1
        target = cells[place] if last == place else cells[place].merge(cells[last])
        target.width = Mm(sum(sizes[place : last + 1]))
        paragraph = target.paragraphs[0]
        styled(paragraph, "Table Head" if head else "Table Text")
        if cell["align"] == "right":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        strong = head or row["style"] in ("group", "sum")
        add_runs(paragraph, [{**run, "strong": True} for run in cell["runs"]] if strong else cell["runs"])
        place = last + 1


def _sizes(widths: list[dict[str, Any]], width_mm: float) -> list[float]:
    taken = sum(one["letters"] * _LETTER_MM + 3 for one in widths if one["fixed"])
    shares = sum(one["letters"] for one in widths if not one["fixed"])
    left = width_mm - taken
    return [one["letters"] * _LETTER_MM + 3 if one["fixed"] else left * one["letters"] / shares for one in widths]
