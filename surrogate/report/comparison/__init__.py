"""Renderings of a comparison of two records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes

__all__ = ["FORMATS", "RECORD", "render_comparison"]

#: File of the record of a comparison.
RECORD = "comparison.json"

#: Renderings by name, with the file each is written to.
FORMATS: dict[str, str] = {
    "html": "comparison.html",
    "text": "comparison.txt",
    "md": "comparison.md",
    "pdf": "comparison.pdf",
    "docx": "comparison.docx",
}


def render_comparison(name: str, record: dict[str, Any], fonts: Sequence[str | Path] = (), locale: str = "en") -> bytes:
    """The record of a comparison as a page, as plain text, or as what is made of the page.

    Parameters
    ----------
    name : {"html", "text", "md", "pdf", "docx"}
    record : dict
        ``Comparison.to_dict()``.
    fonts : sequence of str or Path, optional
        Font files, or folders of them, for characters that the fonts of this package lack.
    locale : {"en", "zh"}, default "en"
        Language of the page and of what is made of it; the text is English.

    Raises
    ------
    InputError
        ``missing-glyph`` ("pdf", "docx"), and ``bad-parameter`` for a language that there is not.

    Examples
    --------
    >>> from surrogate.report.comparison.examples import EMPTY
    >>> render_comparison("text", EMPTY).splitlines()[0]
    b'The change is not material'
    """
    from surrogate.report.language import speaking

    if name == "text":
        from surrogate.report.comparison.terminal import render_comparison_text

        return render_comparison_text(record).encode("utf-8")
    from surrogate.report.comparison.page import render_comparison_page
    from surrogate.report.render.any_page import page_as

    with speaking(locale):
        page = render_comparison_page(record)
    return page_as(name, page, (RECORD, canonical_bytes(record)), locale=locale, fonts=fonts)
