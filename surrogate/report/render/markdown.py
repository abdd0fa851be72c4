"""The report as GitHub Markdown, for places that take no page."""

from __future__ import annotations

import re
from typing import Any

from surrogate.report.edition import Edition
from surrogate.report.render.pages import as_edition, blocks_of
from surrogate.report.visible import visible

__all__ = ["blocks_to_markdown", "escape_markdown", "render_markdown"]

#: What has a meaning in Markdown or HTML anywhere, and what starts a link of its own.
_SPECIAL = re.compile(r"[\\`*_{}\[\]#|<>~&$@^]|:(?=//)|(?<=www)\.", re.IGNORECASE)

#: What starts a list, a heading or a rule where a line begins.
_FIRST = re.compile(r"^([ \t]*)(?:([-+=](?=[-+=\s]|$))|(\d+)(?=[.)](?:\s|$)))")


def render_markdown(source: Edition | dict[str, Any]) -> str:
    """The report as Markdown; what the user wrote is escaped.

    Parameters
    ----------
    source : Edition or dict
        Or a record.

    Returns
    -------
    str

    Examples
    --------
    >>> render_markdown({})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'decision'
    """
    return blocks_to_markdown(blocks_of(as_edition(source))["blocks"])


def escape_markdown(text: str) -> str:
    r"""A text in which no character is acted upon by Markdown or HTML, wherever it stands in a line.

    Examples
    --------
    >>> escape_markdown("a *b* <c>")
    'a \\*b\\* \\<c\\>'
    """
    return _SPECIAL.sub(r"\\\g<0>", visible(text).replace("\t", "    "))


def blocks_to_markdown(blocks: list[dict[str, Any]]) -> str:
    r"""Blocks as Markdown, one after the other.

    Parameters
    ----------
    blocks : list of dict
        As :func:`surrogate.report.render.blocks.page_blocks` gives them.

    Examples
    --------
    >>> blocks_to_markdown([{"kind": "heading", "level": 2, "runs": [{"text": "a_b"}]}])
    '## a\\_b\n'
    """
    parts = [_block(block) for block in blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: dict[str, Any]) -> str:
    kind = block["kind"]
    if kind == "heading":
        return f"{'#' * block['level']} {_line(block['runs'], ' ')}"
    if kind == "paragraph":
        strong = block["style"] in ("banner", "summary", "big")
        line = _line([{**run, "strong": True} for run in block["runs"]] if strong else block["runs"])
        return "\n".join(f"> {part}" for part in line.split("\n")) if block["style"] == "text" else line
    if kind == "list":
        return _list(block)
    if kind == "table":
        return _table(block)
    if kind == "descriptions":
        return "\n".join(
            _item("- ", [{"kind": "paragraph", "style": "", "runs": _described(item)}, *item["blocks"][1:]])
            for item in block["items"]
        )
    if kind == "figure":
        caption = f" {_line(block['caption'], ' ')}" if block["caption"] else ""
        return f"> {escape_markdown(block['alt'])}{caption}"
    if kind == "quote":
        return "\n".join(f"> {line}" for line in blocks_to_markdown(block["blocks"]).splitlines())
    if kind == "code":
        fence = "`" * max(3, 1 + max((len(ticks) for ticks in re.findall("`+", block["text"])), default=0))
        return f"{fence}\n{visible(block['text'])}\n{fence}"
    return blocks_to_markdown(block["blocks"]).rstrip("\n")


def _described(item: dict[str, Any]) -> list[dict[str, Any]]:
    first = item["blocks"][0]["runs"] if item["blocks"] else []
    return [*({**run, "strong": True} for run in item["term"]), {"text": ": "}, *first]


def _list(block: dict[str, Any]) -> str:
    marks = [f"{number}. " if block["ordered"] else "- " for number in range(1, len(block["items"]) + 1)]
    items = [_item(mark, item) for mark, item in zip(marks, block["items"], strict=True)]
    return ("\n" if all(len(item) == 1 for item in block["items"]) else "\n\n").join(items)


