"""The page of an edition: for one kind of reader, in one language."""

from __future__ import annotations

from surrogate.report.audience import redact, stated_to
from surrogate.report.edition import Edition
from surrogate.report.language import speaking
from surrogate.report.record import kind_of

__all__ = ["edition_page"]


def edition_page(edition: Edition) -> str:
    """One self-contained page: no script, no outside resource; the same edition always gives the same bytes.

    Parameters
    ----------
    edition : Edition
        With the whole record; what its audience is not shown is hidden before anything is rendered.

    Raises
    ------
    InputError
        ``bad-parameter`` for an audience or a language that there is not, and for a person and the record of a corpus.

    Examples
    --------
    >>> edition_page(Edition({"kind": "global"}, audience="person"))
    Traceback (most recent call last):
    surrogate.errors.InputError: A report of a corpus is not about one person, ... [bad-parameter]
    """
    record, _ = redact(edition.record, edition.audience)
    stated = stated_to(edition.issuance, edition.audience)
    with speaking(edition.locale):
        if kind_of(record) == "global":
            from surrogate.report.corpus.page import render_page

            return render_page(record, stated)
        from surrogate.report.html import render_html

        return render_html(record, stated)
