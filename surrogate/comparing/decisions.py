"""Whether two sets of rules decide alike: on every combination of the features they name, or on a sample of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from surrogate.comparing.atoms import Atom, normal_form
from surrogate.comparing.combinations import Table
from surrogate.comparing.groups import RuleGroup

__all__ = ["EXHAUSTIVE", "IDENTICAL", "SAMPLED", "DecisionsCompared", "Vector", "compare_decisions"]

IDENTICAL, EXHAUSTIVE, SAMPLED = "identical", "exhaustive", "sampled"

#: Examples that are kept.
_EXAMPLES = 6


@dataclass(frozen=True)
class Vector:
    """A combination of features on which two sets of rules decide otherwise.

    Parameters
    ----------
    present : tuple of Atom
        Features that are there; all others that either set names are not.
    before, after : str or None
        What each set says; None: no rule speaks.
    rule_before, rule_after : int or None
        Which rule says it, by its number in the record.

    Examples
    --------
    >>> Vector.from_dict(Vector((), "fees", None, 1, None).to_dict()).before
    'fees'
    """

    present: tuple[Atom, ...]
    before: str | None
    after: str | None
    rule_before: int | None
    rule_after: int | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "present": [atom.to_dict() for atom in self.present]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Vector:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "present": tuple(Atom.from_dict(atom) for atom in data["present"])})


@dataclass(frozen=True)
class DecisionsCompared:
    """Whether two sets of rules decide alike.

    Parameters
    ----------
    how : {"identical", "exhaustive", "sampled"}
        Whether the rules are the same in the same order, every combination of features was looked at, or a sample.
    n_features : int
        Features that either set names.
    n_vectors, n_different : int
        Combinations that were looked at, and those on which the sets decide otherwise.
    examples : tuple of Vector
        Some of them, those with the fewest features first.

    Examples
    --------
    >>> DecisionsCompared("sampled", 20, 5000, 0, ()).proved
    False
    """

    how: str
    n_features: int
    n_vectors: int
    n_different: int
    examples: tuple[Vector, ...]

    @property
    def proved(self) -> bool:
        """Whether they are known to decide alike on every combination."""
        return self.n_different == 0 and self.how != SAMPLED

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "examples": [vector.to_dict() for vector in self.examples]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> DecisionsCompared:
        """Inverse of :meth:`to_dict`."""
        return cls(**{**data, "examples": tuple(Vector.from_dict(one) for one in data["examples"])})


def compare_decisions(table: Table) -> DecisionsCompared:
    """Ask both sets about the vectors of a table.

    Parameters
    ----------
    table : Table

    Examples
    --------
    >>> compare_decisions(Table(RuleGroup((), False), RuleGroup((), False))).how
    'identical'
    """
    n_features = len(table.features)
    if _sequence(table.before) == _sequence(table.after):
        return DecisionsCompared(IDENTICAL, n_features, 0, 0, ())
    speakers = table.speaks(table.before), table.speaks(table.after)
    said = [
        np.array([*(rule.says for rule in group.rules), ""], dtype=object)[speaker]
        for group, speaker in zip((table.before, table.after), speakers, strict=True)
    ]
    covered = (speakers[0] >= 0) != (speakers[1] >= 0)
    different = np.flatnonzero((said[0] != said[1]) | covered)
    # Those with the fewest features first; among equals, those whose features come first in the table.
    rows = sorted(different.tolist(), key=lambda row: (int(table.vectors[row].sum()), (~table.vectors[row]).tolist()))
    examples = tuple(_vector(table, row, int(speakers[0][row]), int(speakers[1][row])) for row in rows[:_EXAMPLES])
    how = EXHAUSTIVE if table.is_exhaustive else SAMPLED
    return DecisionsCompared(how, n_features, len(table.vectors), len(different), examples)


def _sequence(group: RuleGroup) -> list[Any]:
    """The rules by meaning; of rules that exclude each other the order is of no account."""
    rules = [(normal_form(rule.atoms), rule.says) for rule in group.in_order]
    if not group.exclusive:
        return rules
    return sorted(rules, key=lambda rule: ([] if rule[0] is None else sorted(rule[0]), rule[1]))


def _vector(table: Table, row: int, before: int, after: int) -> Vector:
    present = tuple(atom for atom, there in zip(table.features, table.vectors[row], strict=True) if there)
    first = None if before < 0 else table.before.rules[before]
    second = None if after < 0 else table.after.rules[after]
    return Vector(
        present,
        None if first is None else first.says,
        None if second is None else second.says,
        None if first is None else first.number,
        None if second is None else second.number,
    )
