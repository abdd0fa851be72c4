"""What two units do alone and together, read off a linear model with an interaction of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.errors import InputError
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.shares import Condition

__all__ = ["PairEffect", "pair_effect"]


@dataclass(frozen=True)
class PairEffect:
    """Effects of two units on the fitted quantity, in ``LinearModel.scale``, against a copy that has neither.

    Parameters
    ----------
    units : tuple of int
        Positions of the two units, the first in the text first.
    alone : tuple of float
        Effect of each unit where the other is removed.
    both : float
        Effect of the two together.

    Examples
    --------
    >>> effect = PairEffect((0, 1), (-0.5, 2.0), -1.0)
    >>> effect.added, effect.beyond
    (1.5, -2.5)
    """

    units: tuple[int, int]
    alone: tuple[float, float]
    both: float

    @property
    def added(self) -> float:
        """What both would do if each did only what it does alone."""
        return self.alone[0] + self.alone[1]

    @property
    def beyond(self) -> float:
        """By how much both differ from the sum of each alone; 0 for two units that do not interact."""
        return self.both - self.added

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "units": list(self.units),
            "alone": list(self.alone),
            "both": self.both,
            "added": self.added,
            "beyond": self.beyond,
        }


def pair_effect(model: LinearModel, term: Term) -> PairEffect:
    """What the two units of an interaction do alone and together, by the model's own coefficients.

    Every term whose units are among the two counts: main effects, the interaction itself, and further products of the
    same two, whichever of them these ask to be kept or removed.  All other terms are held fixed, and drop out.  Terms with
    the same condition add up; a condition that asks a unit to be both kept and removed never holds.

    Parameters
    ----------
    model : LinearModel
    term : Term
        One of its interactions, of exactly two different units.

    Returns
    -------
    PairEffect

    Raises
    ------
    InputError
        ``bad-parameter`` where the term does not name two different units.

    Examples
    --------
    The same model, told with "both kept" and with "the second kept, the first removed":

    >>> kept, removed = Literal(0, True), Literal(0, False)
    >>> good = Literal(1, True)
    >>> told = LinearModel(2, 0.0, (Term((kept,), "not", -0.5), Term((good,), "good", 2.0), Term((kept, good), "", -2.5)))
    >>> pair_effect(told, told.terms[2])
    PairEffect(units=(0, 1), alone=(-0.5, 2.0), both=-1.0)
    >>> retold = LinearModel(2, 0.0, (Term((kept,), "not", -0.5), Term((good,), "good", -0.5), Term((removed, good), "", 2.5)))
    >>> pair_effect(retold, retold.terms[2]) == pair_effect(told, told.terms[2])
    True
    """
    units = _units(term)
    if units is None or len(units) != 2:
        raise InputError(
            "bad-parameter",
            f"Effects alone and together are told of two units, and the term {term.text!r} is not of two. "
            "Give a term that is a product of two different units.",
        )
    first, second = sorted(units)
    among = [other for other in model.terms if (named := _units(other)) is not None and named <= units]
    neither = _total(among, frozenset())
    alone = _total(among, frozenset({first})) - neither, _total(among, frozenset({second})) - neither
    return PairEffect((first, second), alone, _total(among, units) - neither)


def _units(term: Term) -> frozenset[int] | None:
    """The units a term names; None for a term of shares of many units, which is neither kept nor removed."""
    return None if term.has_shares else frozenset(term.units)


def _total(terms: list[Term], kept: frozenset[int]) -> float:
    """Sum of the coefficients of the terms that hold where just these units are kept."""
    return sum((term.coefficient for term in terms if all(_holds(one, kept) for one in term.literals)), start=0.0)


def _holds(one: Condition, kept: frozenset[int]) -> bool:
    return isinstance(one, Literal) and (one.unit in kept) == one.kept
