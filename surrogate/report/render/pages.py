"""From a record, or an edition of it, to the blocks that PDF, DOCX and Markdown show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from surrogate.report.audience import redact, stated_to
from surrogate.report.edition import Edition
from surrogate.report.people import record_sha256
from surrogate.report.render.blocks import page_blocks
from surrogate.report.visible import shorten

__all__ = ["as_edition", "blocks_of", "named_blocks", "page_of"]

#: Most letters of a title, and of the line above each page: a name of any length may be part of them.
_TITLE, _HEADING = 200, 90


def as_edition(source: Edition | dict[str, Any]) -> Edition:
    """An edition without what its audience is not shown; a record as an edition of which nothing is stated.

    Examples
    --------
    >>> as_edition({"kind": "local"}).audience
    'validator'
    """
    if not isinstance(source, Edition):
        return Edition(source)
    record, _ = redact(source.record, source.audience)
    return replace(source, record=record, issuance=stated_to(source.issuance, source.audience))


def page_of(edition: Edition) -> str:
    """The page of an edition; what its audience is not shown is hidden in it.

    Parameters
    ----------
    edition : Edition
    """
    from surrogate.report.page import edition_page

    return edition_page(edition)


def blocks_of(edition: Edition) -> dict[str, Any]:
    """The blocks of the page of an edition, with what names the record.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        As :func:`~surrogate.report.render.blocks.page_blocks` gives it; and "sha256" of the record, its first 16 digits as
        "report_id", "heading" for the top of each page, "author" and "date" (as stated, or None).
    """
    return named_blocks(page_of(edition), record_sha256(edition.record), edition.issuance)


def named_blocks(page: str, sha256: str, stated: dict[str, Any] | None = None) -> dict[str, Any]:
    """The blocks of a page, with what names the record that it is a rendering of; see :func:`blocks_of`.

    Parameters
    ----------
    page : str
        HTML, as this package writes it.
    sha256 : str
        Of the record.
    stated : dict, optional
        What people state.
    """
    content, stated = page_blocks(page), stated or {}
    return {
        **content,
        "title": shorten(content["title"], _TITLE),
        "sha256": sha256,
        "report_id": sha256[:16],
        "heading": shorten(content["title"], _HEADING),
        "author": None if stated.get("author") is None else shorten(str(stated["author"]), _TITLE),
        "date": stated.get("date"),
    }
