"""Appraisal: what one text's answered sample says about each surrogate."""

from __future__ import annotations

from typing import Any

import numpy as np

from surrogate.case import Case
from surrogate.confirmation import confirmed_rules, supported
from surrogate.errors import InputError
from surrogate.evidence import (
    Fidelity,
    Rule,
    SizeReference,
    Stability,
    Verdict,
    fidelity_by_size,
    find_misses,
    grade_rules,
    grade_terms,
    judge,
    measure_fidelity,
    measure_size_reference,
    with_intervals,
)
from surrogate.explanation import Member
from surrogate.fit import Surrogate
from surrogate.linear_model import LinearModel
from surrogate.plan import count_calls
from surrogate.refits import decisions_alike, refit, rule_frequencies, term_frequencies
from surrogate.rows import Rows, original_row
from surrogate.seeding import content_generator

__all__ = ["appraise"]


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
    if not case.measurable(model.scale):
        return Member(name, model.kind, model, _verdict(model, None, case), None, taught_by=taught_by)
    generator = content_generator("evidence", name, text, case.whole.n_samples)
    fit, test = case.fit(model.scale), case.test(model.scale)
    fidelity = measure_fidelity(model, test, fit, generator=generator)
    proxy = "none" if taught_by == "calls" else "auto"
    others = refit(estimator, fit, proxy, case.teacher)
    rules: tuple[Rule, ...] = ()
    if isinstance(model, LinearModel):
        shares = term_frequencies(model, others) if others else None
        model = grade_terms(with_intervals(model, fit, generator=generator), shares, fit.exact, case.policy)
    else:
        rules = confirmed_rules(model, test, case)
        shares = rule_frequencies(rules, case.outcome.target, others, fit) if others else None
        rules = grade_rules(rules, shares, fit.exact, case.policy)
    return Member(
        name,
        model.kind,
        model,
        _verdict(model, fidelity, case),
        fidelity,
        rules,
        find_misses(model, case.test_part, case.outcome),
        fidelity_by_size(model, case.test_part, case.outcome),
        taught_by,
        Stability(len(others), decisions_alike(model, others, fit)) if others else None,
        _size_reference(model, fit, test, proxy, case),
    )


def _size_reference(model: Any, fit: Rows, test: Rows, kind: str, case: Case) -> SizeReference | None:
    """None where neither all answers nor a proxy's are known."""
    if fit.exact:
        return measure_size_reference(model, fit, "every copy")
    proxy = case.teacher.proxy(fit, kind)
    if proxy is None:
        return None
    said = proxy.predict(test.masks)[:, 0]
    return measure_size_reference(model, case.teacher.teach(fit, kind), proxy.name, test, said)


def _verdict(model: Any, fidelity: Fidelity | None, case: Case) -> Verdict:
    whole, answers = case.whole, case.whole.answers
    if answers is None:
        raise InputError("missing-black-box", "The pipeline has no answers. Put a Query step into it.")
    original = original_row(whole)
    margin = float(case.outcome.margin(answers)[original])
    predicted = float(model.predict_margin(whole.masks[0][[original]])[0])
    return judge(
        fidelity,
        policy=case.policy,
        n_calls=count_calls(whole)["total"],
        unusable_share=float(np.mean(~answers.usable)),
        original_usable=bool(answers.usable[original]),
        decides_alike=(predicted > 0) == (margin > 0),
    )
