"""What a row shows of the surrogates that passed: their terms, words and rules, worded as a report words them."""

from __future__ import annotations

from typing import Any

from surrogate.anchor_model import AnchorModel
from surrogate.canonical import canonical_bytes, digest
from surrogate.evidence.rules import Rule
from surrogate.explanation import Explanation, Member
from surrogate.linear_model import LinearModel
from surrogate.literals import Literal
from surrogate.report import words as report_words
from surrogate.report.grading import grade
from surrogate.report.language import speaking
from surrogate.shapley_model import ShapleyModel
from surrogate.units import Document

__all__ = ["flips_of", "rules_of", "shown", "surrogates_of", "terms_of", "words_of"]

Item = dict[str, Any]


def shown(explanation: Explanation) -> list[Member]:
    """The surrogates whose terms, words and rules are shown: those that passed."""
    return [member for member in explanation.members if member.verdict.passed and member.model is not None]


def surrogates_of(explanation: Explanation) -> list[Item]:
    """Every surrogate with its evidence, shown or not."""
    are_shown = shown(explanation)
    return [_surrogate(member, member in are_shown) for member in explanation.members]


def _surrogate(member: Member, is_shown: bool) -> Item:
    fidelity, stability = member.fidelity, member.stability
    r2, agreement = (None, None) if fidelity is None else (fidelity.r2, fidelity.agreement)
    return {
        "name": member.name,
        "kind": member.kind,
        "verdict": member.verdict.status,
        "reason": member.verdict.reason,
        "calls_needed": member.verdict.calls_needed,
        "scale": member.model.scale if is_shown and member.model is not None else None,
        "r2": None if r2 is None else r2.value,
        "r2_low": None if r2 is None else r2.low,
        "r2_high": None if r2 is None else r2.high,
        "agreement": None if agreement is None else agreement.value,
        "majority": None if agreement is None else agreement.baseline,
        "n_test": None if fidelity is None else fidelity.n_test,
        "taught_by": member.taught_by,
        "n_refits": 0 if stability is None else stability.n_refits,
        "stability": None if stability is None else stability.decisions_alike,
    }


def terms_of(explanation: Explanation) -> list[Item]:
    """Terms of the linear surrogates that passed, named as a report names them."""
    record = _record(explanation.document)
    with speaking("en"):
        return [
            {
                "surrogate": member.name,
                "text": report_words.term_name(record, term.to_dict()),
                "coefficient": term.coefficient,
                "low": term.low,
                "high": term.high,
                "grade": term.grade,
                "same_sign": term.frequency,
            }
            for member in shown(explanation)
            if isinstance(member.model, LinearModel)
            for term in member.model.terms
        ]


def words_of(explanation: Explanation) -> list[Item]:
    """What each unit adds: the effects of linear surrogates, and Shapley values."""
    return [
        {"surrogate": member.name, "text": explanation.document.units[unit], "start": start, "end": end, **told}
        for member in shown(explanation)
        for unit, told in _added(member)
        for start, end in [explanation.document.spans[unit]]
    ]


def _added(member: Member) -> list[tuple[int, Item]]:
    model = member.model
    if isinstance(model, LinearModel):
        return [
            (one.unit, {"coefficient": one.coefficient, "low": one.low, "high": one.high, "grade": one.grade})
            for one in model.effects
        ]
    if not isinstance(model, ShapleyModel):
        return []
    nothing = (None,) * len(model.values)
    ends = zip(model.values, model.low or nothing, model.high or nothing, strict=True)
    return [
        (unit, {"coefficient": value, "low": low, "high": high, "grade": None})
        for unit, (value, low, high) in enumerate(ends)
    ]


def rules_of(explanation: Explanation) -> list[Item]:
    """Rules of the trees and rule sets that passed, and anchors that were confirmed."""
    record, items = _record(explanation.document), []
    with speaking("en"):
        for member in shown(explanation):
            items += [{"surrogate": member.name, **_rule(record, rule)} for rule in member.rules]
            if isinstance(member.model, AnchorModel) and member.model.literals is not None:
                items.append({"surrogate": member.name, **_anchor(record, explanation, member.model)})
    return items


def _rule(record: Item, rule: Rule) -> Item:
    told = rule.to_dict()
    return {
        "id": rule.id,
        "order": rule.order,
        "text": report_words.condition(record, told["literals"]) or report_words.keyword(told),
        "consequent": rule.consequent,
        "coverage": rule.coverage,
        "precision": None if rule.precision is None else rule.precision.value,
        "precision_low": None if rule.precision is None else rule.precision.low,
        "n_test": rule.support,
        "grade": grade(told),
    }


def _anchor(record: Item, explanation: Explanation, model: AnchorModel) -> Item:
    decision, literals = explanation.decision, model.literals or ()
    told = [literal.to_dict() for literal in literals]
    draws = 0 if model.chosen is None else model.candidates[model.chosen].n_draws
    return {
        "id": _anchor_id(explanation, literals),
        "order": None,
        "text": report_words.condition(record, told) or "whatever is removed",
        "consequent": decision.target if model.decision else decision.opposite,
        "coverage": model.coverage,
        "precision": None if model.precision is None else model.precision.value,
        "precision_low": None if model.precision is None else model.precision.low,
        "n_test": draws,
        "grade": None,
    }


def _anchor_id(explanation: Explanation, literals: tuple[Literal, ...]) -> str:
    units = explanation.document.units
    condition = [[literal.unit, units[literal.unit], literal.kept] for literal in literals]
    decision = explanation.decision
    return digest(canonical_bytes([decision.target, decision.contrast, condition]))[:12]


def flips_of(explanation: Explanation) -> list[Item]:
    """Altered copies that the model decides otherwise: what was removed, and what it says then."""
    units = explanation.document.units
    return [
        {"removed": [units[unit] for unit in flip.removed], "label": flip.label, "probability": flip.probability}
        for flip in explanation.flips
    ]


def _record(document: Document) -> Item:
    """As much of a record as its words need: the text and its units."""
    return {"document": {"text": document.text, "units": [list(span) for span in document.spans]}}
