"""The search for anchors: sets of kept units under which a judge expects the decision to hold, shortest first."""

from __future__ import annotations

from collections import defaultdict
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.proxy import Proxy
from surrogate.literals import Literal
from surrogate.reference import draw_under
from surrogate.rows import Rows

__all__ = ["Found", "Judge", "ProxyJudge", "RowsJudge", "search_anchors"]

#: Sets that are kept at each size of the beam search.
_BEAM = 4

#: Copies that a proxy answers under each condition of the beam, and under each candidate that is proposed.
_N_DRAWS = 1024

#: Sizes beyond the shortest that is precise enough from which fallbacks are taken.
_N_LONGER = 2

#: Expectations count as equal up to this many decimals.
_DECIMALS = 6

#: Positions of the units that are kept, ascending.
Found = tuple[int, ...]

Judged = tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.float64]]


class Judge(Protocol):
    """Says under a condition which copies there are, whether the decision holds on each, and how much each counts.

    ``doubt`` is the number of copies, half of them without the decision, that are added to what is counted.
    """

    doubt: float

    def under(self, units: Found) -> Judged:
        """Masks, whether the decision holds, and weights of mean one."""
        ...


class ProxyJudge:
    """A proxy's answers to copies that are drawn under the condition.

    Examples
    --------
    >>> from surrogate.fit.proxy import Additive
    >>> proxy = Additive(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([-0.5, -0.5]))
    >>> judge = ProxyJudge(proxy, True, 2, "uniform", np.random.default_rng(0))
    >>> bool(judge.under((0,))[1].all())
    True
    """

    def __init__(
        self, proxy: Proxy, decision: bool, n_units: int, reference: str, generator: np.random.Generator
    ) -> None:
        self.doubt = 0.0
        self.proxy, self.decision, self.n_units = proxy, decision, n_units
        self.reference, self.generator = reference, generator

    def under(self, units: Found) -> Judged:
        """Independent draws under the condition."""
        literals = [Literal(unit, True) for unit in units]
        masks = draw_under(literals, self.n_units, _N_DRAWS, self.generator, self.reference)
        margins = self.proxy.predict(masks)[:, 1]
        return masks, (margins > 0) == self.decision, np.ones(len(masks))


class RowsJudge:
    """The calls that happen to fulfil the condition, where no proxy was fitted.

    Examples
    --------
    >>> rows = Rows(np.eye(2, dtype=bool), np.ones(2), np.array([1.0, -1.0]), np.ones(2), np.arange(2), ("a", "b"))
    >>> RowsJudge(rows, True).under((0,))[1].tolist()
    [True]
    """

    def __init__(self, rows: Rows, decision: bool) -> None:
        # Few calls fulfil a longer condition, and none of them against it proves little.
        self.doubt = 0.0 if rows.exact else 1.0
        self.rows, self.held = rows, (rows.margins > 0) == decision

    def under(self, units: Found) -> Judged:
        """The rows under the condition, in the calls' weights."""
        own = self.rows.masks[:, list(units)].all(axis=1) & (self.rows.weights > 0)
        return self.rows.masks[own], self.held[own], self.rows.weights[own]


def search_anchors(
    judge: Judge, n_units: int, precision: float, max_units: int, n_candidates: int
) -> list[tuple[Found, float]]:
    """Candidates with the share that is expected to keep the decision: shortest first, then the most precise.

    A beam search grows sets unit by unit.  The draws under a set serve all sets that are one unit longer: those among them
    that keep the unit as well are draws under the longer set.  Candidates are of the shortest size that is precise enough
    and, as fallbacks, of the next sizes; where none is precise enough, of the longest.

    Parameters
    ----------
    judge : Judge
    n_units : int
    precision : float
    max_units, n_candidates : int

    Returns
    -------
    list of (tuple of int, float)
        Positions of the units, and the expected share.

    References
    ----------
    Ribeiro, Singh and Guestrin, AAAI 2018, algorithm 2.

    Examples
    --------
    >>> from surrogate.reference import all_masks
    >>> masks = all_masks(3)
    >>> margins = np.where(masks[:, 1], 1.0, -1.0)
    >>> rows = Rows(masks, margins, margins, np.ones(8), np.arange(8), ("a", "b", "c"), exact=True)
    >>> search_anchors(RowsJudge(rows, True), 3, 0.95, 2, 1)
    [((1,), 1.0)]
    """
    levels: list[list[tuple[Found, float]]] = [[((), _expected(judge, ()))]]
    shortest = 0 if levels[0][0][1] >= precision else max_units
    for size in range(1, min(max_units, n_units - 1) + 1):
        if size > shortest + _N_LONGER:
            break
        levels.append(_longer(judge, [units for units, _ in levels[-1][:_BEAM]], n_units))
        if levels[-1][0][1] >= precision:
            shortest = min(shortest, size)
    return _proposed(judge, levels[shortest:] or levels[-1:], n_candidates)


def _longer(judge: Judge, beam: list[Found], n_units: int) -> list[tuple[Found, float]]:
    """All sets with one unit more than those of the beam, the most precise first."""
    held_weight: dict[Found, float] = defaultdict(float)
    weight: dict[Found, float] = defaultdict(float)
    for units in beam:
        masks, held, weights = judge.under(units)
        for unit in range(n_units):
            if unit not in units:
                longer = tuple(sorted((*units, unit)))
                held_weight[longer] += float(weights @ (held & masks[:, unit]))
                weight[longer] += float(weights @ masks[:, unit])
    return _sorted([(units, _share(held_weight[units], weight[units], judge.doubt)) for units in weight])


def _proposed(judge: Judge, levels: list[list[tuple[Found, float]]], n_candidates: int) -> list[tuple[Found, float]]:
    """Half of the places for the first size, half of the rest for the next, and so on; judged afresh."""
    proposed: list[tuple[Found, float]] = []
    for number, level in enumerate(levels):
        left = n_candidates - len(proposed)
        places = left if number == len(levels) - 1 else (left + 1) // 2
        proposed += _sorted([(units, _expected(judge, units)) for units, _ in level[:places]])
    return proposed


def _expected(judge: Judge, units: Found) -> float:
    _, held, weights = judge.under(units)
    return _share(float(weights @ held), float(weights.sum()), judge.doubt)


def _share(held: float, weight: float, doubt: float) -> float:
    return (held + doubt / 2) / (weight + doubt) if weight + doubt > 0 else 0.0


def _sorted(found: list[tuple[Found, float]]) -> list[tuple[Found, float]]:
    return sorted(found, key=lambda one: (-round(one[1], _DECIMALS), one[0]))
