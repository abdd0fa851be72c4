"""The record of a corpus as Markdown, for places that take no page."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment

from surrogate.report.corpus import facts, order, wording
from surrogate.report.corpus.context import corpus_context
from surrogate.report.environment import template_environment
from surrogate.report.language import speaking
from surrogate.report.markdown import escape_markdown

__all__ = ["render_corpus_markdown"]


def render_corpus_markdown(record: dict[str, Any]) -> str:
    """The report as Markdown, in English; what the user wrote is escaped.

    Parameters
    ----------
    record : dict
        ``CorpusExplanation.to_dict()``.
    """
    with speaking("en"):
        return _environment().get_template("corpus/report.md.j2").render(corpus_context(record))


@cache
def _environment() -> Environment:
    # Not HTML: every value is escaped for Markdown instead.
    environment = template_environment(escape_markdown, autoescape=False, keep_trailing_newline=True)
    environment.globals |= {"facts": facts, "order": order, "wording": wording}
    return environment
