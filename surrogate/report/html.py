"""The record as one HTML page, and as a fragment for a notebook."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surrogate.evidence.grades import WEAK
from surrogate.report import attributions, grading, rounds, words
from surrogate.report.audience import redact
from surrogate.report.edition import Edition
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.language import plural, say, speaking
from surrogate.report.marks import KINDS, copy_pieces, mark_text, shown_models, unit_name
from surrogate.report.normal import ordered
from surrogate.report.nouns import counted, label_name
from surrogate.report.people import people, record_sha256
from surrogate.report.svg import terms_chart
from surrogate.report.svg_rounds import rounds_chart
from surrogate.report.svg_tree import MAX_DEPTH, tree_chart, tree_depth

__all__ = ["render_fragment", "render_html"]

#: Labels shown before the rest is folded away.
_LABELS_SHOWN = 8


def render_html(record: dict[str, Any] | Edition, issuance: dict[str, Any] | None = None) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict or Edition
        ``Explanation.to_dict()``, in the language of the context, which is English if nothing else is said; or an edition, in its
        language and for its readers.
    issuance : dict, optional
        What people state: content of ``issuance.json``; an edition brings its own.

    Returns
    -------
    str
    """
    if isinstance(record, Edition):
        from surrogate.report.page import edition_page

        return edition_page(record)
    context = {**_context(ordered(record)), **people(record, issuance)}
    person = (context["redaction"] or {}).get("audience") == "person"
    return _environment().get_template("person.html.j2" if person else "report.html.j2").render(context)


def render_fragment(record: dict[str, Any] | Edition) -> str:
    """A compact piece of HTML for a notebook: verdict, decision, marked text, terms and rules.

    Parameters
    ----------
    record : dict or Edition
        As in :func:`render_html`.

    Returns
    -------
    str
        Without ``<html>``; its styles apply to itself only.
    """
    if isinstance(record, Edition):
        with speaking(record.locale):
            return render_fragment(redact(record.record, record.audience)[0])
    return _environment().get_template("fragment.html.j2").render(_context(ordered(record)))


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
        "sha256": record_sha256(record),
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
