"""Choice of terms: forward selection, then exchanges of one or two terms until none explains more."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from surrogate.fit.candidates import Condition, candidate_terms
from surrogate.fit.chosen import Chosen
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
    chosen = _exchange(_add(Chosen.of(candidates, ()), max_terms), max_terms)
    places = sorted(chosen.places, key=lambda place: not candidates.single[place])
    return [candidates.conditions[place] for place in places]


def _add(chosen: Chosen, max_terms: int) -> Chosen:
    """Add terms one at a time while one is worth its price."""
    while len(chosen.places) < max_terms:
        worth = np.where(chosen.allowed, chosen.gains - chosen.candidates.prices, 0.0)
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            break
        chosen = chosen.add(best)
    return chosen


def _exchange(chosen: Chosen, max_terms: int) -> Chosen:
    """Drop one term, or two, and choose again in their place; take the best such exchange until there is none."""
    for _ in range(_MOST_EXCHANGES):
        for n_dropped in (1, 2):
            found = [_add(_without(chosen, drop), max_terms) for drop in combinations(chosen.places, n_dropped)]
            best = max(found, key=lambda other: other.worth, default=chosen)
            if best.worth > chosen.worth + _LEAST_GAIN:
                break
        else:
            return chosen
        chosen = best
    return chosen


def _without(chosen: Chosen, drop: tuple[int, ...]) -> Chosen:
    """Without some terms, and without the products that lose their last main effect with them."""
    kept = Chosen.of(chosen.candidates, [place for place in chosen.places if place not in drop])
    orphans = [place for place in kept.places if not kept.allowed[place]]
    return _without(kept, tuple(orphans)) if orphans else kept
