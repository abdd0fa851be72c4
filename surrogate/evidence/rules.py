"""Rules read off a tree, each with the support, coverage and precision it has among altered copies of the text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.estimate import Estimate
from surrogate.literals import Literal, all_hold
from surrogate.outcome import Outcome, sigmoid
from surrogate.rows import Rows
from surrogate.tree_model import TreeModel

__all__ = ["MIN_SUPPORT", "Rule", "binomial_interval", "measure_rules"]

#: Fewest test copies under a rule's condition for its precision to be reported.
MIN_SUPPORT = 30


@dataclass(frozen=True)
class Rule:
    """IF some units are kept and others removed THEN the model decides so.

    Parameters
    ----------
    id : str
        First twelve hexadecimal digits of the SHA-256 of the canonical condition.
    literals : tuple of Literal
        The condition, sorted by unit.
    consequent : str
        The target, or its opposite, by the sign of the mean margin of the fitting rows.
    probability : float
        Probability of the target that belongs to the leaf's mean value.
    support : int
        Test copies under the condition.
    coverage : float
        Exact share of the reference distribution under the condition.
    precision : Estimate or None
        Share of the test copies under the condition on which the model decides so; None: not reportable.
    leaf : int
        Number of the tree's node.

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

    @property
    def reportable(self) -> bool:
        """Whether enough test copies fall under the condition."""
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
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Rule:
        """Inverse of :meth:`to_dict`."""
        precision = None if data["precision"] is None else Estimate.from_dict(data["precision"])
        literals = tuple(Literal.from_dict(literal) for literal in data["literals"])
        return cls(**{**data, "literals": literals, "precision": precision})


def measure_rules(tree: TreeModel, test: Rows, outcome: Outcome, coverage: dict[int, float]) -> tuple[Rule, ...]:
    """The rules of a tree, largest coverage first.

    Parameters
    ----------
    tree : TreeModel
    test : Rows
        Weighted to the reference distribution.
    outcome : Outcome
    coverage : dict of int to float
        Exact share of the reference distribution that reaches each leaf.

    Returns
    -------
    tuple of Rule
        Empty for a tree that never splits.  Where ``test`` is every possible copy, a rule needs no minimum support and its
        precision no interval.
    """
    paths = list(tree.paths())
    if len(paths) < 2:
        return ()
    rules = []
    for leaf, literals in paths:
        node = tree.nodes[leaf]
        under = all_hold(literals, test.masks) & (test.weights > 0)
        right = (test.margins[under] > 0) == (node.margin > 0)
        probability = node.value if tree.scale == "probability" else float(sigmoid(node.value))
        rules.append(
            Rule(
                id=_rule_id(outcome, literals, test.units),
                literals=tuple(sorted(literals)),
                consequent=outcome.target if node.margin > 0 else outcome.opposite,
                probability=probability,
                support=int(under.sum()),
                coverage=coverage[leaf],
                precision=_precision(right, test.weights[under], len(paths), test.exact),
                leaf=leaf,
            )
        )
    return tuple(sorted(rules, key=lambda rule: (-rule.coverage, rule.leaf)))


def _precision(right: NDArray[np.bool_], weights: NDArray[np.float64], n_rules: int, exact: bool) -> Estimate | None:
    if len(right) < (1 if exact else MIN_SUPPORT):
        return None
    value = float(np.average(right, weights=weights))
    if exact:
        return Estimate(value, value, value)
    # Complements never meet under one condition, so the copies of a rule are independent draws.  Unequal weights count
    # as Kish's effective number of draws.  The level is Bonferroni's for the number of rules looked at.
    n_effective = float(weights.sum() ** 2 / (weights**2).sum())
    low, high = binomial_interval(value * n_effective, n_effective, 1 - 0.05 / n_rules)
    return Estimate(value, low, high, level=0.95)


def binomial_interval(n_right: float, n: float, level: float) -> tuple[float, float]:
    """Exact interval of a share.

    Parameters
    ----------
    n_right, n : float
        Successes and draws; fractional where draws are weighted.
    level : float

    References
    ----------
    Clopper and Pearson, Biometrika 1934.

    Examples
    --------
    >>> [round(end, 3) for end in binomial_interval(30, 30, 0.95)]
    [0.884, 1.0]
    """
    from scipy.stats import beta

    tail = (1 - level) / 2
    low = 0.0 if n_right <= 0 else float(beta.ppf(tail, n_right, n - n_right + 1))
    high = 1.0 if n_right >= n - 1e-9 else float(beta.ppf(1 - tail, n_right + 1, n - n_right))
    return low, high


def _rule_id(outcome: Outcome, literals: tuple[Literal, ...], units: tuple[str, ...]) -> str:
    condition = [[literal.unit, units[literal.unit], literal.kept] for literal in sorted(literals)]
    content = json.dumps([outcome.target, outcome.contrast, condition], ensure_ascii=True)
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:12]
