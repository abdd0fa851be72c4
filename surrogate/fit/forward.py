"""Choice of terms: forward selection, then exchanges of one or two terms until none explains more."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.candidates import Candidates, candidate_terms
from surrogate.fit.chosen import Chosen
from surrogate.fit.possible_terms import Condition, PossibleTerms
from surrogate.rows import Rows

__all__ = ["forward_terms"]

#: Most exchanges; a handful is usual.
_MOST_EXCHANGES = 30

#: An exchange must explain at least this share of the variance more.
_LEAST_GAIN = 1e-5

#: Places of terms in the order of choice, and what they are worth together.
Places = tuple[int, ...]
Found = tuple[Places, float]


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
    places, _ = _exchange(candidates, _choose(candidates, [()], max_terms)[0], max_terms)
    terms = candidates.terms
    return [terms.conditions[place] for place in sorted(places, key=lambda place: not terms.single[place])]


def _choose(candidates: Candidates, starts: list[Places], max_terms: int) -> list[Found]:
    """For each set of terms, add others one at a time while one is worth its price."""
    found: dict[Places, Found] = {}
    for length in {len(start) for start in starts}:
        group = list(dict.fromkeys(start for start in starts if len(start) == length))
        found |= zip(group, _add(Chosen.of(candidates, group), max_terms), strict=True)
    return [found[start] for start in starts]


def _add(chosen: Chosen, max_terms: int) -> list[Found]:
    """Add terms to sets of one length, all sets in step; a set to which nothing is worth adding is left as it is."""
    terms, numbers = chosen.candidates.terms, np.arange(len(chosen.places))
    found: dict[int, Found] = {}
    for length in range(chosen.places.shape[1], max_terms):
        worth = np.where(chosen.allowed, chosen.gains - terms.prices, 0.0)
        more = worth.max(axis=1) > 0
        found |= _found(numbers[~more], terms, chosen.places[~more], chosen.explained[~more])
        numbers, chosen, best = numbers[more], chosen.take(more), worth.argmax(axis=1)[more]
        if length + 1 == max_terms:
            found |= _found(numbers, terms, chosen.with_places(best), chosen.explained_with(best))
        elif len(numbers):
            chosen = chosen.add(best)
    return [found[number] for number in sorted(found)]


def _found(
    numbers: NDArray[np.intp], terms: PossibleTerms, places: NDArray[np.intp], explained: NDArray[np.float64]
) -> dict[int, Found]:
    """By number, sets of terms with the share of the variance they explain, less their prices."""
    worth = explained - terms.prices[places].sum(axis=1)
    return dict(zip(numbers.tolist(), zip(map(tuple, places.tolist()), worth.tolist(), strict=True), strict=True))


def _exchange(candidates: Candidates, chosen: Found, max_terms: int) -> Found:
    """Drop one term, or two, and choose again in their place; take the best such exchange until there is none."""
    for _ in range(_MOST_EXCHANGES):
        for n_dropped in (1, 2):
            found = _choose(candidates, _without(candidates.terms, chosen[0], n_dropped), max_terms)
            best = max(found, key=lambda other: other[1], default=chosen)
            if best[1] > chosen[1] + _LEAST_GAIN:
                break
        else:
            return chosen
        chosen = best
    return chosen


def _without(terms: PossibleTerms, places: Places, n_dropped: int) -> list[Places]:
    """Without some terms each, and without the products that lose their last main effect with them."""
    beside = terms.beside[np.ix_(places, places)]
    keeps = np.ones((math.comb(len(places), n_dropped), len(places)), dtype=bool)
    for kept, dropped in zip(keeps, combinations(range(len(places)), n_dropped), strict=True):
        kept[list(dropped)] = False
    # A main effect stands beside itself.
    keeps &= keeps @ beside
    return [tuple(np.array(places, dtype=np.intp)[kept].tolist()) for kept in keeps]
