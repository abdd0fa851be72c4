"""The record as one HTML page, and as a fragment for a notebook."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surrogate.canonical import canonical_bytes, digest
from surrogate.evidence.grades import WEAK
from surrogate.report import attributions, grading, rounds, words
from surrogate.report.edition import Edition
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.language import plural, say, speaking
from surrogate.report.marks import KINDS, copy_pieces, mark_text, shown_models, unit_name
from surrogate.report.normal import ordered
from surrogate.report.nouns import counted, label_name
from surrogate.report.svg import terms_chart
from surrogate.report.svg_rounds import rounds_chart
from surrogate.report.svg_tree import MAX_DEPTH, tree_chart, tree_depth

__all__ = ["render_fragment", "render_html"]

#: Labels shown before the rest is folded away.
_LABELS_SHOWN = 8


def render_html(record: dict[str, Any] | Edition) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict or Edition
        ``Explanation.to_dict()``, in English; or an edition of it, in its language.

    Returns
    -------
    str
    """
    return _render("report.html.j2", record)


def render_fragment(record: dict[str, Any] | Edition) -> str:
    """A compact piece of HTML for a notebook: verdict, decision, marked text, terms and rules.

    Parameters
    ----------
    record : dict or Edition

    Returns
    -------
    str
        Without ``<html>``; its styles apply to itself only.
    """
    return _render("fragment.html.j2", record)


def _render(template: str, record: dict[str, Any] | Edition) -> str:
    edition = record if isinstance(record, Edition) else Edition(record)
    with speaking(edition.locale):
        return _environment().get_template(template).render(_context(ordered(edition.record)))


@cache
def _environment() -> Environment:
    return template_environment(finalize_html, autoescape=True)


def _context(record: dict[str, Any]) -> dict[str, Any]:
    labels = sorted(record["decision"]["probabilities"].items(), key=lambda item: (-item[1], item[0]))
    named = {record["decision"]["target"], record["decision"]["contrast"]}
    return {
        "record": record,
        "decision": record["decision"],
        "production": record["production"],
        "sha256": digest(canonical_bytes(record)),
        "pieces": mark_text(record),
        "shown": {kind: shown_models(record, kind) for kind in KINDS},
        "labels": [label for place, label in enumerate(labels) if place < _LABELS_SHOWN or label[0] in named],
        "more_labels": [label for label in labels[_LABELS_SHOWN:] if label[0] not in named],
        "unit_name": partial(unit_name, record),
        "label_name": partial(label_name, record["decision"]),
        "copy_pieces": partial(copy_pieces, record),
        "draw_effects": partial(_draw_effects, record),
        "draw_terms": partial(_draw_terms, record),
        "draw_tree": partial(_draw_tree, record),
        "draw_values": partial(_draw_values, record),
        "draw_rounds": partial(_draw_rounds, record),
    }


def _draw_terms(record: dict[str, Any], member: dict[str, Any], narrow: bool) -> Markup:
    terms = [term for _, term in grading.quotable(member["model"]["terms"])]
    names = [words.term_name(record, term, 30) for term in terms]
    notes = [_note(term) for term in terms]
    target, scale = record["decision"]["target"], member["model"]["scale"]
    chart = terms_chart(names, terms, target, scale=scale, narrow=narrow, notes=notes)
    return Markup(chart)  # noqa: S704 - built by an XML serialiser


def _draw_effects(record: dict[str, Any], member: dict[str, Any], narrow: bool) -> Markup:
    effects = [effect for _, effect in grading.quotable(member["model"]["effects"])]
    names = [unit_name(record, effect["unit"]) for effect in effects]
    notes = [_note(effect) for effect in effects]
    target, scale = record["decision"]["target"], member["model"]["scale"]
    drawn = counted(record["document"]["unit_kind"], len(effects))
    chart = terms_chart(names, effects, target, scale=scale, narrow=narrow, drawn=drawn, notes=notes)
    return Markup(chart)  # noqa: S704 - built by an XML serialiser


def _note(item: dict[str, Any]) -> str:
    return say("weak") if grading.grade(item) == WEAK else ""


def _draw_values(record: dict[str, Any], member: dict[str, Any], narrow: bool) -> Markup:
    rows = attributions.shown_values(member["model"])
    drawn = plural("{n} value", "{n} values", len(rows))
    names = [unit_name(record, row["unit"]) for row in rows]
    target, scale = record["decision"]["target"], member["model"]["scale"]
    chart = terms_chart(names, rows, target, scale=scale, narrow=narrow, drawn=drawn, bars=True)
    return Markup(chart)  # noqa: S704 - built by an XML serialiser


def _draw_rounds(record: dict[str, Any], narrow: bool) -> Markup:
    chart = rounds_chart(rounds.curves(record), ceiling=record["stopping"]["noise_ceiling"], narrow=narrow)
    return Markup(chart)  # noqa: S704 - built by an XML serialiser


def _draw_tree(record: dict[str, Any], member: dict[str, Any]) -> Markup:
    """The drawing, or nothing for a tree that is too deep for one."""
    if not 0 < tree_depth(member["model"]["nodes"]) <= MAX_DEPTH:
        return Markup("")
    return Markup(tree_chart(record, member))  # noqa: S704 - built by an XML serialiser
