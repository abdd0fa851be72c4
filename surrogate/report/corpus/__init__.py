"""Renderings of the record of a corpus."""

from __future__ import annotations

from typing import Any

__all__ = ["render_corpus", "render_frame"]


def render_corpus(name: str, record: dict[str, Any], issuance: dict[str, Any] | None = None) -> str:
    """The record of a corpus as a page ("html"), as Markdown ("md") or as plain text ("text").

    The page tells what people state too.  Nothing but the canonical record enters, not even the order of its keys.
    """
    from surrogate.report.normal import ordered

    record = ordered(record)
    if name == "html":
        from surrogate.report.corpus.page import render_page

        return render_page(record, issuance)
    if name == "md":
        from surrogate.report.render.markdown import render_markdown

        return render_markdown(record)
    from surrogate.report.corpus.terminal import render_corpus_text

    return render_corpus_text(record)


def render_frame(record: dict[str, Any]) -> str:
    """The page in a frame of its own, for a notebook: its styles touch nothing else, and nothing in it can run.

    Parameters
    ----------
    record : dict
        ``CorpusExplanation.to_dict()``.
    """
    from markupsafe import escape

    page = escape(render_corpus("html", record))
    return (
        f'<iframe sandbox srcdoc="{page}" style="width:100%;height:40rem;border:0" title="Report of a corpus"></iframe>'
    )
