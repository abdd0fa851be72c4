"""The page that leads from an audit to the explanations of single documents."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment

from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.visible import shorten

__all__ = ["render_texts"]

#: Characters of a text that are shown; its own report has all.
_CHARACTERS = 300


def render_texts(rows: list[dict[str, Any]]) -> str:
    """One self-contained page with a link to each explanation.

    Parameters
    ----------
    rows : list of dict
        With ``id``, ``folder`` and ``record`` (``Explanation.to_dict()``), in the order in which they are to be read.

    Examples
    --------
    >>> "No document" in render_texts([])
    True
    """
    return (
        _environment()
        .get_template("corpus/texts.html.j2")
        .render(rows=[{**row, "excerpt": shorten(row["record"]["document"]["text"], _CHARACTERS)} for row in rows])
    )


@cache
def _environment() -> Environment:
    return template_environment(finalize_html, autoescape=True)
