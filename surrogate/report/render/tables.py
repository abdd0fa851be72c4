"""Tables of the page as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from surrogate.errors import InputError
from surrogate.report.render.runs import INLINE, Run, dropped, inline_runs, runs_of, tidy
from surrogate.report.render.tree import Element

if TYPE_CHECKING:
    from surrogate.report.render.blocks import Block, Reader

__all__ = ["table_blocks"]

_PARTS = frozenset({"caption", "thead", "tbody", "tfoot"})
_NEW_LINE: Run = {"text": "\n", "preserved": True}
_ROWS = ("group", "sum", "aside", "target")


def table_blocks(element: Element, reader: Reader) -> list[Block]:
    """The table, and after it what was folded away inside its cells.

    Parameters
    ----------
    element : Element
        ``<table>``.
    reader : Reader
        Reads what is folded.

    Returns
    -------
    list of dict
        The first has "caption" (runs), "head" and "rows": rows of ``{"style", "cells"}``, cells of ``{"runs", "header",
        "span", "align"}``.  A column that only decorates is left out.

    Raises
    ------
    InputError
        ``bad-page``.

    Examples
    --------
    >>> from surrogate.report.render.blocks import Reader
    >>> from surrogate.report.render.tree import read_tree
    >>> table = read_tree("<table><tbody><tr><td>a</td><td></td></tr></tbody></table>").find("table")
    >>> [cell["runs"] for cell in table_blocks(table, Reader(""))[0]["rows"][0]["cells"]]
    [[{'text': 'a'}]]
    """
    parts = _checked(element)
    caption = next((_runs(part, []) for part in parts if part.tag == "caption"), [])
    folded: list[Block] = []
    head = [_row(row, reader, folded) for part in parts if part.tag == "thead" for row in _rows(part)]
    rows = [_row(row, reader, folded) for part in parts if part.tag in ("tbody", "tfoot") for row in _rows(part)]
    table = {"kind": "table", "caption": caption, "head": head, "rows": rows}
    _drop_empty_columns(table)
    return [table, *folded]


def _checked(element: Element) -> list[Element]:
    for child in element.children:
        if isinstance(child, str):
            if child.strip():
                raise InputError("bad-page", "The page holds text in <table>, outside its cells.")
        elif child.tag not in _PARTS:
            raise InputError("bad-page", f"The page holds <{child.tag}> in <table>.")
    return element.elements()


def _rows(part: Element) -> list[Element]:
    rows = part.elements()
    for row in rows:
        cells = row.elements()
        if row.tag != "tr" or any(cell.tag not in ("th", "td") or "rowspan" in cell.attributes for cell in cells):
            raise InputError("bad-page", "The page holds a table whose rows cannot be read.")
    return rows


def _row(row: Element, reader: Reader, folded: list[Block]) -> dict[str, Any]:
    cells: list[dict[str, Any]] = []
    for cell in row.elements():
        hidden: list[Element] = []
        cells.append({
            "runs": _runs(cell, hidden),
            "header": cell.tag == "th",
            "span": int(cell.attributes.get("colspan", "1")),
            "align": "right" if "n" in cell.classes else "left",
        })  # fmt: skip
        for part in hidden:
            first, *rest = reader.block(part)
            name = [{**run, "strong": True} for run in cells[0]["runs"]]
            folded += [{**first, "runs": [*name, {"text": ": "}, *first["runs"]]}, *rest]
    style = next((name for name in _ROWS if name in row.classes), "")
    return {"style": style, "cells": cells}


def _runs(cell: Element, folded: list[Element]) -> list[Run]:
    """The text of a cell; blocks in it stand one below the other."""
    parts: list[Element | str] = []
    runs: list[Run] = []
    for child in cell.children:
        if isinstance(child, str) or child.tag in INLINE:
            parts.append(child)
        elif dropped(child):
            continue
        elif child.tag == "details":
            folded.append(child)
        elif child.tag in ("p", "div", "ul", "ol", "li"):
            runs += [*inline_runs(parts), _NEW_LINE, *_inside(child), _NEW_LINE]
            parts = []
        else:
            raise InputError("bad-page", f"The page holds <{child.tag}> in a cell of a table.")
    return _lines(tidy([*runs, *inline_runs(parts)]))


def _inside(element: Element) -> list[Run]:
    runs: list[Run] = []
    for child in element.children:
        if isinstance(child, Element) and child.tag in ("p", "div", "li"):
            runs += [*_inside(child), _NEW_LINE]
        else:
            runs += runs_of(child)
    return runs


def _lines(runs: list[Run]) -> list[Run]:
    """No empty line at the start of a cell or inside it."""
    kept: list[Run] = []
    for run in runs:
        text = run["text"]
        while "\n\n" in text:
            text = text.replace("\n\n", "\n")
        if not kept or kept[-1]["text"].endswith("\n"):
            text = text.lstrip("\n")
        if text:
            kept.append({**run, "text": text})
    return kept


def _drop_empty_columns(table: dict[str, Any]) -> None:
    """A column without any text held bars only: the numbers stand beside it."""
    rows = [*table["head"], *table["rows"]]
    plain = [row for row in rows if all(cell["span"] == 1 for cell in row["cells"])]
    widths = {len(row["cells"]) for row in plain}
    if len(widths) != 1:
        raise InputError("bad-page", "The page holds a table whose rows differ in their number of cells.")
    kept = [place for place in range(widths.pop()) if any(row["cells"][place]["runs"] for row in plain)]
    for row in rows:
        if all(cell["span"] == 1 for cell in row["cells"]):
            row["cells"] = [row["cells"][place] for place in kept]
        else:
            row["cells"][-1]["span"] = len(kept) - sum(cell["span"] for cell in row["cells"][:-1])
    table["columns"] = ["right" if _rightmost(rows, place) else "left" for place in range(len(kept))]


def _rightmost(rows: list[dict[str, Any]], place: int) -> bool:
    cells = [row["cells"][place] for row in rows if len(row["cells"]) > place]
    return sum(cell["align"] == "right" for cell in cells) * 2 > len(cells)
