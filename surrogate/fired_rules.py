"""Fired rules: which rules of an audit of a whole corpus hold for one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.estimate import Estimate
from surrogate.features import Feature

__all__ = ["FiredRule", "FiredRules"]


@dataclass(frozen=True)
class FiredRule:
    """A rule of an audit whose condition holds for the text, with what held-out documents of the audit said about it.

    Parameters
    ----------
    id : str
        As in the audit.
    number : int
        Its place in the audit's rule set, from 1.
    conditions : tuple of (Feature, bool)
        All of them hold: the feature is in the text, or is not.
    label : str
        What the rule says.
    precision, coverage : Estimate
        Among the held-out documents of the audit.
    n : int
        Held-out documents under its condition.
    grade : str
        The audit's word for how far it is borne out.
    speaks : bool
        Whether it gives the rule set's answer for this text, no other rule going before it.

    Examples
    --------
    >>> fee = Feature("word", "fee", "fee")
    >>> precision, coverage = Estimate(0.9, 0.8, 1.0), Estimate(0.1, 0.1, 0.1)
    >>> rule = FiredRule("abc", 1, ((fee, True),), "fees", precision, coverage, 30, "confirmed", True)
    >>> FiredRule.from_dict(rule.to_dict()) == rule
    True
    """

    id: str
    number: int
    conditions: tuple[tuple[Feature, bool], ...]
    label: str
    precision: Estimate
    coverage: Estimate
    n: int
    grade: str
    speaks: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **vars(self),
            "conditions": [{"feature": feature.to_dict(), "present": present} for feature, present in self.conditions],
            "precision": self.precision.to_dict(),
            "coverage": self.coverage.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FiredRule:
        """Inverse of :meth:`to_dict`."""
        conditions = tuple((Feature.from_dict(one["feature"]), bool(one["present"])) for one in data["conditions"])
        estimates = {name: Estimate.from_dict(data[name]) for name in ("precision", "coverage")}
        return cls(**{**data, "conditions": conditions, **estimates})


@dataclass(frozen=True)
class FiredRules:
    """Which rules of an audit hold for one text.

    Parameters
    ----------
    rules : tuple of FiredRule
        Those that hold, in the audit's order.
    n_rules : int
        Rules of the audit that were shown.
    untold : tuple of str
        Ids of the rules of which the text alone cannot tell whether they hold: they ask for columns or for concepts.
    withheld : bool
        Whether the audit withheld its rules, so that there are none.
    same_model : bool or None
        Whether the audit was of this very model, by its fingerprint; None: one of the two has none.
    source : dict
        Digest of the audit's record, its model's name and fingerprint, and how many documents it was measured on.

    Examples
    --------
    >>> FiredRules((), 12, ("abc",), False, True, {"sha256": "0"}).answer is None
    True
    """

    rules: tuple[FiredRule, ...]
    n_rules: int
    untold: tuple[str, ...]
    withheld: bool
    same_model: bool | None
    source: dict[str, Any]

    @property
    def answer(self) -> FiredRule | None:
        """The rule that speaks for the text; None: none does."""
        return next((rule for rule in self.rules if rule.speaks), None)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "rules": [rule.to_dict() for rule in self.rules], "untold": list(self.untold)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FiredRules:
        """Inverse of :meth:`to_dict`."""
        rules = tuple(FiredRule.from_dict(rule) for rule in data["rules"])
        return cls(**{**data, "rules": rules, "untold": tuple(data["untold"])})
