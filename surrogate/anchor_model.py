"""AnchorModel: a few units that, as long as they are kept, hold the model's decision; proposed first, then confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from surrogate.estimate import Estimate
from surrogate.literals import Literal

__all__ = ["CONFIRMED", "NOT_CONFIRMED", "PROPOSED", "AnchorCandidate", "AnchorModel"]

PROPOSED, CONFIRMED, NOT_CONFIRMED = "proposed", "confirmed", "not confirmed"


@dataclass(frozen=True)
class AnchorCandidate:
    """A condition that may be an anchor.

    Parameters
    ----------
    literals : tuple of Literal
        Units that are kept, by position; none: whatever is removed.
    coverage : float
        Exact share of the reference distribution under the condition.
    expected : float
        Share of the copies under it that keep the decision, as the surrogate's teacher expects.
    n_draws : int
        Copies under it that the model was asked about to confirm it.
    n_held : int
        Those of them on which the model kept its decision.

    Examples
    --------
    >>> AnchorCandidate.from_dict(AnchorCandidate((Literal(2, True),), 0.5, 0.97).to_dict()).n_draws
    0
    """

    literals: tuple[Literal, ...]
    coverage: float
    expected: float
    n_draws: int = 0
    n_held: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "literals": [literal.to_dict() for literal in self.literals]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> AnchorCandidate:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "literals": tuple(Literal.from_dict(literal) for literal in data["literals"])})


@dataclass(frozen=True)
class AnchorModel:
    """An anchor: as long as its units are kept, the model keeps its decision on nearly all altered copies.

    It says nothing of copies in which one of its units is removed, so it cannot predict and has no ``predict``.

    Parameters
    ----------
    n_units : int
    candidates : tuple of AnchorCandidate
        Largest coverage first.
    threshold : float
        Share of the copies under the condition that must keep the decision.
    decision : bool or None
        The decision on the text itself: True where the target wins; None: the model did not answer it.
    base : float or None
        Share of all altered copies that keep the decision, by the fitting rows.
    reference : {"sizes", "uniform"}
        The reference distribution on which precision and coverage are meant.
    scale : {"log_odds", "probability"}
    status : {"proposed", "confirmed", "not confirmed"}
    chosen : int or None
        Which candidate was confirmed.
    precision : Estimate or None
        Share of the copies under the chosen condition that keep the decision; baseline: ``base``.
    n_draws : int
        Draws under all candidates together.
    n_calls : int
        Distinct altered copies that were asked for them.
    n_unusable : int
        Draws that the model refused or truncated; they count as not keeping the decision.
    exact : bool
        Every copy under the chosen condition was asked.
    reason : str
        One sentence or two, for a reader.

    References
    ----------
    Ribeiro, Singh and Guestrin, "Anchors: high-precision model-agnostic explanations", AAAI 2018.

    Examples
    --------
    >>> anchor = AnchorModel(3, (AnchorCandidate((Literal(0, True),), 0.5, 0.99),), 0.95, True)
    >>> anchor.status, anchor.literals
    ('proposed', None)
    """

    n_units: int
    candidates: tuple[AnchorCandidate, ...]
    threshold: float
    decision: bool | None
    base: float | None = None
    reference: str = "sizes"
    scale: str = "log_odds"
    status: str = PROPOSED
    chosen: int | None = None
    precision: Estimate | None = None
    n_draws: int = 0
    n_calls: int = 0
    n_unusable: int = 0
    exact: bool = False
    reason: str = ""
    kind: str = field(default="anchor", init=False)

    @property
    def confirmed(self) -> bool:
        """Whether fresh draws, or all copies, bear it out."""
        return self.status == CONFIRMED

    @property
    def literals(self) -> tuple[Literal, ...] | None:
        """The confirmed condition: units that are kept; empty: whatever is removed; None: nothing is confirmed."""
        return None if self.chosen is None else self.candidates[self.chosen].literals

    @property
    def coverage(self) -> float | None:
        """Exact share of the reference distribution under the confirmed condition."""
        return None if self.chosen is None else self.candidates[self.chosen].coverage

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **vars(self),
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "precision": None if self.precision is None else self.precision.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> AnchorModel:
        """Inverse of :meth:`to_dict`."""
        candidates = tuple(AnchorCandidate.from_dict(candidate) for candidate in data["candidates"])
        precision = None if data["precision"] is None else Estimate.from_dict(data["precision"])
        fields = {name: value for name, value in data.items() if name != "kind"}
        return cls(**{**fields, "candidates": candidates, "precision": precision})
