"""Candidate terms: single units and products of two presences or absences, with what they explain.

A product of absences is a sum of presences and their product, so the covariances of all candidates follow from those of
the units and of the products of two presences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal
from surrogate.rows import Rows

__all__ = ["Candidates", "Condition", "candidate_terms"]

#: Products are looked for among this many units, those with the largest effects.
_UNITS_IN_PRODUCTS = 24

#: Keeps least squares solvable, as a share of the whole variance of the units.
_TRACE = 1e-9

# What a term must explain to be worth a reader's thought, as a share of the variance: more for two units than for one, and
# much more for "removed" than for "kept": with any two units chosen there is a choice of four products that say nearly the
# same, and at equal prices another sample takes another one.
_PRICE_OF_TERM = 0.001
_PRICE_OF_PRODUCT = 0.0005
_PRICE_OF_REMOVED = 0.005

#: Whether the first and the second unit of a product are kept.
_VARIANTS = ((True, True), (True, False), (False, True), (False, False))

Condition = tuple[Literal, ...]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Terms that may be chosen, k of them, each a sum of up to three of m columns: units and products of two presences.

    Parameters
    ----------
    conditions : list of tuple of Literal, length k
    parts : ndarray of int, shape (k, 3)
        The columns that a candidate is made of: its units, and their product.
    factors : ndarray of float, shape (k, 3)
        How much of each.
    covariance : ndarray of float, shape (m, m)
        Of the columns, on the rows.
    with_values : ndarray of float, shape (m,)
        Covariance of the columns with the values.
    variance : float
        Of the values.

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = masks[:, 0] * 4.0
    >>> rows = Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good"))
    >>> candidates = candidate_terms(rows, 2)
    >>> len(candidates.conditions), candidates.moments[:2].tolist()
    (6, [1.0, 0.0])
    """

    conditions: list[Condition]
    parts: NDArray[np.intp]
    factors: Array
    covariance: Array
    with_values: Array
    variance: float

    @cached_property
    def prices(self) -> Array:
        """Share of the variance that each candidate must explain, shape (k,)."""
        removed = np.array([sum(not literal.kept for literal in condition) for condition in self.conditions])
        return _PRICE_OF_TERM + _PRICE_OF_PRODUCT * ~self.single + _PRICE_OF_REMOVED * removed

    @cached_property
    def single(self) -> NDArray[np.bool_]:
        """Whether a candidate is one unit alone, shape (k,)."""
        return np.array([len(condition) == 1 for condition in self.conditions])

    @cached_property
    def units(self) -> NDArray[np.intp]:
        """First and last unit of each candidate, shape (k, 2)."""
        return np.array([(condition[0].unit, condition[-1].unit) for condition in self.conditions], dtype=np.intp)

    @cached_property
    def moments(self) -> Array:
        """Covariance of each candidate with the values, shape (k,)."""
        return (self.factors * self.with_values[self.parts]).sum(axis=1)

    @cached_property
    def variances(self) -> Array:
        """Variance of each candidate, shape (k,)."""
        blocks = self.covariance[self.parts[:, :, None], self.parts[:, None, :]]
        return np.einsum("ki,kij,kj->k", self.factors, blocks, self.factors)

    @cached_property
    def _rows(self) -> dict[int, Array]:
        return {}

    def row(self, place: int) -> Array:
        """Covariance of one candidate with all, shape (k,); kept once it was asked for."""
        if place not in self._rows:
            column = self.factors[place] @ self.covariance[self.parts[place]]
            self._rows[place] = (self.factors * column[self.parts]).sum(axis=1)
        return self._rows[place]


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
    pairs = list(combinations(_largest_effects(rows), 2)) if max_units > 1 else []
    columns = np.column_stack([rows.masks, *(rows.masks[:, first] & rows.masks[:, second] for first, second in pairs)])
    conditions: list[Condition] = [(Literal(unit, True),) for unit in range(rows.n_units)]
    parts = [(unit, unit, unit) for unit in range(rows.n_units)]
    factors = [(1.0, 0.0, 0.0)] * rows.n_units
    for place, (first, second) in enumerate(pairs, start=rows.n_units):
        for kept, too in _VARIANTS:
            conditions.append((Literal(first, kept), Literal(second, too)))
            parts.append((first, second, place))
            # x(1 - y) = x - xy, and the constant of (1 - x)(1 - y) varies with nothing.
            sign = 1.0 if kept == too else -1.0
            factors.append((0.0 if too else (1.0 if kept else -1.0), 0.0 if kept else (1.0 if too else -1.0), sign))
    share = rows.weights / rows.weights.sum()
    centred = columns - (share @ columns).astype(np.float32)
    centred *= np.sqrt(share)[:, None].astype(np.float32)
    values = (rows.values - share @ rows.values) * np.sqrt(share)
    return Candidates(
        conditions,
        np.array(parts, dtype=np.intp),
        np.array(factors),
        (centred.T @ centred).astype(np.float64),
        (centred.T @ values.astype(np.float32)).astype(np.float64),
        float(values @ values),
    )


def _largest_effects(rows: Rows) -> list[int]:
    """Units with the largest least-squares effects beside all others, in order of position."""
    share = rows.weights / rows.weights.sum()
    masks = rows.masks.astype(np.float64)
    centred = (masks - share @ masks) * np.sqrt(share)[:, None]
    gram = centred.T @ centred
    gram[np.diag_indices_from(gram)] += _TRACE * (np.trace(gram) + 1e-12)
    effects = np.abs(np.linalg.solve(gram, centred.T @ ((rows.values - share @ rows.values) * np.sqrt(share))))
    return sorted(np.argsort(-effects, kind="stable")[:_UNITS_IN_PRODUCTS].tolist())