def _item(mark: str, blocks: list[dict[str, Any]]) -> str:
    lines = blocks_to_markdown(blocks).rstrip("\n").split("\n")
    return "\n".join(
        (mark if number == 0 else " " * len(mark) * bool(line)) + line for number, line in enumerate(lines)
    )


def _table(block: dict[str, Any]) -> str:
    sides = [" ---: " if side == "right" else " --- " for side in block["columns"]]
    head, *more = [_row(row, len(sides)) for row in block["head"]] or [_row({"cells": []}, len(sides))]
    rows = [head, f"|{'|'.join(sides)}|", *more, *(_row(row, len(sides)) for row in block["rows"])]
    caption = [_line(block["caption"]), ""] if block["caption"] else []
    return "\n".join([*caption, *rows])


def _row(row: dict[str, Any], n_columns: int) -> str:
    strong = row.get("style") in ("group", "sum")
    cells: list[str] = []
    for cell in row["cells"]:
        runs = [{**run, "strong": True} for run in cell["runs"]] if strong else cell["runs"]
        cells += [_line(runs, "<br>"), *[""] * (cell["span"] - 1)]
    return f"| {' | '.join([*cells, *[''] * (n_columns - len(cells))])} |"


def _line(runs: list[dict[str, Any]], new_line: str = "\\\n") -> str:
    """Runs as one line, or as several where the text itself breaks."""
    lines = _joined(runs).strip("\n").split("\n")
    return new_line.join(_FIRST.sub(_not_first, _kept_in(line)) for line in lines)


def _kept_in(line: str) -> str:
    """Spaces at the start of a line stay, and make no code of it."""
    bare = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(bare)) + bare


def _not_first(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\"


def _joined(runs: list[dict[str, Any]]) -> str:
    merged: list[dict[str, Any]] = []
    for run in runs:
        # Neighbours that Markdown tells alike become one: marks that touch would not be read as marks.
        if (
            merged
            and _wrap(merged[-1]) == _wrap(run)
            and run.get("mark") != "asked"
            and "tag" not in (run.get("tone"), merged[-1].get("tone"))
        ):
            merged[-1] = {**merged[-1], "text": merged[-1]["text"] + run["text"]}
        else:
            merged.append(run)
    return "".join(_run(run) for run in merged)


def _wrap(run: dict[str, Any]) -> tuple[str, str]:
    """What stands before and after a run: elements, since stars between letters are not read everywhere."""
    names = []
    if run.get("raised"):
        names.append("sup" if run["raised"] > 0 else "sub")
    elif "mark" in run:
        names.append({"removed": "del", "asked": "ins"}.get(run["mark"], "b"))
    if run.get("strong") and "b" not in names:
        names.append("b")
    if run.get("emphasis"):
        names.append("i")
    if run.get("code"):
        names.append("code")
    return "".join(f"<{name}>" for name in names), "".join(f"</{name}>" for name in reversed(names))


def _run(run: dict[str, Any]) -> str:
    text = escape_markdown(run["text"])
    start, end = _wrap(run)
    if run.get("tone") == "tag":
        text = re.sub(r"^(\s*)(.*?)(\s*)$", r"\1\\[\2\\]\3", text, flags=re.DOTALL)
    if not start or not text.strip():
        return text
    lines = []
    for line in text.split("\n"):
        inside = line.strip(" ")
        left = line[: len(line) - len(line.lstrip(" "))]
        lines.append(f"{left}{start}{inside}{end}{line[len(left) + len(inside) :]}" if inside else line)
    joined = "\n".join(lines)
    return joined.replace("<b>", "**").replace("</b>", "**") if _simple(run, text) else joined


def _simple(run: dict[str, Any], text: str) -> bool:
    """Whether stars do: plain strong words with white space or nothing beside them inside the run."""
    return (
        _wrap(run)[0] == "<b>"
        and "mark" not in run
        and "\n" not in text
        and bool(re.fullmatch(r"\w(.*\w)?[.:?!]?", text.strip(" "), flags=re.DOTALL))
    )
