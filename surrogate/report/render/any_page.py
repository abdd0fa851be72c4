"""Other pages of this package, such as that of reasons, in the forms that reports have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from surrogate.canonical import digest
from surrogate.errors import InputError
from surrogate.report.render.pages import named_blocks

__all__ = ["PAGE_FORMS", "page_as"]

#: Forms that a page can be put into, with the ending of their files.
PAGE_FORMS = {"html": "html", "md": "md", "pdf": "pdf", "docx": "docx"}


def page_as(
    form: str, page: str, original: tuple[str, bytes], *, locale: str = "en", fonts: Sequence[str | Path] = ()
) -> bytes:
    """A page in another form.

    Parameters
    ----------
    form : {"html", "md", "pdf", "docx"}
    page : str
        HTML, as this package writes it.
    original : (str, bytes)
        Name and canonical bytes of what the page is a rendering of; its digest is told, and a PDF carries it.
    locale : str, default "en"
    fonts : sequence of str or Path, optional
        Font files, or folders of them.

    Raises
    ------
    InputError
        ``unknown-format``; ``missing-glyph`` ("pdf", and figures of "docx").

    Examples
    --------
    >>> page_as("word", "", ("reasons.json", b"{}"))
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no form 'word' of this page. Forms: html, md, pdf, docx. [unknown-format]
    """
    if form not in PAGE_FORMS:
        raise InputError("unknown-format", f"There is no form {form!r} of this page. Forms: {', '.join(PAGE_FORMS)}.")
    if form == "html":
        return page.encode("utf-8")
    content = named_blocks(page, digest(original[1]))
    if form == "md":
        from surrogate.report.render.markdown import blocks_to_markdown

        return blocks_to_markdown(content["blocks"]).encode("utf-8")
    if form == "pdf":
        from surrogate.report.render.pdf import pdf_of

        return pdf_of(content, original, locale=locale, fonts=fonts)
    from surrogate.report.render.docx import docx_of

    return docx_of(content, locale=locale, fonts=fonts)
