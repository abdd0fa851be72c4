"""LinearModel: a sparse linear surrogate as it is shown, an intercept and a few terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.literals import Literal
from surrogate.masks import as_masks
from surrogate.shares import Condition, condition_from_dict, product
from surrogate.unit_effects import UnitEffect, unit_shares

__all__ = ["LinearModel", "Term"]


@dataclass(frozen=True)
class Term:
    """One term of a sparse linear surrogate: a product of presences, absences or shares of units, with its coefficient.

    Parameters
    ----------
    literals : tuple of Literal or Share
        The term is 1 for an altered copy in which all of them hold, and 0 otherwise; a share of many units is between.
    text : str
        The units it names, as they stand in the text.
    coefficient : float
        Change of the fitted quantity when the term holds, in ``LinearModel.scale``.
    low, high : float, optional
        95 % interval: bootstrap over complement pairs, conditional on the chosen terms.
    margin_coefficient : float
        The same for the decision margin.
    frequency : float, optional
        Share of refits to half of the calls that chose the term with the same sign.
    grade : str, optional
        "stable", "weak" or "not reportable"; None: not measured, as there were no refits.

    Examples
    --------
    >>> Term((Literal(2, True),), "card", 1.5).to_dict()["coefficient"]
    1.5
    """

    literals: tuple[Condition, ...]
    text: str
    coefficient: float
    low: float | None = None
    high: float | None = None
    margin_coefficient: float = 0.0
    frequency: float | None = None
    grade: str | None = None

    @property
    def units(self) -> tuple[int, ...]:
        """Positions of the units it names."""
        named: list[int] = []
        for one in self.literals:
            named += [one.unit] if isinstance(one, Literal) else (one.units or ())
        return tuple(named)

    @property
    def has_shares(self) -> bool:
        """Whether it counts how much of many units is kept."""
        return not all(isinstance(one, Literal) for one in self.literals)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "literals": [literal.to_dict() for literal in self.literals],
            "text": self.text,
            "coefficient": self.coefficient,
            "low": self.low,
            "high": self.high,
            "margin_coefficient": self.margin_coefficient,
            "frequency": self.frequency,
            "grade": self.grade,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Term:
        """Inverse of :meth:`to_dict`."""
        literals = tuple(condition_from_dict(literal) for literal in data["literals"])
        return cls(**{**data, "literals": literals})


@dataclass(frozen=True)
class LinearModel:
    """An intercept and a few terms, for the fitted quantity and for the decision margin.

    Parameters
    ----------
    n_units : int
    intercept, margin_intercept : float
        The fitted quantity and the margin for a copy in which no term holds.
    terms : tuple of Term
        Largest coefficient first.
    scale : {"log_odds", "probability"}
    effects : tuple of UnitEffect
        What each unit that the terms name adds in all, largest first; empty where a term is about many units at once, and
        before the evidence is in.

    Examples
    --------
    >>> model = LinearModel(2, -1.0, (Term((Literal(0, True),), "card", 3.0),))
    >>> model.predict([[True, True], [False, True]]).tolist()
    [2.0, -1.0]
    """

    n_units: int
    intercept: float
    terms: tuple[Term, ...]
    margin_intercept: float = 0.0
    scale: str = "log_odds"
    effects: tuple[UnitEffect, ...] = ()
    kind: str = field(default="linear", init=False)

    def design(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The terms as columns of zeros and ones, or shares between them, shape (n_masks, n_terms)."""
        array = as_masks(masks, self.n_units)
        columns = [product(term.literals, array) for term in self.terms]
        return np.column_stack([*columns, np.zeros(len(array))])[:, :-1].astype(np.float64)

    def predict(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The fitted quantity for masks (bool, shape (n_masks, n_units), True: kept), shape (n_masks,)."""
        return self.intercept + self.design(masks) @ np.array([term.coefficient for term in self.terms])

    def predict_margin(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The decision margin for masks, shape (n_masks,); positive: the target wins."""
        return self.margin_intercept + self.design(masks) @ np.array([term.margin_coefficient for term in self.terms])

    def added(self) -> NDArray[np.float64] | None:
        """What each unit adds to the fitted quantity of the whole text, shape (n_units,); None for terms of many units.

        Examples
        --------
        >>> both = Term((Literal(0, True), Literal(1, True)), "not & good", -3.0)
        >>> LinearModel(2, 0.0, (Term((Literal(1, True),), "good", 2.0), both)).added().tolist()
        [-1.5, 0.5]
        """
        shares = unit_shares([term.literals for term in self.terms], self.n_units)
        return None if shares is None else shares @ np.array([term.coefficient for term in self.terms])

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "n_units": self.n_units,
            "scale": self.scale,
            "intercept": self.intercept,
            "margin_intercept": self.margin_intercept,
            "terms": [term.to_dict() for term in self.terms],
            "effects": [effect.to_dict() for effect in self.effects],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> LinearModel:
        """Inverse of :meth:`to_dict`."""
        return cls(
            data["n_units"],
            data["intercept"],
            tuple(Term.from_dict(term) for term in data["terms"]),
            data["margin_intercept"],
            data["scale"],
            tuple(UnitEffect.from_dict(effect) for effect in data["effects"]),
        )
