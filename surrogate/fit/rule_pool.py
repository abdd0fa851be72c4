"""The pool: many conjunctions of presences and absences that are right about a class, found by a beam search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Conjunction", "Documents", "smoothed", "rule_pool"]

#: Places of features; the absence of feature j of n is written n + j.
Conjunction = tuple[int, ...]

#: A rule's error rate is taken as if one more document, half wrong, were there: (e + .5) / (m + 1).
_PRIOR_ERROR, _PRIOR = 0.5, 1.0

#: What an error costs, in right documents, while the pool is searched.
_CAUTION = 6.0

#: Conjunctions of one length that are made longer, and those that are kept, for one class.
_BEAM, _KEPT = 600, 2500

#: Conjunctions whose documents are held as numbers at a time.
_BLOCK = 256

#: An absence must take away at least this much error.
_LEAST_REMOVED = 0.5


def smoothed(errors: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Error rates as if one more document, half wrong, were there.

    Examples
    --------
    >>> smoothed(np.array([0.0, 1.0]), np.array([0.0, 9.0])).tolist()
    [0.5, 0.15]
    """
    return (errors + _PRIOR_ERROR) / (counts + _PRIOR)


@dataclass(frozen=True, eq=False)
class Documents:
    """The documents that a pool is searched on.

    Parameters
    ----------
    presence : ndarray of float32, shape (n_documents, n_features)
        Zeros and ones.
    errors : ndarray of float32, shape (n_documents, n_classes)
        How wrong each class would be, multiples of 1/256.
    nested : ndarray of bool, shape (n_features, n_features)
        Pairs of which the presence of one does not go with the absence of the other.

    Examples
    --------
    >>> Documents(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32), np.eye(2, dtype=bool)).presence.shape
    (2, 2)
    """

    presence: NDArray[np.float32]
    errors: NDArray[np.float32]
    nested: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Level:
    """Conjunctions of one length, with the documents that fulfil them, shape (n_conjunctions, n_documents)."""

    conjunctions: list[Conjunction]
    covered: NDArray[np.bool_]


def rule_pool(documents: Documents, max_conditions: int, min_support: int) -> list[tuple[int, Conjunction]]:
    """Class and conjunction of every rule of the pool, by class, then shortest and best first.

    For each class: all single features with enough support; then, for every length up to ``max_conditions``, each conjunction of
    the beam with one more presence or absence, where that is worth more than the conjunction itself.  The worth of a rule that
    covers m documents with error rate r is ``m ((1 - r) - 6 r)``; its support is the number it covers less their errors.  Of
    rules that cover the same documents the first is kept.

    Parameters
    ----------
    documents : Documents
    max_conditions : int
    min_support : int

    References
    ----------
    Clark and Niblett, "The CN2 induction algorithm", Machine Learning 3, 1989 (a beam search for conjunctions).

    Examples
    --------
    >>> presence = np.array([[1, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    >>> errors = np.array([[0, 1], [0, 1], [1, 0], [1, 0]], dtype=np.float32)
    >>> rule_pool(Documents(presence, errors, np.eye(2, dtype=bool)), 2, 2)
    [(0, (0,)), (0, (0, 3)), (1, (1,))]
    """
    return [
        (class_index, conjunction)
        for class_index in range(documents.errors.shape[1])
        for conjunction in _of_class(documents, documents.errors[:, class_index], max_conditions, min_support)
    ]


def _of_class(
    documents: Documents, errors: NDArray[np.float32], max_conditions: int, min_support: int
) -> Iterator[Conjunction]:
    presence = documents.presence
    counts, wrong = presence.sum(axis=0, dtype=np.float64), (errors @ presence).astype(np.float64)
    chosen = np.flatnonzero(counts - wrong >= min_support)
    level = _Level([(int(column),) for column in chosen], presence[:, chosen].T.astype(bool))
    seen = {row.tobytes() for row in np.packbits(level.covered, axis=1)}
    # A single feature that is wrong more often than right is no rule, but may become one.
    yield from ((int(column),) for column in chosen if 2 * wrong[column] < counts[column])
    for _ in range(1, max_conditions):
        if not level.conjunctions:
            return
        level = _longer(documents, errors, level, min_support, seen)
        yield from level.conjunctions
        level = _Level(level.conjunctions[:_BEAM], level.covered[:_BEAM])


