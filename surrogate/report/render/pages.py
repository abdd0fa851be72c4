"""From a record, or an edition of it, to the blocks that PDF, DOCX and Markdown show."""

from __future__ import annotations

from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.edition import Edition
from surrogate.report.record import kind_of
from surrogate.report.render.blocks import page_blocks

__all__ = ["as_edition", "blocks_of", "page_of"]


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

        return render_page(edition.record, edition.issuance)
    from surrogate.report.html import render_html

    return render_html(edition.record, edition.issuance)


def blocks_of(edition: Edition) -> dict[str, Any]:
    """The blocks of the page of an edition, with what names the record.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict
        As :func:`~surrogate.report.render.blocks.page_blocks` gives it; and "sha256" of the record, its first 16 digits as
        "report_id", "author" and "date" (as stated, or None).
    """
    sha256 = digest(canonical_bytes(edition.record))
    stated = edition.issuance or {}
    return {
        **page_blocks(page_of(edition)),
        "sha256": sha256,
        "report_id": sha256[:16],
        "author": stated.get("author"),
        "date": stated.get("date"),
    }
