"""Two units together, for a reader: what each does alone, what both do, and what adding the two up would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Together", "is_together", "pairs", "together"]

Record = dict[str, Any]


@dataclass(frozen=True)
class Together:
    """The effects of two units on the fitted quantity, against a copy with neither.

    Parameters
    ----------
    units : tuple of int
        Positions of the two units, as the term names them.
    alone : tuple of float
        Effect of each where the other is removed.
    both : float
        Effect of the two together.

    Examples
    --------
    >>> effects = Together((0, 1), (-0.5, 2.0), -1.0)
    >>> effects.added, effects.beyond, effects.turns
    (1.5, -2.5, True)
    """

    units: tuple[int, int]
    alone: tuple[float, float]
    both: float

    @property
    def added(self) -> float:
        """What both would do if each did only what it does alone."""
        return sum(self.alone)

    @property
    def beyond(self) -> float:
        """By how much both differ from that."""
        return self.both - self.added

    @property
    def turns(self) -> bool:
        """Whether together they push the other way than the sum of their effects alone."""
        return self.both * self.added < 0


def together(model: Record, term: Record) -> Together | None:
    """The effects of the two units of a term; None for a term of another number of units.

    Only the terms whose units are among the two are counted.

    Parameters
    ----------
    model : dict
        A linear surrogate of a record.
    term : dict
        One of its terms.

    Examples
    --------
    >>> term = lambda value, *units: {"coefficient": value, "literals": [{"unit": u, "kept": True} for u in units]}
    >>> model = {"terms": [term(-0.5, 0), term(2.0, 1), term(-2.5, 0, 1), term(9.0, 1, 2)]}
    >>> together(model, model["terms"][2])
    Together(units=(0, 1), alone=(-0.5, 2.0), both=-1.0)
    """
    units = tuple(dict.fromkeys(literal["unit"] for literal in term["literals"]))
    if len(units) != 2:
        return None
    first, second = units
    among = [other for other in model["terms"] if {literal["unit"] for literal in other["literals"]} <= set(units)]
    neither = _sum(among, set())
    alone = (_sum(among, {first}) - neither, _sum(among, {second}) - neither)
    return Together((first, second), alone, _sum(among, {first, second}) - neither)


def _sum(terms: list[Record], kept: set[int]) -> float:
    """Sum of the coefficients of the terms that hold where just these units are kept."""
    holding = [term for term in terms if all((lit["unit"] in kept) == lit["kept"] for lit in term["literals"])]
    return float(sum(term["coefficient"] for term in holding))


def is_together(term: Record) -> bool:
    """Whether a term is the presence of several units at once: what they add beside their effects alone."""
    return len(term["literals"]) > 1 and all(literal["kept"] for literal in term["literals"])


def pairs(model: Record, numbered: list[tuple[int, Record]]) -> list[tuple[int, Record, Together]]:
    """The terms of two units among some numbered terms, each with the effects of its units."""
    found = [(number, term, together(model, term)) for number, term in numbered]
    return [(number, term, effects) for number, term, effects in found if effects is not None]
