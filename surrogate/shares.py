"""Shares: "how much of these words is kept", from 0 to 1; what terms over many units are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal

__all__ = ["Condition", "Share", "condition_from_dict", "product"]


@dataclass(frozen=True)
class Share:
    """How much of some units is kept, or whether at least so much of them is.

    Parameters
    ----------
    units : tuple of int, or None
        Positions in the text, from 0, ascending; None: the whole text.
    least : float, optional
        None: the share itself.  A number: 1 where at least this share is kept, else 0.
    kept : bool, default True
        False: one minus that: the share removed, or less than ``least`` kept.

    Examples
    --------
    >>> masks = np.array([[1, 1, 0], [1, 0, 0]], bool)
    >>> Share((0, 1)).values(masks).tolist()
    [1.0, 0.5]
    >>> Share(None, least=0.5, kept=False).values(masks).tolist()
    [0.0, 1.0]
    """

    units: tuple[int, ...] | None
    least: float | None = None
    kept: bool = True

    def values(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """The share kept, or whether it is large enough, shape (n_masks,)."""
        part = masks if self.units is None else masks[:, list(self.units)]
        share = part.mean(axis=1)
        if self.least is not None:
            share = (share >= self.least).astype(np.float64)
        return np.asarray(share if self.kept else 1.0 - share, dtype=np.float64)

    def to_dict(self) -> dict[str, object]:
        """JSON form."""
        units = None if self.units is None else list(self.units)
        return {"units": units, "least": self.least, "kept": self.kept}

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Share:
        """Inverse of :meth:`to_dict`."""
        units, least = data["units"], data["least"]
        return cls(
            None if units is None else tuple(int(unit) for unit in units),  # type: ignore[attr-defined]
            None if least is None else float(least),  # type: ignore[arg-type]
            bool(data["kept"]),
        )


#: What a term is a product of.
Condition = Literal | Share


def product(conditions: Iterable[Condition], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Product of conditions, shape (n_masks,): zeros and ones for literals, numbers between for shares; none: ones.

    Examples
    --------
    >>> product([Literal(2, True), Share((0, 1))], np.array([[1, 0, 1], [1, 1, 0]], bool)).tolist()
    [0.5, 0.0]
    """
    values = np.ones(len(masks))
    for condition in conditions:
        values *= condition.values(masks) if isinstance(condition, Share) else condition.holds(masks)
    return values


def condition_from_dict(data: dict[str, object]) -> Condition:
    """A literal or a share from its JSON form.

    Examples
    --------
    >>> condition_from_dict({"unit": 2, "kept": True}), condition_from_dict(Share((0, 3)).to_dict())
    (Literal(unit=2, kept=True), Share(units=(0, 3), least=None, kept=True))
    """
    return Share.from_dict(data) if "units" in data else Literal.from_dict(data)
