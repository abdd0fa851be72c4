"""Literals: "unit 3 is kept", "unit 7 is removed"; what terms and rules are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Literal", "all_hold"]


@dataclass(frozen=True, order=True)
class Literal:
    """A condition on one unit of the text.

    Parameters
    ----------
    unit : int
        Position of the unit in the text, from 0.
    kept : bool
        True: the unit is kept; False: it is removed.

    Examples
    --------
    >>> Literal(0, True).holds(np.array([[True, False], [False, True]])).tolist()
    [True, False]
    """

    unit: int
    kept: bool

    def holds(self, masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the condition holds for each mask, shape (n_masks,)."""
        return masks[:, self.unit] == self.kept

    def to_dict(self) -> dict[str, object]:
        """JSON form."""
        return {"unit": self.unit, "kept": self.kept}

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Literal:
        """Inverse of :meth:`to_dict`."""
        return cls(int(data["unit"]), bool(data["kept"]))  # type: ignore[call-overload]


def all_hold(literals: Iterable[Literal], masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether every literal holds for each mask, shape (n_masks,); no literal: always.

    Examples
    --------
    >>> all_hold([Literal(0, True), Literal(1, False)], np.array([[True, False], [True, True]])).tolist()
    [True, False]
    """
    held = np.ones(len(masks), dtype=bool)
    for literal in literals:
        held &= literal.holds(masks)
    return held
