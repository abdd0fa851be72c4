"""Two sets of rules over the combinations of features that they are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from surrogate.comparing.atoms import Atom, Meaning
from surrogate.comparing.groups import RuleGroup
from surrogate.seeding import content_generator

__all__ = ["Table"]

#: Most features of which every combination is looked at.
_MOST_FEATURES = 12

#: Vectors drawn at random beside those at the boundaries of rules, and most pairs of rules that are made to hold at once.
_RANDOM, _PAIRS = 4096, 8192

Vectors = NDArray[np.bool_]


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
