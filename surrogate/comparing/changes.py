"""What changed between two records, piece by piece: rules, terms, measures and facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.comparing.atoms import Atom

__all__ = ["ADDED", "CHANGED", "REMOVED", "SAME", "FactChange", "MeasureChange", "RuleChange", "RuleSide", "TermChange"]

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"

Numbers = dict[str, Any]


@dataclass(frozen=True)
class RuleSide:
    """A rule as it stands in one of the records.

    Parameters
    ----------
    id : str
        As in the record.
    number : int
        Its place in the record, from 1.
    heard : int
        Its place in the order in which rules are heard, from 1.
    atoms : tuple of Atom
        All of them must hold; none: "otherwise".
    says : str
        The label, or the target or its opposite.
    precision, coverage : dict or None
        With value, low and high; None: not reportable.
    n : int
        Test rows behind the precision.
    grade : str or None

    Examples
    --------
    >>> side = RuleSide("ab", 1, 1, (Atom("stem", "fee", "fee", True),), "fees", None, None, 0, None)
    >>> RuleSide.from_dict(side.to_dict()) == side
    True
    """

    id: str
    number: int
    heard: int
    atoms: tuple[Atom, ...]
    says: str
    precision: Numbers | None
    coverage: Numbers | None
    n: int
    grade: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "atoms": [atom.to_dict() for atom in self.atoms]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RuleSide:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "atoms": tuple(Atom.from_dict(atom) for atom in data["atoms"])})


@dataclass(frozen=True)
class RuleChange:
    """What became of one rule.

    Parameters
    ----------
    change : {"same", "changed", "added", "removed"}
    before, after : RuleSide or None
    how : tuple of str
        Of a changed rule: "gained", "lost" (conditions), "class", "order", "definition"; of one that is the same: "form",
        where it is written otherwise but holds for the same documents at its place.
    gained, lost : tuple of Atom
        Conditions that came and went.
    apart : tuple of (str, bool or None)
        For "precision" and "coverage": whether the two intervals do not overlap; None: one has none.

    Examples
    --------
    >>> RuleChange.from_dict(RuleChange("added", None, None).to_dict()).change
    'added'
    """

    change: str
    before: RuleSide | None
    after: RuleSide | None
    how: tuple[str, ...] = ()
    gained: tuple[Atom, ...] = ()
    lost: tuple[Atom, ...] = ()
    apart: tuple[tuple[str, bool | None], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "change": self.change,
            "before": None if self.before is None else self.before.to_dict(),
            "after": None if self.after is None else self.after.to_dict(),
            "how": list(self.how),
            "gained": [atom.to_dict() for atom in self.gained],
            "lost": [atom.to_dict() for atom in self.lost],
            "apart": dict(self.apart),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> RuleChange:
        """Inverse of :meth:`to_dict`."""
        before, after = (None if data[side] is None else RuleSide.from_dict(data[side]) for side in ("before", "after"))
        gained, lost = (tuple(Atom.from_dict(atom) for atom in data[name]) for name in ("gained", "lost"))
        return cls(
            data["change"], before, after, tuple(data["how"]), gained, lost, tuple(sorted(data["apart"].items()))
        )


@dataclass(frozen=True)
class TermChange:
    """What became of one term of a linear surrogate, or of what one unit adds.

    Parameters
    ----------
    what : {"term", "effect", "value", "interaction"}
    change : {"same", "size", "sign", "added", "removed"}
        "size": the value changed by more than both intervals, neither of which holds the other's value.
    atoms : tuple of Atom
    label : str
        The decision that it speaks for.
    before, after : dict or None
        With value, low, high and grade.
    apart : bool or None
        Whether the two intervals do not overlap; None: one has none.

    Examples
    --------
    >>> TermChange.from_dict(TermChange("term", "added", (), "fees", None, {"value": 1.0}).to_dict()).after
    {'value': 1.0}
    """

    what: str
    change: str
    atoms: tuple[Atom, ...]
    label: str
    before: Numbers | None
    after: Numbers | None
    apart: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "atoms": [atom.to_dict() for atom in self.atoms]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TermChange:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "atoms": tuple(Atom.from_dict(atom) for atom in data["atoms"])})


@dataclass(frozen=True)
class MeasureChange:
    """One measure before and after.

    Parameters
    ----------
    name : str
        Such as "agreement" or "r2".
    before, after : dict or None
        An estimate with its interval, or a dict with only a value; None: it was not measured.
    apart : bool or None
        Whether the two intervals do not overlap; None: one has none.

    Examples
    --------
    >>> MeasureChange("n", {"value": 1}, None).to_dict()["apart"] is None
    True
    """

    name: str
    before: Numbers | None
    after: Numbers | None
    apart: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MeasureChange:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)


@dataclass(frozen=True)
class FactChange:
    """A value that is stated otherwise in the two records.

    Parameters
    ----------
    section : str
        Such as "model", "prompt", "data", "recipe", "policy", "versions".
    path : str
        Where in the section, keys joined by dots.
    change : {"changed", "added", "removed"}
    before, after : JSON value
        None also where it is not stated; ``change`` tells.

    Examples
    --------
    >>> FactChange("recipe", "fit.max_rules", "changed", 40, 30).to_dict()["path"]
    'fit.max_rules'
    """

    section: str
    path: str
    change: str
    before: Any
    after: Any

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FactChange:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)
