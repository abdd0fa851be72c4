"""The record of a corpus as one HTML page."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surrogate.report.corpus import facts, wording
from surrogate.report.corpus.context import corpus_context
from surrogate.report.corpus.map import corpus_map
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.normal import ordered
from surrogate.report.people import people

__all__ = ["render_page"]


def render_page(record: dict[str, Any], issuance: dict[str, Any] | None = None) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict
        ``CorpusExplanation.to_dict()``.
    issuance : dict, optional
        What people state: content of ``issuance.json``.
    """
    record = ordered(record)
    return (
        _environment()
        .get_template("corpus/page.html.j2")
        .render(
            **corpus_context(record),
            **people(record, issuance),
            draw_map=lambda: Markup(corpus_map(record["plane"])),  # noqa: S704 - built by an XML serialiser
        )
    )


@cache
def _environment() -> Environment:
    environment = template_environment(finalize_html, autoescape=True)
    environment.globals |= {"say": wording, "facts": facts}
    return environment
