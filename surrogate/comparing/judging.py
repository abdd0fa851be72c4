"""A policy applied to what changed: one check for each line of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surrogate.comparing.changes import ADDED, CHANGED, REMOVED, SAME, FactChange, MeasureChange, TermChange
from surrogate.comparing.comparison import MemberChange
from surrogate.comparing.decisions import SAMPLED
from surrogate.comparing.judgement import CANNOT_BE_TOLD, MATERIAL, NOT_MATERIAL, Check, Judgement
from surrogate.comparing.materiality import Materiality
from surrogate.estimate import percent, two_decimals

__all__ = ["judge_changes"]

#: What is a fidelity, and may therefore fall.
_FIDELITIES = ("agreement", "r2")

#: Numbers are rounded in a record: a difference of the last digit is none.
_ROUNDING = 1e-9

Found = tuple[bool | None, str]


def judge_changes(
    policy: Materiality,
    before: dict[str, Any],
    after: dict[str, Any],
    members: tuple[MemberChange, ...],
    shares: tuple[MeasureChange, ...],
    accuracy: tuple[MeasureChange, ...],
    facts: tuple[FactChange, ...],
) -> Judgement:
    """Every line of the policy that the two records have something to say about.

    Parameters
    ----------
    policy : Materiality
    before, after : dict
        The records.
    members, shares, accuracy, facts
        As in :class:`~surrogate.comparing.Comparison`.
    """
    is_one_text = "document" not in before or before["document"]["text"] == after["document"]["text"]
    checks = [
        *_model_checks(policy, before, after, facts),
        # Surrogates of two texts differ as the texts do: that is no change.
        *_surrogate_checks(policy, members if is_one_text else ()),
        *_share_checks(policy, before, after, shares),
        *_accuracy_checks(policy, accuracy),
        *_fact_checks(policy, facts),
    ]
    return Judgement(policy, tuple(checks))


def _check(name: str, material: bool | None, sentence: str) -> Check:
    result = CANNOT_BE_TOLD if material is None else MATERIAL if material else NOT_MATERIAL
    return Check(name, result, sentence)


def _model_checks(
    policy: Materiality, before: dict[str, Any], after: dict[str, Any], facts: tuple[FactChange, ...]
) -> Iterator[Check]:
    if policy.model_changed:
        yield _check("model_changed", *_models(before, after))
    if policy.labels_changed:
        yield _check("labels_changed", *_labels(before["model"]["labels"], after["model"]["labels"]))
    changed = [one.path for one in facts if one.section == "prompt"]
    if policy.prompt_changed:
        sentence = f"The prompt changed: {', '.join(changed)}." if changed else "What is told of a prompt is the same."
        yield _check("prompt_changed", bool(changed), sentence)


def _models(before: dict[str, Any], after: dict[str, Any]) -> Found:
    fingerprints = [record["model"]["fingerprint"] for record in (before, after)]
    answers = [record["production"]["answers_sha256"] for record in (before, after)]
    if None in fingerprints:
        if fingerprints == [None, None] and answers[0] == answers[1]:
            return False, "The model has no fingerprint, but its answers are the same, by their SHA-256."
        return None, "A model without fingerprint was explained, so it cannot be told whether it is the same model."
    if fingerprints[0] == fingerprints[1]:
        return False, "The model is the same by its fingerprint."
    return True, "The model is another: its fingerprint changed."


def _labels(before: list[str], after: list[str]) -> Found:
    added, removed = [one for one in after if one not in before], [one for one in before if one not in after]
    if not added and not removed:
        return False, "The labels are the same."
    said = [
        f"{what} {', '.join(f'“{one}”' for one in ones)}"
        for what, ones in (("added", added), ("removed", removed))
        if ones
    ]
    return True, f"Labels were {' and '.join(said)}."


def _surrogate_checks(policy: Materiality, members: tuple[MemberChange, ...]) -> Iterator[Check]:
    for member in members:
        if policy.verdict_changed:
            yield _check("verdict_changed", *_verdicts(member))
        for measure in member.measures:
            found = _fall(measure, policy.max_agreement_drop) if measure.name in _FIDELITIES else None
            if found is not None:
                name = "R2" if measure.name == "r2" else measure.name
                yield _check("max_agreement_drop", found[0], f"{_title(member)}: {name} {found[1]}")
        yield from _rule_checks(policy, member)
        if policy.sign_changes and member.terms and member.is_compared:
            yield _check("sign_changes", *_signs(member))


def _title(member: MemberChange) -> str:
    return f"Surrogate “{member.name}”"


def _verdicts(member: MemberChange) -> Found:
    if member.before is None or member.after is None:
        return True, f"{_title(member)} is in the record {'after' if member.before is None else 'before'} only."
    if member.before["withheld"] != member.after["withheld"]:
        states = ["withheld" if side["withheld"] else "shown" for side in (member.before, member.after)]
        return True, f"{_title(member)} was {states[0]} and is now {states[1]}."
    return False, f"{_title(member)} is {'withheld' if member.before['withheld'] else 'shown'} in both."


def _fall(measure: MeasureChange, most: float) -> Found | None:
    if measure.before is None or measure.after is None:
        return None
    before, after = measure.before["value"], measure.after["value"]
    if before is None or after is None:
        return None, "was not measured in one of them."
    form = two_decimals if measure.name == "r2" else percent
    overlap = {None: "", True: "; the intervals do not overlap", False: "; the intervals overlap"}[measure.apart]
    allowed = (
        f"a fall of {form(most)} is allowed"
        if measure.name == "r2"
        else f"a fall of {100 * most:.3g} points is allowed"
    )
    return before - after > most + _ROUNDING, f"went from {form(before)} to {form(after)}; {allowed}{overlap}."


def _rule_checks(policy: Materiality, member: MemberChange) -> Iterator[Check]:
    """Rules and decisions; where they are withheld in both there is nothing to compare, and verdicts tell the rest."""
    if member.rules and member.is_compared:
        changed = sum(rule.change != SAME for rule in member.rules)
        share = changed / len(member.rules)
        yield _check(
            "max_rules_changed",
            share > policy.max_rules_changed + _ROUNDING,
            f"{_title(member)}: {changed} of {len(member.rules)} rules came, went or changed ({percent(share)}): "
            f"{_breakdown(member)}; {percent(policy.max_rules_changed)} are allowed.",
        )
    decided = member.decisions
    if decided is not None and decided.n_vectors:
        share = decided.n_different / decided.n_vectors
        where = "sampled combinations" if decided.how == SAMPLED else "combinations"
        yield _check(
            "max_decisions_changed",
            share > policy.max_decisions_changed + _ROUNDING,
            f"{_title(member)}: its rules decide otherwise on {decided.n_different:,} of {decided.n_vectors:,} {where} of "
            f"features ({percent(share)}); {percent(policy.max_decisions_changed)} are allowed.",
        )


def _breakdown(member: MemberChange) -> str:
    counts = {kind: sum(rule.change == kind for rule in member.rules) for kind in (REMOVED, ADDED, CHANGED)}
    only_order = sum(rule.how == ("order",) for rule in member.rules)
    told = ", ".join(f"{n} {kind}" for kind, n in counts.items())
    return told + (f" ({only_order} of these only in the order in which they are heard)" if only_order else "")


def _signs(member: MemberChange) -> Found:
    firm = [one for one in member.terms if one.change == "sign" and _is_firm(one)]
    if not firm:
        return False, f"{_title(member)}: no firm term changed its sign."
    named = ", ".join(f"“{' & '.join(atom.label for atom in one.atoms)}” for “{one.label}”" for one in firm[:5])
    more = f" and {len(firm) - 5} more" if len(firm) > 5 else ""
    return True, f"{_title(member)}: {len(firm)} firm terms changed their sign: {named}{more}."


def _is_firm(term: TermChange) -> bool:
    """Stable in both; where nothing is graded, the interval excludes zero in both."""
    for side in (term.before, term.after):
        if side is None:
            return False
        if side["grade"] is not None:
            if side["grade"] != "stable":
                return False
        elif side["low"] is None or side["low"] <= 0 <= side["high"]:
            return False
    return True


def _share_checks(
    policy: Materiality, before: dict[str, Any], after: dict[str, Any], shares: tuple[MeasureChange, ...]
) -> Iterator[Check]:
    if "document" in before:
        yield from _text_checks(policy, before, after, shares)
        return
    values = [tuple(0.0 if side is None else side["value"] for side in (one.before, one.after)) for one in shares]
    distance = sum(abs(one - other) for one, other in values) / 2
    yield _check(
        "max_shift",
        distance > policy.max_shift + _ROUNDING,
        f"The shares of decisions over the two corpora differ by {percent(distance)} in total variation; "
        f"{percent(policy.max_shift)} are allowed.",
    )


def _text_checks(
    policy: Materiality, before: dict[str, Any], after: dict[str, Any], shares: tuple[MeasureChange, ...]
) -> Iterator[Check]:
    if before["document"]["text"] != after["document"]["text"]:
        yield _check(
            "max_shift",
            None,
            "The two reports are about different texts: whether the model changed cannot be told from what it says of them.",
        )
        return
    old, new = before["decision"]["label"], after["decision"]["label"]
    if policy.decision_changed:
        sentence = f"The decision went from “{old}” to “{new}”." if old != new else f"The decision is “{old}” in both."
        yield _check("decision_changed", old != new, sentence)
    both = [(one.name, one.before, one.after) for one in shares if one.before is not None and one.after is not None]
    moved = [(abs(second["value"] - first["value"]), name) for name, first, second in both]
    if moved:
        most, name = max(moved)
        yield _check(
            "max_shift",
            most > policy.max_shift + _ROUNDING,
            f"The probability that moved the most is that of “{name}”, by {100 * most:.1f} points; "
            f"{100 * policy.max_shift:.3g} points are allowed.",
        )


def _accuracy_checks(policy: Materiality, accuracy: tuple[MeasureChange, ...]) -> Iterator[Check]:
    for measure in accuracy:
        if measure.name != "model":
            continue
        found = _fall(measure, policy.max_accuracy_drop)
        material, sentence = found if found is not None else (None, "is told in one of the records only.")
        yield _check("max_accuracy_drop", material, f"Accuracy of the model against true labels {sentence}")


def _fact_checks(policy: Materiality, facts: tuple[FactChange, ...]) -> Iterator[Check]:
    wanted = (("policy", policy.policy_changed, "acceptance thresholds"), ("recipe", policy.recipe_changed, "recipe"))
    for section, asked, words in wanted:
        if not asked:
            continue
        changed = [one.path for one in facts if one.section == section]
        are = "are" if section == "policy" else "is"
        sentence = f"The {words} {are} the same."
        if changed:
            sentence = f"The {words} changed: {', '.join(changed[:8])}{' and more' if len(changed) > 8 else ''}."
        yield _check(f"{section}_changed", bool(changed), sentence)
