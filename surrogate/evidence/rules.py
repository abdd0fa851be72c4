"""Rules read off a tree or a rule set, each with the support, coverage and precision it has among altered copies."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.estimate import Estimate
from surrogate.evidence.binomial import binomial_interval
from surrogate.evidence.bootstrap import pair_sums
from surrogate.evidence.coverage import reached_coverage
from surrogate.literals import Literal
from surrogate.outcome import Outcome, sigmoid
from surrogate.rows import Rows
from surrogate.rule_set_model import RuleSetModel
from surrogate.tree_model import TreeModel

__all__ = ["MIN_SUPPORT", "Rule", "measure_rules"]

#: Fewest test copies under a rule's condition for its precision to be reported.
MIN_SUPPORT = 30


@dataclass(frozen=True)
class Rule:
    """IF some units are kept and others removed THEN the model decides so.

    Parameters
    ----------
    id : str
        First twelve hexadecimal digits of the SHA-256 of the canonical condition; of a rule that is read after others, with
        theirs.
    literals : tuple of Literal
        The condition, sorted by unit; none: "otherwise".
    consequent : str
        The target, or its opposite, by the sign of the mean margin of the fitting rows.
    probability : float
        Probability of the target that belongs to the leaf's mean value.
    support : int
        Test copies that reach the rule: its condition holds, and none that is read before it.
    coverage : float
        Exact share of the reference distribution that reaches the rule.
    precision : Estimate or None
        Share of the test copies that reach the rule on which the model decides so; None: not reportable.
    leaf : int
        Number of the tree's node, or of the rule in its list, from 0.
    order : int or None
        Place in which the rule is read, from 1; None for the rules of a tree, which exclude each other.
    frequency : float, optional
        Share of refits to half of the calls that decide the copies that reach the rule alike.
    grade : str, optional
        "stable", "weak" or "not reportable"; None: not measured, as there were no refits.

    Examples
    --------
    >>> rule = Rule("ab", (Literal(0, True),), "cards", 0.9, 40, 0.5, Estimate(0.95, 0.8, 0.99), 1)
    >>> Rule.from_dict(rule.to_dict()) == rule
    True
    """

    id: str
    literals: tuple[Literal, ...]
    consequent: str
    probability: float
    support: int
    coverage: float
    precision: Estimate | None
    leaf: int
    order: int | None = None
    frequency: float | None = None
    grade: str | None = None

    @property
    def reportable(self) -> bool:
        """Whether enough test copies reach the rule."""
        return self.precision is not None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "id": self.id,
            "literals": [literal.to_dict() for literal in self.literals],
            "consequent": self.consequent,
            "probability": self.probability,
            "support": self.support,
            "coverage": self.coverage,
            "precision": None if self.precision is None else self.precision.to_dict(),
            "leaf": self.leaf,
            "order": self.order,
            "frequency": self.frequency,
            "grade": self.grade,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Rule:
        """Inverse of :meth:`to_dict`."""
        precision = None if data["precision"] is None else Estimate.from_dict(data["precision"])
        literals = tuple(Literal.from_dict(literal) for literal in data["literals"])
        return cls(**{**data, "literals": literals, "precision": precision})


@dataclass(frozen=True)
class _Part:
    """One part of a model: the copies that reach it, and what it says of them."""

    number: int
    literals: tuple[Literal, ...]
    value: float
    margin: float
    earlier: tuple[tuple[Literal, ...], ...] = ()


def _parts(model: TreeModel | RuleSetModel) -> list[_Part]:
    """The leaves of a tree, or the rules of a rule set in order and what holds otherwise."""
    if isinstance(model, TreeModel):
        nodes = model.nodes
        return [_Part(leaf, literals, nodes[leaf].value, nodes[leaf].margin) for leaf, literals in model.paths()]
    conditions = tuple(clause.literals for clause in model.clauses)
    said = [(clause.literals, clause.value, clause.margin) for clause in model.clauses]
    everything = [*said, ((), model.value, model.margin)]
    return [_Part(number, *what, conditions[:number]) for number, what in enumerate(everything)]


def measure_rules(model: TreeModel | RuleSetModel, test: Rows, outcome: Outcome) -> tuple[Rule, ...]:
    """The rules of a tree, largest coverage first, or of a rule set, in the order in which they are read.

    Parameters
    ----------
    model : TreeModel or RuleSetModel
    test : Rows
        Weighted to the reference distribution, which is also the one on which coverage is meant.
    outcome : Outcome

    Returns
    -------
    tuple of Rule
        Empty for a tree that never splits and a rule set without rules.  Where ``test`` is every possible copy, a rule needs
        no minimum support and its precision no interval.
    """
    parts = _parts(model)
    if len(parts) < 2:
        return ()
    is_tree = isinstance(model, TreeModel)
    place = model.leaf_of(test.masks) if isinstance(model, TreeModel) else model.clause_of(test.masks)
    rules = []
    for part in parts:
        under = (place == part.number) & (test.weights > 0)
        right = (test.margins[under] > 0) == (part.margin > 0)
        rules.append(
            Rule(
                id=_rule_id(outcome, part, test.units),
                literals=tuple(sorted(part.literals)),
                consequent=outcome.target if part.margin > 0 else outcome.opposite,
                probability=part.value if model.scale == "probability" else float(sigmoid(part.value)),
                support=int(under.sum()),
                coverage=reached_coverage(part.literals, part.earlier, model.n_units, test.reference),
                precision=_precision(right, test.weights[under], test.pairs[under], len(parts), test.exact),
                leaf=part.number,
                order=None if is_tree else part.number + 1,
            )
        )
    # Shares that are equal but for the order of their sums are equal.
    return tuple(sorted(rules, key=lambda rule: (-round(rule.coverage, 9), rule.leaf)) if is_tree else rules)


def _precision(
    right: NDArray[np.bool_], weights: NDArray[np.float64], pairs: NDArray[np.int64], n_rules: int, exact: bool
) -> Estimate | None:
    if len(right) < (1 if exact else MIN_SUPPORT):
        return None
    value = float(np.average(right, weights=weights))
    if exact:
        return Estimate(value, value, value)
    # Complements never meet under one condition, so the copies of a rule are independent draws; under "otherwise" they may,
    # and then count as one draw.  Unequal weights count as Kish's effective number of draws.  The level is Bonferroni's for
    # the number of rules looked at.
    draws = pair_sums(weights, pairs)
    n_effective = float(draws.sum() ** 2 / (draws**2).sum())
    low, high = binomial_interval(value * n_effective, n_effective, 1 - 0.05 / n_rules)
    return Estimate(value, low, high, level=0.95)


def _rule_id(outcome: Outcome, part: _Part, units: tuple[str, ...]) -> str:
    conditions = [
        [[literal.unit, units[literal.unit], literal.kept] for literal in sorted(literals)]
        for literals in (part.literals, *part.earlier)
    ]
    content = json.dumps([outcome.target, outcome.contrast, *conditions], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:12]
