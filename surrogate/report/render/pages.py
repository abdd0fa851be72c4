"""From a record, or an edition of it, to the blocks that PDF, DOCX and Markdown show."""

from __future__ import annotations

from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.edition import Edition
from surrogate.report.record import kind_of
from surrogate.report.render.blocks import page_blocks
from surrogate.report.visible import shorten

__all__ = ["as_edition", "blocks_of", "content_of", "page_of"]

#: Most letters of a title, and of the line above each page: a name of any length may be part of them.
_TITLE, _HEADING = 200, 90


def as_edition(source: Edition | dict[str, Any]) -> Edition:
    """An edition as it is; a record as an edition of which nothing is stated.

    Examples
    --------
    >>> as_edition({"kind": "local"}).audience
    'validator'
    """
    return source if isinstance(source, Edition) else Edition(source)


def page_of(edition: Edition) -> str:
    """The page of an edition.

    Parameters
    ----------
    edition : Edition
    """
    if kind_of(edition.record) == "global":
        from surrogate.report.corpus.page import render_page

        return render_page(edition.record)
    from surrogate.report.html import render_html

    return render_html(edition.record)


def blocks_of(edition: Edition) -> dict[str, Any]:
    """The content of the page of an edition, as :func:`content_of` gives it.

    Parameters
    ----------
    edition : Edition
    """
    return content_of(page_of(edition), edition.record, edition.issuance)


def content_of(page: str, record: dict[str, Any], issuance: dict[str, Any] | None = None) -> dict[str, Any]:
    """What PDF and DOCX are made of: the blocks of a page, with what names the record behind it.

    Parameters
    ----------
    page : str
        A page of this package.
    record : dict
        What the page shows.
    issuance : dict, optional
        What people state: "author" and "date" of it are used.

    Returns
    -------
    dict
        As :func:`~surrogate.report.render.blocks.page_blocks` gives it; and "sha256" of the record, its first 16 digits as
        "report_id", "heading" for the top of each page, "author" and "date" (as stated, or None).

    Examples
    --------
    >>> content = content_of("<html lang='en'><head><title>t</title></head><body>a</body></html>", {}, {"author": "Ann"})
    >>> content["title"], content["report_id"], content["author"], content["date"]
    ('t', '44136fa355b3678a', 'Ann', None)
    """
    sha256 = digest(canonical_bytes(record))
    stated = issuance or {}
    content = page_blocks(page)
    return {
        **content,
        "title": shorten(content["title"], _TITLE),
        "heading": shorten(content["title"], _HEADING),
        "sha256": sha256,
        "report_id": sha256[:16],
        "author": None if stated.get("author") is None else shorten(str(stated["author"]), _TITLE),
        "date": stated.get("date"),
    }
