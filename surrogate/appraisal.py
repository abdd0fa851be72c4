"""Appraisal: what one text's answered sample says about each surrogate, and about the decision itself."""

from __future__ import annotations

import numpy as np

from surrogate.errors import InputError
from surrogate.evidence import (
    Fidelity,
    Policy,
    Rule,
    Verdict,
    fidelity_by_size,
    find_misses,
    judge,
    measure_fidelity,
    measure_rules,
    with_intervals,
)
from surrogate.explanation import Decision, Member
from surrogate.linear_model import LinearModel
from surrogate.neighborhood import ROLES, Neighborhood
from surrogate.outcome import Outcome
from surrogate.reference import rule_coverage
from surrogate.rows import original_row, usable_rows
from surrogate.seeding import content_generator
from surrogate.tree_model import TreeModel

__all__ = ["appraise", "count_calls", "read_decision"]


def appraise(
    name: str | None,
    model: LinearModel | TreeModel,
    taught_by: str,
    whole: Neighborhood,
    outcome: Outcome,
    policy: Policy,
) -> Member:
    """Measure one surrogate on the test part, judge it, and read its rules.

    Parameters
    ----------
    name : str or None
        Name in the panel; None: the model's kind.
    model : LinearModel or TreeModel
    taught_by : str
        Whose answers it was fitted to.
    whole : Neighborhood
        All rows of one text's sample, answered and weighed.
    outcome : Outcome
    policy : Policy

    Returns
    -------
    Member
    """
    name = model.kind if name is None else name
    text = whole.documents[0].text
    generator = content_generator("evidence", name, text, whole.n_samples)
    fit = usable_rows(whole.role("fit"), outcome, model.scale)
    test_part = whole.role("test").replace(sample_weight=None)
    test = usable_rows(test_part, outcome, model.scale)
    measurable = (
        (whole.exhaustive or len(np.unique(test.pairs)) > 1) and bool((test.weights > 0).any()) and len(fit.values) > 1
    )
    fidelity = measure_fidelity(model, test, fit, generator=generator) if measurable else None
    verdict = _verdict(model, fidelity, whole, outcome, policy)
    rules: tuple[Rule, ...] = ()
    if isinstance(model, LinearModel) and measurable:
        model = with_intervals(model, fit, generator=generator)
    elif isinstance(model, TreeModel) and measurable:
        rules = measure_rules(model, test, outcome, _coverage(model, whole.reference))
    return Member(
        name,
        model.kind,
        model,
        verdict,
        fidelity,
        rules,
        find_misses(model, test_part, outcome) if measurable else (),
        fidelity_by_size(model, test_part, outcome) if measurable else (),
        taught_by,
    )


def _verdict(
    model: LinearModel | TreeModel,
    fidelity: Fidelity | None,
    whole: Neighborhood,
    outcome: Outcome,
    policy: Policy,
) -> Verdict:
    answers = whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    original = original_row(whole)
    margin = float(outcome.margin(answers.take([original]))[0])
    predicted = float(model.predict_margin(whole.masks[0][[original]])[0])
    return judge(
        fidelity,
        policy=policy,
        n_calls=count_calls(whole)["total"],
        unusable_share=float(np.mean(~answers.usable)),
        original_usable=bool(answers.usable[original]),
        decides_alike=(predicted > 0) == (margin > 0),
    )


def _coverage(tree: TreeModel, kind: str) -> dict[int, float]:
    """Exact share of the reference distribution that reaches each leaf."""
    coverage = {}
    for leaf, literals in tree.paths():
        kept = len({literal.unit for literal in literals if literal.kept})
        removed = len({literal.unit for literal in literals if not literal.kept})
        coverage[leaf] = rule_coverage(tree.n_units, kept, removed, kind)
    return coverage


def count_calls(whole: Neighborhood) -> dict[str, int]:
    """Distinct texts by role, and in all; the original is counted for itself.

    Examples
    --------
    >>> from surrogate.perturb import Delete
    >>> count_calls(Delete(n_samples=8).draw(["pay my bill"]))
    {'original': 1, 'all': 7, 'total': 8}
    """
    original = whole.documents[0].text
    counts = {"original": 1}
    for role in ("all",) if whole.exhaustive else ROLES:
        texts = {text for text, own in zip(whole.texts, whole.roles, strict=True) if own == role}
        counts[role] = len(texts - {original})
    return {**counts, "total": len(set(whole.texts))}


def read_decision(whole: Neighborhood, outcome: Outcome) -> Decision:
    """What the model says about the text itself.

    Parameters
    ----------
    whole : Neighborhood
        Of one document, answered.
    outcome : Outcome

    Returns
    -------
    Decision
    """
    row = original_row(whole)
    answers = whole.answers.take([row])  # type: ignore[union-attr]
    probabilities = answers.probabilities[0]
    return Decision(
        label=outcome.classes[int(np.argmax(probabilities))],
        target=outcome.target,
        opposite=outcome.opposite,
        contrast=outcome.contrast,
        probabilities={name: float(share) for name, share in zip(outcome.classes, probabilities, strict=True)},
        log_odds=float(outcome.log_odds(answers)[0]),
        margin=float(outcome.margin(answers)[0]),
        truncated=bool(answers.truncated[0]),
        refused=bool(answers.refused[0]),
        label_mass=None if answers.label_mass is None else float(answers.label_mass[0]),
    )
