"""Grades: how far a single term, unit or rule may be quoted, by a documented policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from surrogate.evidence.gate import Policy
from surrogate.evidence.rules import Rule
from surrogate.linear_model import LinearModel, Term
from surrogate.unit_effects import UnitEffect

__all__ = ["NOT_REPORTABLE", "STABLE", "WEAK", "grade_effects", "grade_rules", "grade_terms"]

Item = TypeVar("Item", Term, UnitEffect)

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
    return replace(model, terms=_graded(model.terms, frequencies, policy))


def grade_effects(model: LinearModel, frequencies: Sequence[float] | None, exact: bool, policy: Policy) -> LinearModel:
    """The same model, what each unit adds with its frequency and grade.

    Parameters
    ----------
    model : LinearModel
        With intervals.
    frequencies : sequence of float or None
        Share of refits in which each unit adds something with the same sign; None: there were no refits.
    exact : bool
        Every copy was asked, so that nothing can vary.
    policy : Policy
    """
    if frequencies is None and not exact:
        return model
    return replace(model, effects=_graded(model.effects, frequencies, policy))


def _graded(items: tuple[Item, ...], frequencies: Sequence[float] | None, policy: Policy) -> tuple[Item, ...]:
    shares = [1.0] * len(items) if frequencies is None else list(frequencies)
    graded = []
    for item, share in zip(items, shares, strict=True):
        clear = item.low is not None and item.high is not None and (item.low > 0 or item.high < 0)
        graded.append(replace(item, frequency=share, grade=_grade(share, clear, policy)))
    return tuple(graded)


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
