"""The record of a corpus as one HTML page."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.corpus import facts, wording
from surrogate.report.corpus.map import corpus_map
from surrogate.report.environment import finalize_html, template_environment

__all__ = ["render_page"]


def render_page(record: dict[str, Any]) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict
        ``CorpusExplanation.to_dict()``.
    """
    return _environment().get_template("corpus/page.html.j2").render(corpus_context(record))


def corpus_context(record: dict[str, Any]) -> dict[str, Any]:
    """What the templates of a corpus are given."""
    shown = [member for member in record["members"] if not member["withheld"]]
    return {
        "record": record,
        "sha256": digest(canonical_bytes(record)),
        "shown": {kind: [one for one in shown if one["kind"] == kind] for kind in ("multinomial", "rule_list", "class_tree")},
        "text_of": lambda place: record["quoted"][str(place)],
        "draw_map": lambda: Markup(corpus_map(record["plane"])),  # noqa: S704 - built by an XML serialiser
    }


@cache
def _environment() -> Environment:
    environment = template_environment(finalize_html, autoescape=True)
    environment.globals |= {"say": wording, "facts": facts}
    return environment
