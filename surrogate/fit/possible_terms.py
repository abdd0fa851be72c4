"""Possible terms: single units and products of two presences or absences, whatever the answers are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal

__all__ = ["Condition", "PossibleTerms", "possible_terms"]

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
class PossibleTerms:
    """Terms that may be chosen, k of them, each a sum of up to three of m columns: units and products of two presences.

    Parameters
    ----------
    n_units : int
    pairs : tuple of (int, int)
        Units whose products are among the columns, after the units themselves.
    conditions : tuple of tuple of Literal, length k
    parts : ndarray of int, shape (k, 3)
        The columns that a term is made of: its units, and their product.
    factors : ndarray of float, shape (k, 3)
        How much of each.

    Examples
    --------
    >>> terms = possible_terms(3, (0, 2))
    >>> len(terms.conditions), terms.conditions[4]
    (7, (Literal(unit=0, kept=True), Literal(unit=2, kept=False)))
    """

    n_units: int
    pairs: tuple[tuple[int, int], ...]
    conditions: tuple[Condition, ...]
    parts: NDArray[np.intp]
    factors: Array

    @cached_property
    def prices(self) -> Array:
        """Share of the variance that each term must explain, shape (k,)."""
        removed = np.array([sum(not literal.kept for literal in condition) for condition in self.conditions])
        return _PRICE_OF_TERM + _PRICE_OF_PRODUCT * ~self.single + _PRICE_OF_REMOVED * removed

    @cached_property
    def single(self) -> NDArray[np.bool_]:
        """Whether a term is one unit alone, shape (k,)."""
        return np.array([len(condition) == 1 for condition in self.conditions])

    @cached_property
    def beside(self) -> NDArray[np.bool_]:
        """Which terms (columns) have a unit that a term (row) is the main effect of, shape (k, k); none beside a product."""
        units = np.array([(condition[0].unit, condition[-1].unit) for condition in self.conditions])
        by_unit = (units == np.arange(self.n_units)[:, None, None]).any(axis=2)
        return np.vstack([by_unit, np.zeros((len(units) - self.n_units, len(units)), dtype=bool)])

    def columns(self, masks: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Units and products of two presences, shape (n_masks, m)."""
        first, second = np.array(self.pairs, dtype=np.intp).reshape(-1, 2).T
        return np.hstack([masks, masks[:, first] & masks[:, second]])


@lru_cache(maxsize=16)
def possible_terms(n_units: int, in_products: tuple[int, ...]) -> PossibleTerms:
    """All units, and the products of two of some of them, kept or removed; the same object each time.

    Parameters
    ----------
    n_units : int
    in_products : tuple of int
        Units of which there are products.
    """
    pairs = tuple(combinations(in_products, 2))
    conditions: list[Condition] = [(Literal(unit, True),) for unit in range(n_units)]
    parts = [(unit, unit, unit) for unit in range(n_units)]
    factors = [(1.0, 0.0, 0.0)] * n_units
    for place, (first, second) in enumerate(pairs, start=n_units):
        for kept, too in _VARIANTS:
            conditions.append((Literal(first, kept), Literal(second, too)))
            parts.append((first, second, place))
            # x(1 - y) = x - xy, and the constant of (1 - x)(1 - y) varies with nothing.
            sign = 1.0 if kept == too else -1.0
            factors.append((0.0 if too else (1.0 if kept else -1.0), 0.0 if kept else (1.0 if too else -1.0), sign))
    return PossibleTerms(n_units, pairs, tuple(conditions), np.array(parts, dtype=np.intp), np.array(factors))
