"""What each unit adds to what a sparse linear surrogate says of the whole text, all its terms taken together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal
from surrogate.shares import Condition

__all__ = ["UnitEffect", "unit_shares"]


@dataclass(frozen=True)
class UnitEffect:
    """What one unit adds, from a copy that keeps nothing to the whole text.

    The terms of a surrogate can be put in several ways that say the same, as x (1 - y) is x less x y; what a unit adds
    in all does not depend on the way chosen.

    Parameters
    ----------
    unit : int
    text : str
        The unit as it stands in the text.
    coefficient : float
        Shapley value of the unit in the surrogate: its share of each term.  All of them add up to what the surrogate says
        of the whole text, less what it says of a copy that keeps nothing.
    low, high : float, optional
        95 % interval, from the same bootstrap as that of the terms.
    frequency : float, optional
        Share of refits to half of the calls in which the unit adds something with the same sign.
    grade : str, optional
        "stable", "weak" or "not reportable"; None: not measured, as there were no refits.

    Examples
    --------
    >>> UnitEffect.from_dict(UnitEffect(3, "card", 1.5).to_dict())
    UnitEffect(unit=3, text='card', coefficient=1.5, low=None, high=None, frequency=None, grade=None)
    """

    unit: int
    text: str
    coefficient: float
    low: float | None = None
    high: float | None = None
    frequency: float | None = None
    grade: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> UnitEffect:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


def unit_shares(conditions: Sequence[Iterable[Condition]], n_units: int) -> NDArray[np.float64] | None:
    """How much of each term is due to each unit: Shapley values of the terms' conditions.

    A product of k presences is shared out evenly; an absence is one less a presence, so a product with absences is a sum
    of products of presences.

    Parameters
    ----------
    conditions : sequence of iterable of Literal or Share, length n_terms
    n_units : int

    Returns
    -------
    ndarray of float, shape (n_units, n_terms), or None
        None where a term is about many units at once: its words are named with it.

    References
    ----------
    Shapley, "A value for n-person games", 1953; Harsanyi, "A simplified bargaining model for the n-person cooperative
    game", International Economic Review 1963 (the dividend of a coalition is shared out evenly).

    Examples
    --------
    >>> unit_shares([(Literal(0, True), Literal(2, False)), (Literal(2, True),)], 3).tolist()
    [[0.5, 0.0], [0.0, 0.0], [-0.5, 1.0]]
    """
    shares = np.zeros((n_units, len(conditions)))
    for place, condition in enumerate(conditions):
        literals = [one for one in condition if isinstance(one, Literal)]
        if len(literals) < len(tuple(condition)):
            return None
        kept = {one.unit for one in literals if one.kept}
        removed = sorted({one.unit for one in literals if not one.kept})
        if kept & set(removed):
            continue
        for size in range(len(removed) + 1):
            for chosen in combinations(removed, size):
                units = sorted(kept | set(chosen))
                shares[units, place] += (-1) ** size / max(len(units), 1)
    return shares
