"""Renderings of a record as bytes: HTML, text, Markdown, PDF, DOCX and XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.report.edition import Edition
from surrogate.report.record import kind_of

__all__ = ["render"]


def render(name: str, source: Edition | dict[str, Any], fonts: Sequence[str | Path] = ()) -> bytes:
    """A rendering; the same edition always gives the same bytes.

    Parameters
    ----------
    name : {"html", "text", "md", "pdf", "docx", "xlsx"}
    source : Edition or dict
        Or a record.
    fonts : sequence of str or Path, optional
        Font files, or folders of them, for characters that the fonts of this package lack.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        ``missing-glyph``: no font has a character of the report ("pdf", and figures of "docx").

    Examples
    --------
    >>> render("html", {})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'decision'
    """
    if isinstance(source, Edition) and source.audience != "validator" and name in ("text", "xlsx"):
        raise InputError(
            "unknown-format", f"There is no {name} for the audience {source.audience!r}. Use html, md, pdf or docx."
        )
    # Imported here: a rendering that is not asked for need not be loaded.
    if name == "pdf":
        from surrogate.report.render.pdf import render_pdf

        return render_pdf(source, fonts=fonts)
    if name == "docx":
        from surrogate.report.render.docx import render_docx

        return render_docx(source, fonts=fonts)
    if name == "xlsx":
        from surrogate.report.render.xlsx import render_xlsx

        return render_xlsx(source)
    if name == "md":
        from surrogate.report.render.markdown import render_markdown

        return render_markdown(source).encode("utf-8")
    if name == "html":
        from surrogate.report.render.pages import as_edition, page_of

        return page_of(as_edition(source)).encode("utf-8")
    return _text(source.record if isinstance(source, Edition) else source).encode("utf-8")


def _text(record: dict[str, Any]) -> str:
    if kind_of(record) == "global":
        from surrogate.report.corpus import render_corpus

        return render_corpus("text", record)
    from surrogate.report.text import render_text

    return render_text(record)
