"""Two units together, for a reader: what each does alone, what both do, and what the two alone would come to."""

from __future__ import annotations

from typing import Any

from surrogate.interactions import PairEffect, pair_effect
from surrogate.linear_model import LinearModel, Term
from surrogate.report.groups import has_groups

__all__ = ["is_together", "pairs", "together", "turns"]

Record = dict[str, Any]


def together(model: Record, term: Record) -> PairEffect | None:
    """The effects of the two units of a term; None for a term of another number of units.

    Parameters
    ----------
    model : dict
        A linear surrogate of a record.
    term : dict
        One of its terms.

    Examples
    --------
    >>> from surrogate.literals import Literal
    >>> no, good = Literal(0, True), Literal(1, True)
    >>> terms = Term((no,), "not", -0.5), Term((good,), "good", 2.0), Term((no, good), "not & good", -2.5)
    >>> model = LinearModel(2, 0.0, terms).to_dict()
    >>> together(model, model["terms"][2])
    PairEffect(units=(0, 1), alone=(-0.5, 2.0), both=-1.0)
    """
    if has_groups(term) or len({literal["unit"] for literal in term["literals"]}) != 2:
        return None
    return pair_effect(LinearModel.from_dict(model), Term.from_dict(term))


def turns(effects: PairEffect) -> bool:
    """Whether two units together push the other way than the sum of their effects alone.

    Examples
    --------
    >>> turns(PairEffect((0, 1), (-0.5, 2.0), -1.0))
    True
    """
    return effects.both * effects.added < 0


def is_together(term: Record) -> bool:
    """Whether a term is the presence of several units at once: what they add beside their effects alone."""
    return len(term["literals"]) > 1 and all(literal["kept"] for literal in term["literals"])


def pairs(model: Record, numbered: list[tuple[int, Record]]) -> list[tuple[int, Record, PairEffect]]:
    """The terms of two units among some numbered terms, each with the effects of its units."""
    found = [(number, term, together(model, term)) for number, term in numbered]
    return [(number, term, effects) for number, term, effects in found if effects is not None]
