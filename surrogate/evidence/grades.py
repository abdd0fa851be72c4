"""Grades: how far a single term or rule may be quoted, by a documented policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from surrogate.evidence.gate import Policy
from surrogate.evidence.rules import Rule
from surrogate.linear_model import LinearModel

__all__ = ["NOT_REPORTABLE", "STABLE", "WEAK", "grade_rules", "grade_terms"]

STABLE, WEAK, NOT_REPORTABLE = "stable", "weak", "not reportable"


def grade_terms(model: LinearModel, frequencies: Sequence[float] | None, exact: bool, policy: Policy) -> LinearModel:
    """The same terms, each with its frequency and grade.

    Parameters
    ----------
    model : LinearModel
        With intervals.
    frequencies : sequence of float or None
        Share of refits that chose each term with the same sign; None: there were no refits.
    exact : bool
        Every copy was asked, so that nothing can vary; without refits and without this, nothing is graded.
    policy : Policy

    Examples
    --------
    >>> from surrogate.linear_model import Term
    >>> from surrogate.literals import Literal
    >>> model = LinearModel(1, 0.0, (Term((Literal(0, True),), "lost", 2.0, 1.5, 2.5),))
    >>> [grade_terms(model, [share], False, Policy()).terms[0].grade for share in (1.0, 0.8, 0.2)]
    ['stable', 'weak', 'not reportable']
    """
    if frequencies is None and not exact:
        return model
    shares = [1.0] * len(model.terms) if frequencies is None else list(frequencies)
    terms = []
    for term, share in zip(model.terms, shares, strict=True):
        clear = term.low is not None and term.high is not None and (term.low > 0 or term.high < 0)
        terms.append(replace(term, frequency=share, grade=_grade(share, clear, policy)))
    return replace(model, terms=tuple(terms))


def grade_rules(
    rules: Sequence[Rule], frequencies: Sequence[float] | None, exact: bool, policy: Policy
) -> tuple[Rule, ...]:
    """The same rules, each with its frequency and grade.

    Parameters
    ----------
    rules : sequence of Rule
    frequencies : sequence of float or None
        Share of refits that decide the copies under each rule's condition alike; None: there were no refits.
    exact : bool
        Every copy was asked, so that nothing can vary.
    policy : Policy
    """
    if frequencies is None and not exact:
        return tuple(rules)
    shares = [1.0] * len(rules) if frequencies is None else list(frequencies)
    return tuple(
        replace(rule, frequency=share, grade=_grade(share, True, policy) if rule.reportable else NOT_REPORTABLE)
        for rule, share in zip(rules, shares, strict=True)
    )


def _grade(share: float, clear: bool, policy: Policy) -> str:
    if share >= policy.stable_share and clear:
        return STABLE
    return WEAK if share >= policy.weak_share else NOT_REPORTABLE
