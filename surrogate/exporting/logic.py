"""Logic: what an export must do, whatever its format: a decision table that is heard from the top, or scores of classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.exporting.columns import Column

__all__ = ["NO_RULE", "DecisionRow", "DecisionTable", "Logic", "Said", "Scorecard"]

#: What stands in place of a rule's identifier where no rule holds; no class, and no identifier, since it has spaces.
NO_RULE = "no rule holds"


@dataclass(frozen=True)
class Said:
    """What was said of each row.

    Parameters
    ----------
    labels : tuple of str or None, length n_rows
        The class; None: no rule holds.
    rules : tuple of str or None, length n_rows, or None
        Identifier of the rule that gave the answer, :data:`NO_RULE` where none holds; None: an engine that does not tell.

    Examples
    --------
    >>> Said(("fees", None)).differs(Said(("fees", "cards"), ("ab12", "cd34")))
    [1]
    """

    labels: tuple[str | None, ...]
    rules: tuple[str, ...] | None = None

    def differs(self, other: Said) -> list[int]:
        """Rows of which another says a different class, or gives a different rule where both tell."""
        if len(self.labels) != len(other.labels):
            return list(range(max(len(self.labels), len(other.labels))))
        wrong = [one != two for one, two in zip(self.labels, other.labels, strict=True)]
        if self.rules is not None and other.rules is not None:
            wrong = [bad or one != two for bad, one, two in zip(wrong, self.rules, other.rules, strict=True)]
        return [row for row, bad in enumerate(wrong) if bad]


@dataclass(frozen=True)
class DecisionRow:
    """One rule, or one leaf of a tree.

    Parameters
    ----------
    id : str
        Identifier that only its conditions enter.
    number : int
        As the report counts it, from 1.
    tests : tuple of (int, bool)
        Column and whether it must be present; each column at most once; all must hold.
    class_index : int
    evidence : dict
        What held-out documents said, as in the record.

    Examples
    --------
    >>> row = DecisionRow("ab12", 1, ((0, True), (2, False)), 0)
    >>> row.holds(np.array([[True, False, False], [True, False, True]])).tolist()
    [True, False]
    """

    id: str
    number: int
    tests: tuple[tuple[int, bool], ...]
    class_index: int
    evidence: dict[str, Any] = field(default_factory=dict)

    def holds(self, presence: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether all tests hold for each row (bool, shape (n_rows, n_columns)), shape (n_rows,)."""
        held = np.ones(len(presence), dtype=bool)
        for column, present in self.tests:
            held &= presence[:, column] == present
        return held


@dataclass(frozen=True)
class DecisionTable:
    """Rules in the order in which they are heard: of those that hold, the first speaks; none: no class.

    Parameters
    ----------
    columns : tuple of Column
    classes : tuple of str
    rows : tuple of DecisionRow
        First the one that is heard first.
    complete : bool, default False
        Whether exactly one row holds for whatever is present, as for the leaves of a tree.

    Examples
    --------
    >>> from surrogate.exporting.columns import columns_of
    >>> from surrogate.features import Feature
    >>> table = DecisionTable(columns_of([Feature("word", "fee", "fee")]), ("fees",), (DecisionRow("ab", 1, ((0, True),), 0),))
    >>> table.say(np.array([[True], [False]]))
    Said(labels=('fees', None), rules=('ab', 'no rule holds'))
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    rows: tuple[DecisionRow, ...]
    complete: bool = False

    def say(self, presence: NDArray[np.bool_]) -> Said:
        """What is said of each row (bool, shape (n_rows, n_columns))."""
        first = np.full(len(presence), len(self.rows), dtype=np.intp)
        for number in reversed(range(len(self.rows))):
            first[self.rows[number].holds(presence)] = number
        labels = (*(self.classes[row.class_index] for row in self.rows), None)
        names = (*(row.id for row in self.rows), NO_RULE)
        return Said(tuple(labels[one] for one in first), tuple(names[one] for one in first))


@dataclass(frozen=True)
class Scorecard:
    """A score for each class, a sum; the class of the highest score, the first of equals.

    The sum begins with 0, takes the weights of the columns that are present in the order of the columns, and the intercept
    last, all in 64-bit floating point: so that equal scores are equal everywhere.

    Parameters
    ----------
    columns : tuple of Column
    classes : tuple of str
    intercepts : tuple of float, length n_classes
        In log-odds.
    weights : tuple of tuple of (int, float), length n_classes
        For each class, column and weight in the order of the columns.
    evidence : dict
        The coefficients with their intervals, as in the record.

    Examples
    --------
    >>> from surrogate.exporting.columns import columns_of
    >>> from surrogate.features import Feature
    >>> card = Scorecard(columns_of([Feature("word", "fee", "fee")]), ("fees", "other"), (0.0, 1.0), (((0, 3.0),), ()))
    >>> card.say(np.array([[True], [False]])).labels
    ('fees', 'other')
    """

    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    weights: tuple[tuple[tuple[int, float], ...], ...]
    evidence: dict[str, Any] = field(default_factory=dict)

    def scores(self, presence: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Score of each class, shape (n_rows, n_classes)."""
        sums = np.zeros((len(presence), len(self.classes)))
        for number, listed in enumerate(self.weights):
            for column, weight in listed:
                sums[:, number] += np.where(presence[:, column], weight, 0.0)
        return sums + np.array(self.intercepts)

    def say(self, presence: NDArray[np.bool_]) -> Said:
        """What is said of each row (bool, shape (n_rows, n_columns)); no rule is named."""
        return Said(tuple(self.classes[place] for place in self.scores(presence).argmax(axis=1)))


#: What an export must do.
Logic = DecisionTable | Scorecard
