"""Appraisal: what one text's answered sample says about each surrogate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from surrogate.anchor_model import AnchorModel
from surrogate.case import Case
from surrogate.confirmation import can_check_leaves, confirmed_rules, supported
from surrogate.errors import InputError
from surrogate.evidence import (
    Fidelity,
    Rule,
    SizeReference,
    Stability,
    Verdict,
    confirm_anchor,
    fidelity_by_size,
    find_misses,
    grade_effects,
    grade_rules,
    grade_terms,
    judge,
    judge_anchor,
    judge_sample,
    judge_values,
    measure_fidelity,
    measure_size_reference,
    with_intervals,
)
from surrogate.explanation import Member
from surrogate.fit import Surrogate
from surrogate.linear_model import LinearModel
from surrogate.neighborhood import Neighborhood
from surrogate.plan import count_calls
from surrogate.refits import decisions_alike, effect_frequencies, refit, rule_frequencies, term_frequencies
from surrogate.rows import Rows, original_row
from surrogate.seeding import content_generator
from surrogate.shapley_model import ShapleyModel
from surrogate.single_thread import single_thread
from surrogate.tree_model import TreeModel

__all__ = ["appraise"]


_MAY_DIFFER = "The model's answers vary: asked again, it may decide otherwise on some of these copies."


def appraise(name: str | None, estimator: Surrogate, case: Case) -> Member:
    """Measure one surrogate on the test part, judge it, and grade its terms and rules.

    Parameters
    ----------
    name : str or None
        Name in the panel; None: the model's kind.
    estimator : Surrogate
        Fitted.
    case : Case

    Returns
    -------
    Member
    """
    text = case.whole.documents[0].text
    model: Any = supported(estimator.models_[text], case)
    taught_by = estimator.taught_by_[text]
    name = model.kind if name is None else name
    if isinstance(model, AnchorModel):
        return _anchor(name, model, taught_by, case)
    if isinstance(model, ShapleyModel):
        verdict = _flaw(case) or judge_values(model, case.policy)
        return Member(name, model.kind, model, verdict, None, taught_by=taught_by)
    if not case.measurable(model.scale):
        return Member(name, model.kind, model, _verdict(model, None, case), None, taught_by=taught_by)
    is_ungrown = isinstance(model, TreeModel) and not can_check_leaves(case.whole, case.asker.left)
    fit, test = case.fit(model.scale), case.test(model.scale)
    fidelity = measure_fidelity(model, test, fit)
    proxy = "none" if taught_by == "calls" else "auto"
    # One thread for the arithmetic, whose sums must not depend on how many cores share them; not where the model is asked.
    with single_thread():
        others = refit(estimator, fit, proxy, case.half_teacher(model.scale, proxy)) if case.full else []
        if isinstance(model, LinearModel):
            model = _graded(with_intervals(model, fit), others, fit, case)
    rules: tuple[Rule, ...] = ()
    if not isinstance(model, LinearModel):
        rules = confirmed_rules(model, test, case)
        shares = rule_frequencies(rules, case.outcome.target, others, fit) if others else None
        rules = grade_rules(rules, shares, fit.exact, case.policy)
    return Member(
        name,
        model.kind,
        model,
        _verdict(model, fidelity, case, is_ungrown=is_ungrown),
        fidelity,
        rules,
        find_misses(model, case.test_part, case.outcome) if case.full else (),
        fidelity_by_size(model, case.test_part, case.outcome) if case.full else (),
        taught_by,
        Stability(len(others), decisions_alike(model, others, fit)) if others else None,
        _size_reference(model, fit, test, proxy, case) if case.full else None,
    )


def _graded(model: LinearModel, others: list[Any], fit: Rows, case: Case) -> LinearModel:
    """Terms, and what each unit adds, graded by what the refits found again."""
    shares = term_frequencies(model, others) if others else None
    model = grade_terms(model, shares, fit.exact, case.policy)
    return grade_effects(model, effect_frequencies(model, others) if others else None, fit.exact, case.policy)


def _anchor(name: str, model: AnchorModel, taught_by: str, case: Case) -> Member:
    """Confirm an anchor on fresh draws; where every copy was asked, on all of them."""
    every_copy = case.whole.exhaustive or _asked_again(case.whole)
    budget = case.whole.n_samples if every_copy else case.asker.left
    generator = content_generator("anchor", name, case.whole.documents[0].text, case.whole.n_samples)
    model = confirm_anchor(model, case.asker.margins, budget=budget, generator=generator)
    if case.whole.draws is not None and model.exact:
        model = replace(model, exact=False, reason=f"{model.reason} {_MAY_DIFFER}")
    return Member(name, model.kind, model, _flaw(case) or judge_anchor(model), None, taught_by=taught_by)


def _asked_again(whole: Neighborhood) -> bool:
    """Whether every copy was asked, and then again to test on."""
    return whole.draws is not None and bool(whole.draws.any())


def _flaw(case: Case) -> Verdict | None:
    """What speaks against any explanation of this sample."""
    answers = case.whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    return judge_sample(
        policy=case.policy,
        unusable_share=float(np.mean(~answers.usable)),
        original_usable=bool(answers.usable[original_row(case.whole)]),
    )


def _size_reference(model: Any, fit: Rows, test: Rows, kind: str, case: Case) -> SizeReference | None:
    """None where neither all answers nor a proxy's are known."""
    if fit.exact:
        return measure_size_reference(model, fit, "every copy")
    proxy = case.teacher.proxy(fit, kind)
    if proxy is None:
        return None
    said = proxy.predict(test.masks)[:, 0]
    return measure_size_reference(model, case.teacher.answers(fit, kind), proxy.name, test, said)


def _verdict(model: Any, fidelity: Fidelity | None, case: Case, *, is_ungrown: bool = False) -> Verdict:
    whole, answers = case.whole, case.whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    original = original_row(whole)
    margin = float(case.outcome.margin(answers)[original])
    predicted = float(model.predict_margin(whole.masks[0][[original]])[0])
    return judge(
        fidelity,
        policy=case.policy,
        n_calls=None if _asked_again(whole) else count_calls(whole)["total"],
        unusable_share=float(np.mean(~answers.usable)),
        original_usable=bool(answers.usable[original]),
        decides_alike=(predicted > 0) == (margin > 0),
        is_ungrown=is_ungrown,
    )
