"""Renderings of a comparison of two records."""

from __future__ import annotations

from typing import Any

__all__ = ["FORMATS", "render_comparison"]

#: Renderings by name, with the file each is written to; the record itself is ``comparison.json``.
FORMATS: dict[str, str] = {"html": "comparison.html", "text": "comparison.txt"}


def render_comparison(name: str, record: dict[str, Any]) -> str:
    """The record of a comparison as a page ("html") or as plain text ("text").

    Parameters
    ----------
    name : {"html", "text"}
    record : dict
        ``Comparison.to_dict()``.

    Examples
    --------
    >>> from surrogate.report.comparison.examples import EMPTY
    >>> render_comparison("text", EMPTY).splitlines()[0]
    'The change is not material'
    """
    if name == "html":
        from surrogate.report.comparison.page import render_comparison_page

        return render_comparison_page(record)
    from surrogate.report.comparison.terminal import render_comparison_text

    return render_comparison_text(record)
