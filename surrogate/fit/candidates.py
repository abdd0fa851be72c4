"""Candidate terms with what they explain: of some copies their covariances, and of the answers to these what they share.

A product of absences is a sum of presences and their product, so the covariances of all candidates follow from those of
the units and of the products of two presences.  They do not depend on the answers: refits to parts of the calls are taught on
the same copies, and have them in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.possible_terms import PossibleTerms, possible_terms
from surrogate.rows import Rows

__all__ = ["Candidates", "Covariances", "candidate_terms"]

#: Products are looked for among this many units, those with the largest effects.
_UNITS_IN_PRODUCTS = 24

#: Keeps least squares solvable, as a share of the whole variance of the units.
_TRACE = 1e-9

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covariances:
    """Of k candidate terms on some weighted copies.

    Parameters
    ----------
    terms : PossibleTerms
    centred : ndarray of float32, shape (n, m)
        The columns that the terms are made of, less their means, times the root of each copy's share of the weights.
    of_columns : ndarray of float, shape (m, m)
    """

    terms: PossibleTerms
    centred: NDArray[np.float32]
    of_columns: Array

    @cached_property
    def variances(self) -> Array:
        """Variance of each candidate, shape (k,)."""
        parts, factors = self.terms.parts, self.terms.factors
        blocks = self.of_columns[parts[:, :, None], parts[:, None, :]]
        return np.einsum("ki,kij,kj->k", factors, blocks, factors)

    @cached_property
    def _known(self) -> tuple[Array, NDArray[np.bool_]]:
        """Covariances of candidates with all, shape (k, k), and which of these rows were computed."""
        k = len(self.terms.parts)
        return np.empty((k, k)), np.zeros(k, dtype=bool)

    def rows(self, places: NDArray[np.intp]) -> Array:
        """Covariances of some candidates with all, k more than the shape of ``places``; kept once they were asked for."""
        table, known = self._known
        for place in set(places[~known[places]].tolist()):
            parts, factors = self.terms.parts, self.terms.factors
            column = factors[place] @ self.of_columns[parts[place]]
            table[place] = (factors * column[parts]).sum(axis=1)
            known[place] = True
        return table[places]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Terms that may be chosen, k of them, with their covariances and what they share with the values.

    Parameters
    ----------
    terms : PossibleTerms
    covariances : Covariances
    moments : ndarray of float, shape (k,)
        Covariance of each candidate with the values.
    variance : float
        Of the values.

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = masks[:, 0] * 4.0
    >>> rows = Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good"))
    >>> candidates = candidate_terms(rows, 2)
    >>> len(candidates.terms.conditions), candidates.moments[:2].tolist()
    (6, [1.0, 0.0])
    """

    terms: PossibleTerms
    covariances: Covariances
    moments: Array
    variance: float


def candidate_terms(rows: Rows, max_units: int) -> Candidates:
    """All units, and the products of two of those with the largest effects, kept or removed.

    Parameters
    ----------
    rows : Rows
        What is learned from; its values vary.
    max_units : {1, 2}
        Most units in a term.

    Returns
    -------
    Candidates
    """
    terms = possible_terms(rows.n_units, _largest_effects(rows) if max_units > 1 else ())
    masks, weights = np.ascontiguousarray(rows.masks), np.ascontiguousarray(rows.weights, dtype=np.float64)
    covariances = _covariances(terms, masks.tobytes(), weights.tobytes())
    share = rows.weights / rows.weights.sum()
    values = (rows.values - share @ rows.values) * np.sqrt(share)
    with_columns = (covariances.centred.T @ values.astype(np.float32)).astype(np.float64)
    moments = (terms.factors * with_columns[terms.parts]).sum(axis=1)
    return Candidates(terms, covariances, moments, float(values @ values))


@lru_cache(maxsize=2)
def _covariances(terms: PossibleTerms, masks: bytes, weights: bytes) -> Covariances:
    """The covariances on copies that are given as bytes of their masks and weights."""
    columns = terms.columns(np.frombuffer(masks, dtype=bool).reshape(-1, terms.n_units))
    numbers = np.frombuffer(weights)
    share = numbers / numbers.sum()
    centred = columns - (share @ columns).astype(np.float32)
    centred *= np.sqrt(share)[:, None].astype(np.float32)
    return Covariances(terms, centred, (centred.T @ centred).astype(np.float64))


def _largest_effects(rows: Rows) -> tuple[int, ...]:
    """Units with the largest least-squares effects beside all others, in order of position; all where there are few."""
    if rows.n_units <= _UNITS_IN_PRODUCTS:
        return tuple(range(rows.n_units))
    share = rows.weights / rows.weights.sum()
    masks = rows.masks.astype(np.float64)
    centred = (masks - share @ masks) * np.sqrt(share)[:, None]
    gram = centred.T @ centred
    gram[np.diag_indices_from(gram)] += _TRACE * (np.trace(gram) + 1e-12)
    effects = np.abs(np.linalg.solve(gram, centred.T @ ((rows.values - share @ rows.values) * np.sqrt(share))))
    return tuple(sorted(np.argsort(-effects, kind="stable")[:_UNITS_IN_PRODUCTS].tolist()))
