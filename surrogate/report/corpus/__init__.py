"""Renderings of the record of a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surrogate.report.edition import Edition

__all__ = ["render_corpus", "render_frame"]


def render_corpus(name: str, record: dict[str, Any] | Edition, issuance: dict[str, Any] | None = None) -> str:
    """The record of a corpus as a page ("html"), as Markdown ("md") or as plain text ("text").

    The page tells what people state too, in the language of the context; plain text is English. An edition is rendered in its
    language and for its readers. Nothing but the canonical record enters, not even the order of its keys.
    """
    from surrogate.report.edition import Edition
    from surrogate.report.normal import ordered

    if isinstance(record, Edition):
        from surrogate.report.render import render

        return render(name, record).decode("utf-8")
    record = ordered(record)
    if name == "html":
        from surrogate.report.corpus.page import render_page

        return render_page(record, issuance)
    if name == "md":
        from surrogate.report.render.markdown import render_markdown

        return render_markdown(record)
    from surrogate.report.corpus.terminal import render_corpus_text

    return render_corpus_text(record)


def render_frame(record: dict[str, Any] | Edition) -> str:
    """The page in a frame of its own, for a notebook: its styles touch nothing else, and nothing in it can run.

    Parameters
    ----------
    record : dict or Edition
        ``CorpusExplanation.to_dict()``, or an edition of it.
    """
    from markupsafe import escape

    from surrogate.report.edition import Edition
    from surrogate.report.language import current_locale, say, speaking

    page = escape(render_corpus("html", record))
    with speaking(record.locale if isinstance(record, Edition) else current_locale()):
        title = escape(say("Report of a corpus"))
    return f'<iframe sandbox srcdoc="{page}" style="width:100%;height:40rem;border:0" title="{title}"></iframe>'
