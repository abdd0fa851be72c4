"""Judgement: what a policy says of a comparison, check by check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.comparing.materiality import Materiality

__all__ = ["CANNOT_BE_TOLD", "MATERIAL", "NOT_MATERIAL", "Check", "Judgement"]

MATERIAL, NOT_MATERIAL, CANNOT_BE_TOLD = "material", "not material", "cannot be told"


@dataclass(frozen=True)
class Check:
    """One line of the policy, looked at.

    Parameters
    ----------
    name : str
        The parameter of the policy.
    result : {"material", "not material", "cannot be told"}
    sentence : str
        What was found against what is allowed.

    Examples
    --------
    >>> Check.from_dict(Check("model_changed", "material", "Another model.").to_dict()).result
    'material'
    """

    name: str
    result: str
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Check:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


@dataclass(frozen=True)
class Judgement:
    """What a policy says of a comparison.

    Parameters
    ----------
    policy : Materiality
    checks : tuple of Check
        Those that the policy asks for and the records have something to say about.

    Examples
    --------
    >>> Judgement(Materiality(), (Check("model_changed", "cannot be told", "No fingerprint."),)).verdict
    'cannot be told'
    """

    policy: Materiality
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> str:
        """Material where one check says so; else it cannot be told where one check cannot tell."""
        results = {check.result for check in self.checks}
        return next((one for one in (MATERIAL, CANNOT_BE_TOLD) if one in results), NOT_MATERIAL)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sentences that carry the verdict."""
        return tuple(check.sentence for check in self.checks if check.result == self.verdict)

    @property
    def label(self) -> str:
        """Whose policy it is, in a sentence.

        Examples
        --------
        >>> Judgement(Materiality(name="MRM-7", owner="Model risk"), ()).label
        'By the policy “MRM-7” of Model risk.'
        """
        if self.policy.owner is None:
            return "By default thresholds of this package. Nobody stated them as a policy: name yours, with its owner."
        named = f" “{self.policy.name}”" if self.policy.name else ""
        return f"By the policy{named} of {self.policy.owner}."

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "verdict": self.verdict,
            "label": self.label,
            "reasons": list(self.reasons),
            "policy": self.policy.to_dict(),
            "checks": [check.to_dict() for check in self.checks],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Judgement:
        """Inverse of :meth:`to_dict`; verdict, label and reasons follow from the rest."""
        return cls(Materiality.from_dict(data["policy"]), tuple(Check.from_dict(one) for one in data["checks"]))
