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

#: A product must explain this much more than the best single unit to be worth a reader's thought.
_PRODUCT_HURDLE = 1.1

#: Selection ends when a term newly explains less than this share of the variance.
_LEAST_GAIN = 0.002

#: A candidate that the chosen terms all but determine is passed over.
_COLLINEAR = 1e-3

Condition = tuple[Literal, ...]


def forward_terms(rows: Rows, max_terms: int, max_units: int) -> list[Condition]:
    """Choose terms one at a time, each the one that newly explains most.

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
    Chen, Billings and Luo, "Orthogonal least squares methods", International Journal of Control 1989.

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = (masks[:, 0] & masks[:, 1]) * 4.0
    >>> rows = Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good"))
    >>> [[literal.unit for literal in term] for term in forward_terms(rows, 3, 2)]
    [[0, 1]]
    """
    conditions: list[Condition] = [(Literal(unit, True),) for unit in range(rows.n_units)]
    if max_units > 1:
        conditions += pair_candidates(_largest_effects(rows))
    root = np.sqrt(rows.weights / rows.weights.sum())
    columns = np.stack([all_hold(condition, rows.masks) for condition in conditions], axis=1).astype(np.float32)
    columns -= (root**2) @ columns
    columns *= root[:, None].astype(np.float32)
    residual = (rows.values - (root**2) @ rows.values) * root
    hurdle = np.array([1.0 if len(condition) == 1 else _PRODUCT_HURDLE for condition in conditions])
    return [conditions[place] for place in _choose(columns, residual, hurdle, max_terms)]


def pair_candidates(units: list[int]) -> list[Condition]:
    """The four products of presence and absence of every two units.

    Examples
    --------
    >>> len(pair_candidates([0, 3, 4]))
    12
    """
    signs = ((True, True), (True, False), (False, True), (False, False))
    return [
        (Literal(first, one), Literal(second, other))
        for first, second in combinations(units, 2)
        for one, other in signs
    ]


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
    columns: NDArray[np.float32], residual: NDArray[np.float64], hurdle: NDArray[np.float64], max_terms: int
) -> list[int]:
    """Orthogonal least squares: positions of the chosen columns; the columns are centred and weighted."""
    norms = (columns.astype(np.float64) ** 2).sum(axis=0)
    left = norms.copy()
    variance = float(residual @ residual)
    chosen: list[int] = []
    basis: list[NDArray[np.float64]] = []
    for _ in range(max_terms):
        correlation = (columns.T @ residual.astype(np.float32)).astype(np.float64)
        independent = left > _COLLINEAR * np.maximum(norms, 1e-12)
        gain = np.where(independent, correlation**2 / np.maximum(left, 1e-12), 0.0)
        gain[chosen] = 0.0
        best = int(np.argmax(gain / hurdle))
        if variance <= 0 or gain[best] < _LEAST_GAIN * variance:
            break
        direction = columns[:, best].astype(np.float64)
        for known in basis:
            direction -= (known @ direction) * known
        direction /= np.linalg.norm(direction)
        basis.append(direction)
        chosen.append(best)
        left -= (columns.T @ direction.astype(np.float32)).astype(np.float64) ** 2
        residual = residual - (direction @ residual) * direction
    return chosen
