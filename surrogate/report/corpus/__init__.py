"""Renderings of the record of a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surrogate.report.edition import Edition

__all__ = ["render_corpus", "render_frame"]


def render_corpus(name: str, record: dict[str, Any] | Edition) -> str:
    """The record of a corpus, or an edition of it, as a page ("html"), as Markdown ("md") or as plain text ("text").

    Markdown and plain text are English.
    """
    from surrogate.report.edition import Edition

    if name == "html":
        from surrogate.report.corpus.page import render_page

        return render_page(record)
    plain = record.record if isinstance(record, Edition) else record
    if name == "md":
        from surrogate.report.corpus.markdown import render_corpus_markdown

        return render_corpus_markdown(plain)
    from surrogate.report.corpus.terminal import render_corpus_text

    return render_corpus_text(plain)


def render_frame(record: dict[str, Any] | Edition) -> str:
    """The page in a frame of its own, for a notebook: its styles touch nothing else, and nothing in it can run.

    Parameters
    ----------
    record : dict or Edition
        ``CorpusExplanation.to_dict()``, or an edition of it.
    """
    from markupsafe import escape

    from surrogate.report.edition import Edition
    from surrogate.report.language import say, speaking

    page = escape(render_corpus("html", record))
    with speaking(record.locale if isinstance(record, Edition) else "en"):
        title = escape(say("Report of a corpus"))
    return f'<iframe sandbox srcdoc="{page}" style="width:100%;height:40rem;border:0" title="{title}"></iframe>'
