"""Refinement: a text with units as fine as the model's answers call for, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.neighborhood import Neighborhood
from surrogate.units import Document

__all__ = ["Refinement", "Stage"]


@dataclass(frozen=True)
class Stage:
    """One stage: what was asked about, and what was split.

    Parameters
    ----------
    kind : str
        Kind of the units, such as "paragraph" or "paragraph+sentence".
    n_units, calls : int
        Units, and distinct texts that were asked.
    into : str
        Kind of the finer units.
    split : tuple of int
        Units that were split, by number.
    shares : tuple of float
        Share of the squared effects that each of them carries, of all units that could be split.
    reason : str
        Why no more were split.

    Examples
    --------
    >>> Stage("sentence", 9, 40, "word", (2,), (0.95,), "they carry 95 % of the squared effects").to_dict()["split"]
    [2]
    """

    kind: str
    n_units: int
    calls: int
    into: str
    split: tuple[int, ...]
    shares: tuple[float, ...]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "n_units": self.n_units,
            "calls": self.calls,
            "into": self.into,
            "split": list(self.split),
            "shares": list(self.shares),
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Stage:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "split": tuple(data["split"]), "shares": tuple(data["shares"])})


@dataclass(frozen=True, eq=False)
class Refinement:
    """A text with units as fine as its answers call for, and how they were found.

    Parameters
    ----------
    document : Document
    stages : tuple of Stage
    asked : Neighborhood or None
        All that was asked, answered, as masks of the final units; its role is "refine".  None: nothing was asked.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> Refinement(split_units("Pay my bill."), (), None).to_dict()
    {'kind': 'word', 'n_units': 4, 'calls': 0, 'stages': []}
    """

    document: Document
    stages: tuple[Stage, ...]
    asked: Neighborhood | None

    @property
    def calls(self) -> int:
        """Distinct texts that were asked."""
        return 0 if self.asked is None else len(set(self.asked.texts))

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without texts."""
        return {
            "kind": self.document.kind,
            "n_units": self.document.n_units,
            "calls": self.calls,
            "stages": [stage.to_dict() for stage in self.stages],
        }
