"""Stopping: when the doubling of calls ended, why, and what more calls would buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.estimate import two_decimals

__all__ = ["REASONS", "Round", "Stopping"]

#: Why the doubling ended, and the sentence a reader gets.
REASONS = {
    "settled": "What is named first, its signs, the decisions of the surrogates and their fidelity no longer changed when "
    "the calls were doubled.",
    "exhausted": "Every possible altered copy was asked.",
    "no reaction": "The model gave the same answer to every altered copy.",
    "noise": "The surrogates tell the model's answers as well as the model's own repeated answers do.",
    "budget": "The budget was reached before everything had settled.",
    "fixed": "The number of calls was given.",
}


#: The same for a surrogate that predicts nothing: an anchor, Shapley values.
_SETTLED_VALUES = "What is named first, and its signs, no longer changed when the calls were doubled."


@dataclass(frozen=True)
class Round:
    """One round of the doubling, measured on the select part.

    Parameters
    ----------
    calls : int
        Distinct texts asked so far, for fit and select.
    r2 : dict of str to float or None
        Fidelity of each surrogate on the select part; None where it cannot be measured.
    same_terms : float or None
        Share of what this round or the one before names first that both name, with the same sign; None in the first.
    same_decisions : float or None
        Share of altered copies on which every surrogate decides as it did the round before.
    r2_change : float or None
        Largest change of fidelity since the round before, both measured on this round's select part.
    constant : bool
        Whether the model gave the same answer to every copy so far.

    Examples
    --------
    >>> Round.from_dict(Round(64, {"linear": 0.7}).to_dict()) == Round(64, {"linear": 0.7})
    True
    """

    calls: int
    r2: dict[str, float | None]
    same_terms: float | None = None
    same_decisions: float | None = None
    r2_change: float | None = None
    constant: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "r2": dict(self.r2)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Round:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


@dataclass(frozen=True)
class Stopping:
    """How the number of calls came about.

    Parameters
    ----------
    reason : {"settled", "exhausted", "no reaction", "noise", "budget", "fixed"}
    rounds : tuple of Round
    noise_ceiling : float, optional
        For a model whose answers vary: the R2 that its own repeated answers would allow.

    Examples
    --------
    >>> print(Stopping("fixed").sentence)
    The number of calls was given.
    """

    reason: str
    rounds: tuple[Round, ...] = ()
    noise_ceiling: float | None = None

    @property
    def sentence(self) -> str:
        """Why it stopped, in words."""
        predicts = not self.rounds or bool(self.rounds[-1].r2)
        return _SETTLED_VALUES if self.reason == "settled" and not predicts else REASONS[self.reason]

    @property
    def more(self) -> str:
        """What more calls would buy, in words."""
        if self.reason == "exhausted":
            if self.noise_ceiling is not None:
                return "There are no more copies; only more answers to each of them would tell more."
            return "There is nothing more to ask."
        if self.reason == "no reaction":
            return "More calls would most likely show the same."
        gain = self.rounds[-1].r2_change if self.rounds else None
        if gain is None and len(self.rounds) > 1:
            same = f"{100 * (self.rounds[-1].same_terms or 0.0):.0f} %"
            return f"When the calls were last doubled, {same} of what is named first stayed, with the same sign."
        if gain is None:
            return "What more calls would buy was not measured."
        if gain < 0.005:
            return "Doubling the calls last changed fidelity by less than 0.01; more calls would buy next to nothing."
        return (
            f"Doubling the calls last changed fidelity by {two_decimals(gain)}; doubling them again would most likely change "
            "it by less."
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "reason": self.reason,
            "sentence": self.sentence,
            "more": self.more,
            "rounds": [each.to_dict() for each in self.rounds],
            "noise_ceiling": self.noise_ceiling,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Stopping:
        """Inverse of :meth:`to_dict`."""
        rounds = tuple(Round.from_dict(each) for each in data["rounds"])
        return cls(data["reason"], rounds, data["noise_ceiling"])
