"""Renderings of the summary of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes

__all__ = ["FORMATS", "RECORD", "render_batch"]

#: File of the record of a summary.
RECORD = "summary.json"

#: Renderings by name, with the file each is written to.
FORMATS: dict[str, str] = {
    "html": "summary.html",
    "md": "summary.md",
    "pdf": "summary.pdf",
    "docx": "summary.docx",
}


def render_batch(
    name: str, record: dict[str, Any], *, links: bool = False, locale: str = "en", fonts: Sequence[str | Path] = ()
) -> bytes:
    """The record of a summary as a page, or as what is made of the page.

    Parameters
    ----------
    name : {"html", "md", "pdf", "docx"}
    record : dict
        ``Summary.to_dict()``, and under "drift" ``Drift.to_dict()`` or None.
    links : bool, default False
        Link to full reports: only where the page lies in the folder of the batch.
    locale : {"en", "zh"}, default "en"
    fonts : sequence of str or Path, optional
        Font files, or folders of them, for characters that the fonts of this package lack.

    Raises
    ------
    InputError
        ``missing-glyph`` ("pdf", "docx"), ``unknown-format``, and ``bad-parameter`` for a language that there is not.

    Examples
    --------
    >>> from surrogate.report.batch.examples import EMPTY
    >>> b"No row is there yet." in render_batch("html", EMPTY)
    True
    """
    from surrogate.report.batch.page import render_batch_page
    from surrogate.report.language import speaking
    from surrogate.report.render.any_page import page_as

    with speaking(locale):
        page = render_batch_page(record, links=links)
    return page_as(name, page, (RECORD, canonical_bytes(record)), locale=locale, fonts=fonts)
