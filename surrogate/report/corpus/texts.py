"""The page that leads from an audit to the explanations of single documents."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus.page import corpus_environment
from surrogate.report.language import current_locale, speaking
from surrogate.report.visible import shorten

__all__ = ["render_texts"]

#: Characters of a text that are shown; its own report has all.
_CHARACTERS = 300


def render_texts(rows: list[dict[str, Any]], locale: str | None = None) -> str:
    """One self-contained page with a link to each explanation.

    Parameters
    ----------
    rows : list of dict
        With ``id``, ``folder`` and ``record`` (``Explanation.to_dict()``), in the order in which they are to be read.
    locale : {"en", "zh"}, optional
        None: the language of the context, which is English if nothing else is said.

    Examples
    --------
    >>> "No document" in render_texts([])
    True
    """
    shown = [{**row, "excerpt": shorten(row["record"]["document"]["text"], _CHARACTERS)} for row in rows]
    with speaking(locale or current_locale()):
        return corpus_environment().get_template("corpus/texts.html.j2").render(rows=shown)
