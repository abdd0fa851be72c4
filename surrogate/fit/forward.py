"""Forward selection of terms: single units and products of two, by how much variance each newly explains."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal, all_hold
from surrogate.rows import Rows

__all__ = ["forward_terms", "pair_candidates"]

#: Products are looked for among this many units, those with the largest effects.
_UNITS_IN_PRODUCTS = 24

#: A product must explain this many times what the best single unit does, to be worth a reader's thought.
_PRODUCT_HURDLE = 1.1

#: Selection ends when a term newly explains less than this share of the variance.
_LEAST_GAIN = 0.002

#: A candidate that the chosen terms all but determine is passed over.
_COLLINEAR = 1e-3

Condition = tuple[Literal, ...]


def forward_terms(rows: Rows, max_terms: int, max_units: int) -> list[Condition]:
    """Choose terms one at a time, each the one that newly explains most.

    A product of two presences is allowed once one of its units has a main effect among the terms ("weak heredity"), so
    that a reader always meets the word before the pair.

    Parameters
    ----------
    rows : Rows
        What is learned from: many rows without noise.
    max_terms : int
    max_units : {1, 2}
        Most units in a term.

    Returns
    -------
    list of tuple of Literal
        In the order of choice.

    References
    ----------
    Chen, Billings and Luo, "Orthogonal least squares methods", International Journal of Control 1989; Chipman, "Bayesian
    variable selection with related predictors", Canadian Journal of Statistics 1996 (weak heredity).

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = (masks[:, 0] & masks[:, 1]) * 4.0
    >>> rows = Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good"))
    >>> [[literal.unit for literal in term] for term in forward_terms(rows, 3, 2)]
    [[0], [0, 1]]
    """
    conditions: list[Condition] = [(Literal(unit, True),) for unit in range(rows.n_units)]
    if max_units > 1:
        conditions += pair_candidates(_largest_effects(rows))
    root = np.sqrt(rows.weights / rows.weights.sum())
    columns = np.stack([all_hold(condition, rows.masks) for condition in conditions], axis=1).astype(np.float32)
    columns -= (root**2) @ columns
    columns *= root[:, None].astype(np.float32)
    residual = (rows.values - (root**2) @ rows.values) * root
    return [conditions[place] for place in _choose(columns, residual, conditions, max_terms)]


def pair_candidates(units: list[int]) -> list[Condition]:
    """The products of the presences of every two units.

    Examples
    --------
    >>> [[literal.unit for literal in condition] for condition in pair_candidates([0, 3, 4])]
    [[0, 3], [0, 4], [3, 4]]
    """
    return [(Literal(first, True), Literal(second, True)) for first, second in combinations(units, 2)]


def _largest_effects(rows: Rows) -> list[int]:
    """Units with the largest effects, in order of position."""
    effect = np.abs(_effects(rows))
    return sorted(np.argsort(-effect, kind="stable")[:_UNITS_IN_PRODUCTS].tolist())


def _effects(rows: Rows) -> NDArray[np.float64]:
    """Least-squares effect of each unit alone beside all others, shape (n_units,)."""
    root = np.sqrt(rows.weights)[:, None]
    design = np.column_stack([rows.masks.astype(np.float64), np.ones(len(rows.values))])
    return np.asarray(np.linalg.lstsq(design * root, rows.values * root[:, 0], rcond=None)[0][:-1])


def _choose(
    columns: NDArray[np.float32], residual: NDArray[np.float64], conditions: list[Condition], max_terms: int
) -> list[int]:
    """Orthogonal least squares: positions of the chosen columns; the columns are centred and weighted."""
    first = np.array([condition[0].unit for condition in conditions])
    last = np.array([condition[-1].unit for condition in conditions])
    single = np.array([len(condition) == 1 for condition in conditions])
    has_main_effect = np.zeros(last.max() + 1, dtype=bool)
    norms = (columns.astype(np.float64) ** 2).sum(axis=0)
    left = norms.copy()
    variance = float(residual @ residual)
    chosen: list[int] = []
    basis: list[NDArray[np.float64]] = []
    for _ in range(max_terms):
        correlation = (columns.T @ residual.astype(np.float32)).astype(np.float64)
        independent = left > _COLLINEAR * np.maximum(norms, 1e-12)
        allowed = independent & (single | has_main_effect[first] | has_main_effect[last])
        gain = np.where(allowed, correlation**2 / np.maximum(left, 1e-12), 0.0)
        gain[chosen] = 0.0
        best = int(np.argmax(np.where(single, gain, gain / _PRODUCT_HURDLE)))
        if variance <= 0 or gain[best] < _LEAST_GAIN * variance:
            break
        has_main_effect[first[best]] |= single[best]
        direction = columns[:, best].astype(np.float64)
        for known in basis:
            direction -= (known @ direction) * known
        direction /= np.linalg.norm(direction)
        basis.append(direction)
        chosen.append(best)
        left -= (columns.T @ direction.astype(np.float32)).astype(np.float64) ** 2
        residual = residual - (direction @ residual) * direction
    return chosen
