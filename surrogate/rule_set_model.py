"""RuleSetModel: an ordered list of rules as it is shown, IF .. THEN .. ELSE IF .. OTHERWISE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.literals import Literal, all_hold
from surrogate.masks import as_masks

__all__ = ["Clause", "RuleSetModel"]


@dataclass(frozen=True)
class Clause:
    """One rule of a rule set: what is said of the copies that fulfil its condition and none before it.

    Parameters
    ----------
    literals : tuple of Literal
        All of them must hold; at least one.
    value, margin : float
        Mean of the fitted quantity, and of the decision margin, over the fitting rows that reach the rule.

    Examples
    --------
    >>> Clause.from_dict(Clause((Literal(2, True),), 1.5, 1.5).to_dict()).literals
    (Literal(unit=2, kept=True),)
    """

    literals: tuple[Literal, ...]
    value: float
    margin: float

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "literals": [literal.to_dict() for literal in self.literals],
            "value": self.value,
            "margin": self.margin,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Clause:
        """Inverse of :meth:`to_dict`."""
        literals = tuple(Literal.from_dict(literal) for literal in data["literals"])
        return cls(literals, data["value"], data["margin"])


@dataclass(frozen=True)
class RuleSetModel:
    """An ordered list of rules: the first whose condition holds speaks, and otherwise the default.

    Parameters
    ----------
    n_units : int
    clauses : tuple of Clause
        In the order in which they are read.
    value, margin : float
        The fitted quantity and the decision margin where no condition holds.
    scale : {"log_odds", "probability"}

    References
    ----------
    Rivest, "Learning decision lists", Machine Learning 1987.

    Examples
    --------
    >>> rules = RuleSetModel(2, (Clause((Literal(0, True), Literal(1, True)), 2.0, 2.0),), -1.0, -1.0)
    >>> rules.predict([[True, True], [False, True]]).tolist()
    [2.0, -1.0]
    """

    n_units: int
    clauses: tuple[Clause, ...]
    value: float
    margin: float
    scale: str = "log_odds"
    kind: str = field(default="rule_set", init=False)

    def clause_of(self, masks: ArrayLike) -> NDArray[np.intp]:
        """Place of the rule that speaks for each mask, from 0, shape (n_masks,); the number of rules: otherwise."""
        array = as_masks(masks, self.n_units)
        place = np.full(len(array), len(self.clauses), dtype=np.intp)
        # Backwards, so that the first rule whose condition holds has the last word.
        for number in range(len(self.clauses) - 1, -1, -1):
            place[all_hold(self.clauses[number].literals, array)] = number
        return place

    def predict(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The fitted quantity for masks (bool, shape (n_masks, n_units), True: kept), shape (n_masks,)."""
        return np.array([*(clause.value for clause in self.clauses), self.value])[self.clause_of(masks)]

    def predict_margin(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The decision margin for masks, shape (n_masks,); positive: the target wins."""
        return np.array([*(clause.margin for clause in self.clauses), self.margin])[self.clause_of(masks)]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "n_units": self.n_units,
            "scale": self.scale,
            "clauses": [clause.to_dict() for clause in self.clauses],
            "value": self.value,
            "margin": self.margin,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RuleSetModel:
        """Inverse of :meth:`to_dict`."""
        clauses = tuple(Clause.from_dict(clause) for clause in data["clauses"])
        return cls(data["n_units"], clauses, data["value"], data["margin"], data["scale"])
