"""Blocks made ready for paper: widths of columns, places where a long word may break, every hidden character visible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from surrogate.report.letters import letters
from surrogate.report.visible import visible

__all__ = ["column_widths", "laid_out", "strings_in"]

#: A word of more letters than this may break after every so many; in a table, after fewer.
_LONGEST, _LONGEST_IN_TABLE, _PIECE = 36, 18, 6

#: Letters that a table has room for in a line, and how many a column of short words has at most.
_PAGE, _SHORT = 108, 20

#: Where a word may break: a sign without width, which a reader of the text skips.
_BREAK = "\u200b"


def laid_out(content: dict[str, Any]) -> dict[str, Any]:
    """The same content, with "widths" for each table and with long words that may break.

    Examples
    --------
    >>> laid_out({"blocks": [{"kind": "code", "text": "a" * 40}], "title": "t"})["blocks"][0]["text"].count("\u200b")
    6
    """
    return {**content, "blocks": [_block(block) for block in content["blocks"]]}


def _block(block: dict[str, Any]) -> dict[str, Any]:
    changed = dict(block)
    if block["kind"] == "code":
        changed["text"] = _breakable(block["text"], _LONGEST)
    if block["kind"] == "table":
        changed["widths"] = column_widths(block)
        for part in ("head", "rows"):
            changed[part] = [
                {**row, "cells": [{**cell, "runs": _runs(cell["runs"], _LONGEST_IN_TABLE)} for cell in row["cells"]]}
                for row in block[part]
            ]
    if block["kind"] == "descriptions":
        changed["items"] = [
            {"term": _runs(item["term"], _LONGEST), "blocks": [_block(one) for one in item["blocks"]]}
            for item in block["items"]
        ]
    if block["kind"] == "list":
        changed["items"] = [[_block(one) for one in item] for item in block["items"]]
    for key in ("runs", "caption"):
        if key in block:
            changed[key] = _runs(block[key], _LONGEST)
    if "blocks" in block:
        changed["blocks"] = [_block(one) for one in block["blocks"]]
    return changed


def _runs(runs: list[dict[str, Any]], longest: int) -> list[dict[str, Any]]:
    return [{**run, "text": _breakable(run["text"], longest)} for run in runs]


def _breakable(text: str, longest: int) -> str:
    text = visible(text).replace("\t", "    ")
    return re.sub(
        rf"[^\s\u200b]{{{longest + 1},}}",
        lambda word: _BREAK.join(word[0][at : at + _PIECE] for at in range(0, len(word[0]), _PIECE)),
        text,
    )


def column_widths(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The width of each column: numbers and short words what they need, longer texts shares of what is left.

    Parameters
    ----------
    table : dict
        A block of kind "table".

    Returns
    -------
    list of dict
        "letters" that have room, and whether that is "fixed" or a share.

    Examples
    --------
    >>> cell = lambda text: {"runs": [{"text": text}], "span": 1}
    >>> row = {"cells": [cell("a long text in a cell"), cell("0.5")]}
    >>> column_widths({"columns": ["left", "right"], "head": [], "rows": [row]})
    [{'letters': 22.0, 'fixed': False}, {'letters': 7.0, 'fixed': True}]
    """
    needs = [5.0] * len(table["columns"])
    for part, heading in (("head", True), ("rows", False)):
        for row in table[part]:
            if any(cell["span"] > 1 for cell in row["cells"]):
                continue
            for place, cell in enumerate(row["cells"]):
                needs[place] = max(needs[place], _width("".join(run["text"] for run in cell["runs"]), heading))
    fixed = [
        side == "right" or (need <= _SHORT and (place > 0 or max(needs) > _SHORT))
        for place, (need, side) in enumerate(zip(needs, table["columns"], strict=True))
    ]
    taken = sum(need + 2.0 for need, is_fixed in zip(needs, fixed, strict=True) if is_fixed)
    if taken + 16 * fixed.count(False) > _PAGE or all(fixed):
        fixed = [False] * len(fixed)
    return [{"letters": need + 2.0 * is_fixed, "fixed": is_fixed} for need, is_fixed in zip(needs, fixed, strict=True)]


def _width(text: str, heading: bool) -> float:
    """Letters that a column should have room for: a heading may be broken into lines, and a long text into many."""
    longest = max((letters(line) for line in text.split("\n")), default=0)
    if heading:
        words = [letters(word) for word in text.split()] or [0]
        return max(*words, longest / 2) + 2.0 if len(words) > 1 else words[0] + 2.0
    return min(float(longest), 56.0) + 1.0


def strings_in(value: Any) -> Iterator[str]:
    """Every string inside plain data.

    Examples
    --------
    >>> "".join(strings_in({"a": ["b", {"c": "d"}]}))
    'bd'
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from strings_in(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from strings_in(inside)
