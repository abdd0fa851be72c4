"""The record as Markdown, for places that take no page."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import Any

from jinja2 import Environment

from surrogate.canonical import canonical_bytes, digest
from surrogate.report import words
from surrogate.report.environment import template_environment
from surrogate.report.marks import KINDS, shown_models, unit_name
from surrogate.report.normal import ordered
from surrogate.report.visible import visible

__all__ = ["escape_markdown", "render_markdown"]

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
        "shown": {kind: shown_models(record, kind) for kind in KINDS},
        "labels": sorted(record["decision"]["probabilities"].items(), key=lambda item: (-item[1], item[0])),
        "removed": lambda flip: ", ".join(unit_name(record, unit) for unit in flip["removed"]),
        "term_name": partial(words.term_name, record),
        "condition": partial(words.condition, record),
        "unit_name": partial(unit_name, record),
    }
    return _environment().get_template("report.md.j2").render(context)


@cache
def _environment() -> Environment:
    # Not HTML: every value is escaped for Markdown instead.
    return template_environment(escape_markdown, autoescape=False, keep_trailing_newline=True)


def escape_markdown(value: Any) -> Any:
    """A value on one line, without any character that Markdown or HTML would act upon."""
    if not isinstance(value, str):
        return value
    return _SPECIAL.sub(r"\\\g<0>", visible(value).replace("\n", " ").replace("\t", " ").strip(" "))
