"""The record of a corpus as one HTML page."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surrogate.report.corpus import facts, glossary, order, parts, wording
from surrogate.report.corpus.context import corpus_context
from surrogate.report.corpus.map import corpus_map
from surrogate.report.edition import Edition
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.normal import ordered
from surrogate.report.people import people

__all__ = ["corpus_environment", "render_page"]


def render_page(record: dict[str, Any] | Edition, issuance: dict[str, Any] | None = None) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict or Edition
        ``CorpusExplanation.to_dict()``, in the language of the context, which is English if nothing else is said; or an edition,
        in its language and for its readers.
    issuance : dict, optional
        What people state: content of ``issuance.json``; an edition brings its own.
    """
    if isinstance(record, Edition):
        from surrogate.report.page import edition_page

        return edition_page(record)
    record = ordered(record)
    return (
        corpus_environment()
        .get_template("corpus/page.html.j2")
        .render(
            **corpus_context(record),
            **people(record, issuance),
            draw_map=lambda: Markup(corpus_map(record["plane"])),  # noqa: S704 - built by an XML serialiser
        )
    )


@cache
def corpus_environment() -> Environment:
    """The templates of pages about a corpus, in whatever language is spoken when one is rendered.

    Examples
    --------
    >>> corpus_environment().from_string("{{ _('model {name}', name='<i>') }}").render()
    'model &lt;i&gt;'
    """
    environment = template_environment(finalize_html, autoescape=True)
    environment.globals |= {"facts": facts, "glossary": glossary, "order": order, "parts": parts, "wording": wording}
    return environment
