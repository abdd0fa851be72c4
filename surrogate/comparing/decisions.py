"""Whether two sets of rules decide alike: on every combination of the features they name, or on a sample of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.comparing.atoms import Atom, Meaning, normal_form
from surrogate.comparing.sides import RuleGroup
from surrogate.seeding import content_generator

__all__ = ["EXHAUSTIVE", "IDENTICAL", "SAMPLED", "DecisionsCompared", "Table", "Vector", "compare_decisions"]

IDENTICAL, EXHAUSTIVE, SAMPLED = "identical", "exhaustive", "sampled"

#: Most features of which every combination is looked at.
_MOST_FEATURES = 12

#: Vectors drawn at random beside those at the boundaries of rules, and most pairs of rules that are made to hold at once.
_RANDOM, _PAIRS = 4096, 8192

#: Examples that are kept.
_EXAMPLES = 6

Vectors = NDArray[np.bool_]


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


@dataclass(frozen=True, eq=False)
class Table:
    """Two sets of rules over the features that either names, and the vectors they are asked about.

    Parameters
    ----------
    before, after : RuleGroup

    Examples
    --------
    >>> Table(RuleGroup((), False), RuleGroup((), False)).vectors.shape
    (1, 0)
    """

    before: RuleGroup
    after: RuleGroup

    @cached_property
    def features(self) -> tuple[Atom, ...]:
        """The features in an order that does not depend on which set came first."""
        named: dict[Meaning, Atom] = {}
        for rule in (*self.before.rules, *self.after.rules):
            for atom in rule.atoms:
                one = atom if atom.present else atom.negated
                named[one.meaning] = min(named.get(one.meaning, one), one)
        return tuple(named[meaning] for meaning in sorted(named))

    @cached_property
    def place(self) -> dict[Meaning, int]:
        """The column of each feature."""
        return {atom.meaning: column for column, atom in enumerate(self.features)}

    @property
    def is_exhaustive(self) -> bool:
        """Whether every combination is among the vectors."""
        return len(self.features) <= _MOST_FEATURES

    @cached_property
    def vectors(self) -> Vectors:
        """Combinations of features, each once; none in which a column has two values."""
        if self.is_exhaustive:
            codes = np.arange(2 ** len(self.features))[:, None]
            found = (codes >> np.arange(len(self.features)) & 1).astype(bool)
        else:
            found = np.unique(np.vstack([self._boundaries(), self._pairs(), self._drawn()]), axis=0)
        return found[self._possible(found)]

    def holds(self, atoms: tuple[Atom, ...]) -> NDArray[np.bool_]:
        """Whether a condition holds for each vector, shape (n_vectors,)."""
        held = np.ones(len(self.vectors), dtype=bool)
        for atom in atoms:
            held &= self.vectors[:, self.place[atom.meaning]] == atom.present
        return held

    def speaks(self, group: RuleGroup) -> NDArray[np.intp]:
        """Place of the rule of a set that speaks for each vector, -1: none, shape (n_vectors,)."""
        speaker = np.full(len(self.vectors), -1, dtype=np.intp)
        number = {rule.number: place for place, rule in enumerate(group.rules)}
        for rule in reversed(group.in_order):
            speaker[self.holds(rule.atoms)] = number[rule.number]
        return speaker

    def _minimal(self) -> Vectors:
        """For each rule, only what its condition asks for."""
        rules = (*self.before.rules, *self.after.rules)
        found = np.zeros((len(rules) + 1, len(self.features)), dtype=bool)
        for row, rule in enumerate(rules):
            found[row, [self.place[atom.meaning] for atom in rule.atoms if atom.present]] = True
        return np.unique(found, axis=0)

    def _boundaries(self) -> Vectors:
        """For each rule, what just fulfils its condition, and what fails it by one feature."""
        found = [self._minimal()]
        for rule in (*self.before.rules, *self.after.rules):
            columns = [self.place[atom.meaning] for atom in rule.atoms]
            rows = np.zeros((len(columns), len(self.features)), dtype=bool)
            rows[:, columns] = [atom.present for atom in rule.atoms]
            rows[np.arange(len(columns)), columns] ^= True
            found.append(rows)
        return np.vstack(found)

    def _pairs(self) -> Vectors:
        """Two rules at once, as far as they go together."""
        minimal = self._minimal()
        first, second = np.triu_indices(len(minimal), 1)
        if len(first) > _PAIRS:
            chosen = np.sort(self._generator("pairs").choice(len(first), _PAIRS, replace=False))
            first, second = first[chosen], second[chosen]
        return minimal[first] | minimal[second]

    def _drawn(self) -> Vectors:
        """Up to four rules at once, with some features more and some fewer."""
        generator, minimal = self._generator("drawn"), self._minimal()
        found = np.zeros((_RANDOM, len(self.features)), dtype=bool)
        for times in range(4):
            rows = generator.random(_RANDOM) < 1 / (1 + times)
            found[rows] |= minimal[generator.integers(len(minimal), size=int(rows.sum()))]
        return found ^ (generator.random(found.shape) < 1.5 / len(self.features))

    def _generator(self, what: str) -> np.random.Generator:
        conditions = sorted(repr(sorted(rule.atoms)) for rule in (*self.before.rules, *self.after.rules))
        return content_generator(what, conditions)

    def _possible(self, vectors: Vectors) -> NDArray[np.bool_]:
        fine = np.ones(len(vectors), dtype=bool)
        for column in sorted({atom.column for atom in self.features if atom.column is not None}):
            values = [place for place, atom in enumerate(self.features) if atom.column == column]
            fine &= vectors[:, values].sum(axis=1) <= 1
        return fine


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
