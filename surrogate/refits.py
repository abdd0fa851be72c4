"""Refits: what stays when the whole procedure is refitted to halves of the same calls; nothing is asked.

Halves of the complement pairs are drawn in two complementary parts.  A half of the rows varies about as much around the
whole as a new sample of the full size would, so what every half finds, another seed will find too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.agreement import effects_of_units, found_again
from surrogate.evidence import Rule
from surrogate.fit import Surrogate
from surrogate.fit.proxy import Teacher
from surrogate.linear_model import LinearModel
from surrogate.literals import all_hold
from surrogate.reference import draw_under, reference_masks
from surrogate.rows import Rows
from surrogate.seeding import content_generator

__all__ = [
    "N_SPLITS",
    "decisions_alike",
    "effect_frequencies",
    "halves",
    "refit",
    "rule_frequencies",
    "term_frequencies",
]

#: Random splits of the pairs; each gives two refits.
N_SPLITS = 10

#: Fewest pairs that are worth splitting.
_FEWEST_PAIRS = 8

#: Copies, without asking, on which the decisions of two surrogates are compared; and for one rule.
_N_COMPARED = 2048
_N_UNDER_RULE = 256


def halves(rows: Rows, n_splits: int = N_SPLITS) -> list[Rows]:
    """Random halves of the pairs, in complementary couples; the pair of the original text is in every one.

    Parameters
    ----------
    rows : Rows
    n_splits : int

    Returns
    -------
    list of Rows, length 2 * n_splits
        Empty where every copy was asked, or there are too few pairs to split.

    References
    ----------
    Shah and Samworth, "Variable selection with error control: another look at stability selection", Journal of the Royal
    Statistical Society B 2013; McCarthy, "Pseudo-replication: half samples", Review of the International Statistical
    Institute 1969.

    Examples
    --------
    >>> rows = Rows(np.zeros((40, 2), bool), np.arange(40.0), np.zeros(40), np.ones(40), np.arange(40) // 2, ("a", "b"))
    >>> [len(half.values) for half in halves(rows, 1)]
    [20, 22]
    """
    numbers = np.unique(rows.pairs)
    if rows.exact or len(numbers) < _FEWEST_PAIRS:
        return []
    generator = content_generator("halves", rows.units, len(rows.values))
    first, rest = numbers[:1], numbers[1:]
    parts = []
    for _ in range(n_splits):
        order = generator.permutation(rest)
        for chosen in (order[: len(rest) // 2], order[len(rest) // 2 :]):
            parts.append(_subset(rows, np.isin(rows.pairs, np.concatenate([first, chosen]))))
    return parts


def _subset(rows: Rows, chosen: NDArray[np.bool_]) -> Rows:
    return replace(
        rows,
        masks=rows.masks[chosen],
        values=rows.values[chosen],
        margins=rows.margins[chosen],
        weights=rows.weights[chosen],
        pairs=rows.pairs[chosen],
        kernel=None if rows.kernel is None else rows.kernel[chosen],
        others=None if rows.others is None else rows.others[chosen],
        variances=None if rows.variances is None else rows.variances[chosen],
        votes=None if rows.votes is None else rows.votes[chosen],
    )


def refit(estimator: Surrogate, rows: Rows, proxy: str, teacher: Teacher) -> list[Any]:
    """The surrogates that the same procedure finds on halves of the rows.

    Parameters
    ----------
    estimator : Surrogate
    rows : Rows
        The rows it was fitted to.
    proxy : {"auto", "none"}
    teacher : Teacher
        Shared by the members of a panel, so that one proxy for each half serves them all.

    Returns
    -------
    list of LinearModel, TreeModel, …
        Empty where nothing can vary or too little is there to split.
    """
    return [estimator.learn(half, teacher, proxy)[0] for half in halves(rows)]


def term_frequencies(model: LinearModel, others: Sequence[LinearModel]) -> list[float]:
    """Share of refits in which each term of a model is chosen, with the same sign.

    What counts as chosen is said by :func:`surrogate.agreement.found_again`.

    Examples
    --------
    >>> from surrogate.linear_model import Term
    >>> from surrogate.literals import Literal
    >>> one = LinearModel(2, 0.0, (Term((Literal(0, True),), "lost", 1.0),))
    >>> other = LinearModel(2, 0.0, (Term((Literal(0, True),), "lost", -1.0),))
    >>> term_frequencies(one, [one, other])
    [0.5]
    """
    return [float(np.mean([found_again(term, other) for other in others])) for term in model.terms]


def effect_frequencies(model: LinearModel, others: Sequence[LinearModel]) -> list[float]:
    """Share of refits in which each unit that a model names adds something with the same sign.

    Examples
    --------
    >>> from surrogate.linear_model import Term
    >>> from surrogate.literals import Literal
    >>> from surrogate.unit_effects import UnitEffect
    >>> kept, without = Term((Literal(0, True),), "a", 1.0), Term((Literal(0, False), Literal(1, True)), "b without a", -1.0)
    >>> effect_frequencies(LinearModel(2, 0.0, (kept,), effects=(UnitEffect(0, "a", 1.0),)), [LinearModel(2, 0.0, (without,))])
    [1.0]
    """
    found = [effects_of_units(other) for other in others]
    return [
        float(np.mean([added[effect.unit] * effect.coefficient > 0 for added in found])) for effect in model.effects
    ]


def rule_frequencies(rules: Sequence[Rule], target: str, others: Sequence[Any], rows: Rows) -> list[float]:
    """Share of refits that decide most copies that reach each rule, and fulfil its condition, as the rule does.

    Parameters
    ----------
    rules : sequence of Rule
    target : str
        The consequent of a positive margin.
    others : sequence of TreeModel or RuleSetModel
        The refits.
    rows : Rows
        Of the text, for its units and reference distribution.
    """
    shares = []
    for rule in rules:
        generator = content_generator("rule", rows.units, rule.id)
        masks = draw_under(rule.literals, rows.n_units, _N_UNDER_RULE, generator, rows.reference)
        masks = _reaching(masks, [] if rule.order is None else rules[: rules.index(rule)])
        wins = [(other.predict_margin(masks) > 0).mean() > 0.5 for other in others]
        shares.append(float(np.mean(np.array(wins) == (rule.consequent == target))))
    return shares


def _reaching(masks: NDArray[np.bool_], earlier: Sequence[Rule]) -> NDArray[np.bool_]:
    """The masks under which no earlier rule of a list holds; all of them where none is left."""
    taken = np.zeros(len(masks), dtype=bool)
    for rule in earlier:
        taken |= all_hold(rule.literals, masks)
    return masks if taken.all() else masks[~taken]


def decisions_alike(model: Any, others: Sequence[Any], rows: Rows) -> float:
    """Mean share of altered copies on which the refits decide as the surrogate does."""
    generator = content_generator("alike", rows.units)
    masks, weights = reference_masks(rows.n_units, _N_COMPARED, generator, rows.reference)
    said = model.predict_margin(masks) > 0
    shares = [np.average((other.predict_margin(masks) > 0) == said, weights=weights) for other in others]
    return float(np.mean(shares))
