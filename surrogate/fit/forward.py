"""Choice of terms: forward selection, then exchanges of one or two terms until none explains more."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.candidates import Candidates, Condition, candidate_terms
from surrogate.rows import Rows

__all__ = ["forward_terms"]

#: Most exchanges; a handful is usual.
_MOST_EXCHANGES = 30

#: An exchange must explain at least this share of the variance more.
_LEAST_GAIN = 1e-5


def forward_terms(rows: Rows, max_terms: int, max_units: int) -> list[Condition]:
    """Choose the terms that explain most at the price of being read.

    First one at a time, each the one that newly explains most.  Then up to two chosen terms are dropped and others taken in
    their place, as long as that explains more.  Every term has a price, a share of the variance that it must newly explain;
    interactions cost more than single units and absences more than presences, so that of two terms that explain the same
    the reader meets the simpler one.

    A product is allowed while one of its units has a main effect among the terms ("weak heredity"), so that a reader
    always meets the word before the pair.

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
        Main effects before their products, otherwise in the order of choice.

    References
    ----------
    Miller, "Subset Selection in Regression", 2002, section 3.5 (sequential replacement); Chipman, "Bayesian variable
    selection with related predictors", Canadian Journal of Statistics 1996 (weak heredity).

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = (masks[:, 0] & masks[:, 1]) * 4.0
    >>> rows = Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good"))
    >>> [[literal.unit for literal in term] for term in forward_terms(rows, 3, 2)]
    [[0], [0, 1]]
    """
    if np.ptp(rows.values) == 0:
        return []
    candidates = candidate_terms(rows, max_units)
    chosen = _exchange(candidates, _add(candidates, [], max_terms), max_terms)
    return [candidates.conditions[place] for place in sorted(chosen, key=lambda place: not candidates.single[place])]


def _add(candidates: Candidates, chosen: list[int], max_terms: int) -> list[int]:
    """Add terms one at a time while one is worth its price."""
    chosen = list(chosen)
    while len(chosen) < max_terms:
        worth = candidates.gains(chosen) - candidates.prices
        worth[~_allowed(candidates, chosen)] = 0.0
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            break
        chosen.append(best)
    return chosen


def _exchange(candidates: Candidates, chosen: list[int], max_terms: int) -> list[int]:
    """Drop one term, or two, and choose again in their place; take the best such exchange until there is none."""
    for _ in range(_MOST_EXCHANGES):
        worth = _worth(candidates, chosen)
        for n_dropped in (1, 2):
            found = [_again(candidates, chosen, drop, max_terms) for drop in combinations(chosen, n_dropped)]
            best = max(found, key=lambda terms: _worth(candidates, terms), default=chosen)
            if _worth(candidates, best) > worth + _LEAST_GAIN:
                break
        else:
            return chosen
        chosen = best
    return chosen


def _again(candidates: Candidates, chosen: list[int], drop: tuple[int, ...], max_terms: int) -> list[int]:
    """Drop terms, and the products that lose their last main effect, then add."""
    kept = [place for place in chosen if place not in drop]
    allowed = _allowed(candidates, kept)
    return _add(candidates, [place for place in kept if allowed[place]], max_terms)


def _worth(candidates: Candidates, chosen: list[int]) -> float:
    """Share of the variance explained, less the prices."""
    return candidates.explained(chosen) - float(candidates.prices[chosen].sum())


def _allowed(candidates: Candidates, chosen: list[int]) -> NDArray[np.bool_]:
    """Whether a candidate is a single unit or has a main effect among the chosen, shape (k,)."""
    has_main_effect = np.zeros(candidates.units.max() + 1, dtype=bool)
    has_main_effect[[candidates.units[place, 0] for place in chosen if candidates.single[place]]] = True
    return candidates.single | has_main_effect[candidates.units].any(axis=1)
