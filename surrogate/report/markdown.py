"""The record as Markdown, for places that take no page."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from surrogate.canonical import canonical_bytes, digest
from surrogate.report import number_format as numbers
from surrogate.report import words
from surrogate.report.marks import shown_models, unit_name
from surrogate.report.normal import ordered
from surrogate.report.visible import visible

__all__ = ["render_markdown"]

#: What has a meaning in Markdown or HTML anywhere, what starts a link of its own, and what starts a list or a heading.
_SPECIAL = re.compile(r"[\\`*_{}\[\]#|<>~&$@^]|:(?=//)|(?<=www)\.|^\s*[-+=]|(?<=^\d)[.)]", re.IGNORECASE)


def render_markdown(record: dict[str, Any]) -> str:
    """The report as Markdown; what the user wrote is escaped.

    Parameters
    ----------
    record : dict
        ``Explanation.to_dict()``.

    Returns
    -------
    str
    """
    record = ordered(record)
    context = {
        "record": record,
        "decision": record["decision"],
        "sha256": digest(canonical_bytes(record)),
        "linear": shown_models(record, "linear"),
        "trees": shown_models(record, "tree"),
        "labels": sorted(record["decision"]["probabilities"].items(), key=lambda item: (-item[1], item[0])),
        "removed": lambda flip: ", ".join(unit_name(record, unit) for unit in flip["removed"]),
        "term_name": partial(words.term_name, record),
        "condition": partial(words.condition, record),
        "numbers": numbers,
        "words": words,
    }
    return _environment().get_template("report.md.j2").render(context)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=False,  # noqa: S701 - not HTML; every value is escaped for Markdown below
        undefined=StrictUndefined,
        finalize=_escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _escape(value: Any) -> Any:
    """A value on one line, without any character that Markdown or HTML would act upon."""
    if not isinstance(value, str):
        return value
    return _SPECIAL.sub(r"\\\g<0>", visible(value).replace("\n", " ").replace("\t", " ").strip(" "))
