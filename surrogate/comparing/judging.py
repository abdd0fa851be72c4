"""A policy applied to what changed: one check for each line of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surrogate.comparing.changes import FactChange, MeasureChange
from surrogate.comparing.comparison import MemberChange
from surrogate.comparing.judgement import Check, Judgement
from surrogate.comparing.judging_surrogates import ROUNDING, Found, check, fall, surrogate_checks
from surrogate.comparing.materiality import Materiality
from surrogate.estimate import percent

__all__ = ["judge_changes"]


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

    Examples
    --------
    >>> record = {"model": {"fingerprint": "f:1", "labels": ["a"]}, "production": {"answers_sha256": "0"}}
    >>> judge_changes(Materiality(), record, record, (), (), (), ()).verdict
    'not material'
    """
    is_one_text = "document" not in before or before["document"]["text"] == after["document"]["text"]
    checks = [
        *_model_checks(policy, before, after, facts),
        # Surrogates of two texts differ as the texts do: that is no change.
        *surrogate_checks(policy, members if is_one_text else ()),
        *_share_checks(policy, before, after, shares),
        *_accuracy_checks(policy, accuracy),
        *_fact_checks(policy, facts),
    ]
    return Judgement(policy, tuple(checks))


def _model_checks(
    policy: Materiality, before: dict[str, Any], after: dict[str, Any], facts: tuple[FactChange, ...]
) -> Iterator[Check]:
    if policy.model_changed:
        yield check("model_changed", *_models(before, after))
    if policy.labels_changed:
        yield check("labels_changed", *_labels(before["model"]["labels"], after["model"]["labels"]))
    changed = [one.path for one in facts if one.section == "prompt"]
    if policy.prompt_changed:
        sentence = f"The prompt changed: {', '.join(changed)}." if changed else "What is told of a prompt is the same."
        yield check("prompt_changed", bool(changed), sentence)


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


def _share_checks(
    policy: Materiality, before: dict[str, Any], after: dict[str, Any], shares: tuple[MeasureChange, ...]
) -> Iterator[Check]:
    if "document" in before:
        yield from _text_checks(policy, before, after, shares)
        return
    values = [tuple(0.0 if side is None else side["value"] for side in (one.before, one.after)) for one in shares]
    distance = sum(abs(one - other) for one, other in values) / 2
    yield check(
        "max_shift",
        distance > policy.max_shift + ROUNDING,
        f"The shares of decisions over the two corpora differ by {percent(distance)} in total variation; "
        f"{percent(policy.max_shift)} are allowed.",
    )


def _text_checks(
    policy: Materiality, before: dict[str, Any], after: dict[str, Any], shares: tuple[MeasureChange, ...]
) -> Iterator[Check]:
    if before["document"]["text"] != after["document"]["text"]:
        yield check(
            "max_shift",
            None,
            "The two reports are about different texts: whether the model changed cannot be told from what it says of them.",
        )
        return
    old, new = before["decision"]["label"], after["decision"]["label"]
    if policy.decision_changed:
        sentence = f"The decision went from “{old}” to “{new}”." if old != new else f"The decision is “{old}” in both."
        yield check("decision_changed", old != new, sentence)
    both = [(one.name, one.before, one.after) for one in shares if one.before is not None and one.after is not None]
    moved = [(abs(second["value"] - first["value"]), name) for name, first, second in both]
    if moved:
        most, name = max(moved)
        yield check(
            "max_shift",
            most > policy.max_shift + ROUNDING,
            f"The probability that moved the most is that of “{name}”, by {100 * most:.1f} points; "
            f"{100 * policy.max_shift:.3g} points are allowed.",
        )


def _accuracy_checks(policy: Materiality, accuracy: tuple[MeasureChange, ...]) -> Iterator[Check]:
    for measure in accuracy:
        if measure.name != "model":
            continue
        found = fall(measure, policy.max_accuracy_drop)
        material, sentence = found if found is not None else (None, "is told in one of the records only.")
        yield check("max_accuracy_drop", material, f"Accuracy of the model against true labels {sentence}")


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
        yield check(f"{section}_changed", bool(changed), sentence)