def _longer(
    documents: Documents, errors: NDArray[np.float32], level: _Level, min_support: int, seen: set[bytes]
) -> _Level:
    """The best conjunctions that are one condition longer, with different coverage than any ``seen`` (which they join)."""
    worth = _worths(documents, errors, level, min_support)
    places = np.flatnonzero(np.isfinite(worth))
    places = places[np.argsort(-worth.ravel()[places], kind="stable")[: 2 * _KEPT]]
    by_column = documents.presence.T.astype(bool)
    n_features = len(by_column)
    conjunctions: list[Conjunction] = []
    covered: list[NDArray[np.bool_]] = []
    for place in places:
        row, literal = divmod(int(place), 2 * n_features)
        column = by_column[literal % n_features]
        own = level.covered[row] & (column if literal < n_features else ~column)
        packed = np.packbits(own).tobytes()
        if packed not in seen:
            seen.add(packed)
            conjunctions.append(tuple(sorted((*level.conjunctions[row], literal))))
            covered.append(own)
        if len(conjunctions) == _KEPT:
            break
    return _Level(conjunctions, np.array(covered, dtype=bool).reshape(len(covered), len(documents.presence)))


def _worths(documents: Documents, errors: NDArray[np.float32], level: _Level, min_support: int) -> NDArray[np.float64]:
    """Worth of each conjunction with each further presence or absence, minus infinity where it is none.

    Shape (n_conjunctions, 2 n_features).
    """
    counts, wrong = _joint(level.covered, errors, documents.presence)
    n_covered, n_wrong = _joint(level.covered, errors, np.ones((len(errors), 1), dtype=np.float32))
    before = _worth(n_covered, n_wrong)
    with_presence = _where_better(counts, wrong, before, min_support)
    with_absence = _where_better(n_covered - counts, n_wrong - wrong, before, min_support)
    with_absence[wrong < _LEAST_REMOVED] = -np.inf
    n_features = documents.presence.shape[1]
    for row, conjunction in enumerate(level.conjunctions):
        with_presence[row, [literal % n_features for literal in conjunction]] = -np.inf
        with_absence[row, [literal - n_features for literal in conjunction if literal >= n_features]] = -np.inf
        present = [literal for literal in conjunction if literal < n_features]
        with_absence[row, documents.nested[present].any(axis=0)] = -np.inf
        # The other way round: no presence of what is nested with a feature that is absent.
        absent = [literal - n_features for literal in conjunction if literal >= n_features]
        with_presence[row, documents.nested[absent].any(axis=0)] = -np.inf
    return np.hstack([with_presence, with_absence])


def _joint(
    covered: NDArray[np.bool_], errors: NDArray[np.float32], presence: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Number and errors of the documents that each conjunction covers and that have each feature."""
    counts, wrong = (np.zeros((len(covered), presence.shape[1])) for _ in range(2))
    for start in range(0, len(covered), _BLOCK):
        block = covered[start : start + _BLOCK].astype(np.float32)
        counts[start : start + _BLOCK] = block @ presence
        block *= errors
        wrong[start : start + _BLOCK] = block @ presence
    return counts, wrong


def _worth(counts: NDArray[np.float64], wrong: NDArray[np.float64]) -> NDArray[np.float64]:
    rate = smoothed(wrong, counts)
    return counts * ((1 - rate) - _CAUTION * rate)


def _where_better(
    counts: NDArray[np.float64], wrong: NDArray[np.float64], before: NDArray[np.float64], min_support: int
) -> NDArray[np.float64]:
    worth = _worth(counts, wrong)
    worth[(counts - wrong < min_support) | (worth <= before)] = -np.inf
    return worth
