"""Which rows the rules of a pool cover, and how wrong they are there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from surrogate.fit.rule_pool import Conjunction

__all__ = ["Cover", "cover_of"]


@dataclass(frozen=True, eq=False)
class Cover:
    """Rows that each rule covers, with what each row counts for.

    Parameters
    ----------
    rules : list of (int, Conjunction)
        Class and conjunction.
    rows : list of ndarray of int
        The rows that each rule covers, in ascending order.
    weights : ndarray of float64, shape (n_rows,)
    errors : ndarray of float32, shape (n_rows, n_classes)
    original : ndarray of bool, shape (n_rows,)
        Whether a row is a document itself.

    Examples
    --------
    >>> rows = [np.array([0, 2]), np.array([2])]
    >>> cover = Cover([(0, (0,)), (1, (1,))], rows, np.ones(3), np.full((3, 2), 0.5, np.float32), np.ones(3, bool))
    >>> cover.overall.tolist()
    [[2.0, 1.0], [1.0, 0.5], [2.0, 1.0]]
    """

    rules: list[tuple[int, Conjunction]]
    rows: list[NDArray[np.intp]]
    weights: NDArray[np.float64]
    errors: NDArray[np.float32]
    original: NDArray[np.bool_]

    @cached_property
    def by_row(self) -> csc_matrix:
        """Ones where a rule covers a row, in compressed columns: the rules of a row lie together; (n_rules, n_rows)."""
        starts = np.cumsum([0, *map(len, self.rows)])
        indices = np.concatenate([*self.rows, np.zeros(0, dtype=np.intp)])
        shape = len(self.weights), len(self.rules)
        return csc_matrix((np.ones(len(indices), dtype=np.int8), indices, starts), shape=shape).T.tocsc()

    @cached_property
    def said(self) -> NDArray[np.intp]:
        """The class of each rule, shape (n_rules,)."""
        return np.array([class_index for class_index, _ in self.rules], dtype=np.intp)

    @cached_property
    def overall(self) -> NDArray[np.float64]:
        """:meth:`totals` of all rows."""
        return self.totals(np.arange(len(self.weights)))

    def totals(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Weight, weighed error and number of documents that each rule covers among some rows, shape (3, n_rules)."""
        part = self.by_row[:, rows]
        rules = part.indices
        row = np.repeat(rows, np.diff(part.indptr))
        weights = self.weights[row]
        counted = (weights, weights * self.errors[row, self.said[rules]], self.original[row])
        return np.array([np.bincount(rules, values, minlength=len(self.rules)) for values in counted])


def cover_of(
    rules: list[tuple[int, Conjunction]],
    presence: NDArray[np.bool_],
    weights: NDArray[np.float64],
    errors: NDArray[np.float32],
    original: NDArray[np.bool_],
) -> Cover:
    """The cover of rules; every conjunction has a presence.

    Parameters
    ----------
    rules : list of (int, Conjunction)
    presence : ndarray of bool, shape (n_features, n_rows)
        By feature, so that a feature's rows lie together.
    weights, errors, original
        As in :class:`Cover`.

    Examples
    --------
    >>> presence = np.array([[True, True, False], [False, True, True]])
    >>> cover = cover_of([(0, (0,)), (1, (0, 3))], presence, np.ones(3), np.zeros((3, 2), np.float32), np.ones(3, bool))
    >>> cover.rows[1].tolist(), cover.totals(np.array([0, 1]))[0].tolist()
    ([0], [2.0, 1.0])
    """
    n_features = len(presence)
    having = [np.flatnonzero(row) for row in presence]
    found = []
    for _, conjunction in rules:
        first, *others = conjunction
        rows = having[first]
        for literal in others:
            rows = rows[presence[literal % n_features, rows] == (literal < n_features)]
        found.append(rows)
    return Cover(rules, found, weights, errors, original)
