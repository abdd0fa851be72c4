"""Which rows the rules of a pool cover, and how wrong they are there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from surrogate.fit.rule_pool import Conjunction

__all__ = ["Cover", "cover_of"]


@dataclass(frozen=True, eq=False)
class Cover:
    """Rows that each rule covers, by row, with what each row counts for.

    Parameters
    ----------
    rules : list of (int, Conjunction)
        Class and conjunction.
    covered : csc_matrix of float64, shape (n_rules, n_rows)
        Ones.
    weights : ndarray of float64, shape (n_rows,)
    errors : ndarray of float32, shape (n_rows, n_classes)
    original : ndarray of bool, shape (n_rows,)
        Whether a row is a document itself.
    """

    rules: list[tuple[int, Conjunction]]
    covered: csc_matrix
    weights: NDArray[np.float64]
    errors: NDArray[np.float32]
    original: NDArray[np.bool_]

    def totals(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Weight, weighed error and number of documents that each rule covers among some rows, shape (3, n_rules)."""
        part = self.covered[:, rows]
        rules = part.indices
        row = np.repeat(rows, np.diff(part.indptr))
        said = np.array([class_index for class_index, _ in self.rules], dtype=np.intp)
        weights = self.weights[row]
        counted = (weights, weights * self.errors[row, said[rules]], self.original[row].astype(np.float64))
        return np.array([np.bincount(rules, values, minlength=len(self.rules)) for values in counted])

    def rows_of(self, rule: int) -> NDArray[np.bool_]:
        """Whether a rule covers each row, shape (n_rows,)."""
        return np.asarray(self.covered[rule].toarray()).ravel() > 0


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
    >>> cover.rows_of(1).tolist(), cover.totals(np.array([0, 1]))[0].tolist()
    ([True, False, False], [2.0, 1.0])
    """
    n_features, n_rows = presence.shape
    having = [np.flatnonzero(row) for row in presence]
    found = []
    for _, conjunction in rules:
        first, *others = conjunction
        rows = having[first]
        for literal in others:
            rows = rows[presence[literal % n_features, rows] == (literal < n_features)]
        found.append(rows)
    starts = np.cumsum([0, *map(len, found)])
    indices = np.concatenate([*found, np.zeros(0, dtype=np.intp)])
    # Rules are the columns of what is made here; its transpose in compressed columns is by row.
    by_rule = csc_matrix((np.ones(len(indices)), indices, starts), shape=(n_rows, len(rules)))
    return Cover(rules, by_rule.T.tocsc(), weights, errors, original)
