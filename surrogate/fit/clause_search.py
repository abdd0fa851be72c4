"""The search behind a rule set: conjunctions of kept and removed units, each where it tells most of the variance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.literals import Literal, all_hold
from surrogate.rows import Rows

__all__ = ["find_clauses", "reached_rows"]

#: A rule must explain at least this share of the variance, or it is not worth a reader's attention.
_MIN_GAIN = 0.005

#: Each further unit in a condition must raise the gain by this factor.
_LITERAL_HURDLE = 1.05

#: Conjunctions that are kept at each length of the beam search.
_BEAM = 4

#: A rule is exchanged for another only when that explains at least this much more of the variance.
_IMPROVEMENT = 1e-4

#: Gains, as shares of the variance, count as equal up to this many decimals, so that rounding decides no tie.
_DECIMALS = 9

#: Regions with less weight than this are empty but for rounding.
_NO_WEIGHT = 1e-12

Condition = tuple[Literal, ...]
#: The rows that reach a rule: their masks, the columns whose sums the search needs, and the sums over them all.
Region = tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]


def reached_rows(conditions: Sequence[Iterable[Literal]], masks: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Which masks reach each rule of an ordered list, and last which reach none.

    Parameters
    ----------
    conditions : sequence of iterable of Literal
    masks : ndarray of bool, shape (n_masks, n_units)

    Returns
    -------
    list of ndarray of bool, shape (n_masks,)
        One for each condition, and one for "otherwise".

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 1], [0, 0]], bool)
    >>> [rows.tolist() for rows in reached_rows([[Literal(0, True)], [Literal(1, True)]], masks)]
    [[True, False, False], [False, True, False], [False, False, True]]
    """
    left = np.ones(len(masks), dtype=bool)
    regions = []
    for condition in conditions:
        holds = all_hold(condition, masks)
        regions.append(left & holds)
        left = left & ~holds
    return [*regions, left]


def find_clauses(rows: Rows, max_rules: int, max_literals: int, share: float) -> list[Condition]:
    """Choose the conditions of an ordered list of rules.

    Each new rule is put where in the list it explains most; then each rule in turn is taken out and the best one put in
    anywhere.

    Parameters
    ----------
    rows : Rows
        What is learned from: many rows without noise.
    max_rules, max_literals : int
    share : float
        Least share of the rows that must reach each rule, and "otherwise".

    Returns
    -------
    list of tuple of Literal
        In the order in which they are read; empty where the values do not vary or no rule explains enough.

    References
    ----------
    Beam search over conjunctions: Clark and Niblett, "The CN2 induction algorithm", Machine Learning 1989; the gain is the
    reduction of variance of Breiman et al., 1984.

    Examples
    --------
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = (masks[:, 0] & masks[:, 1]) * 4.0
    >>> rows = Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good"))
    >>> [[literal.unit for literal in condition] for condition in find_clauses(rows, 3, 2, 0.0)]
    [[0, 1]]
    """
    search = _Search(rows, max_literals, share)
    if search.variance <= 0:
        return []
    rules: list[Condition] = []
    _grow(search, rules, max_rules)
    _exchange(search, rules)
    _grow(search, rules, max_rules)
    return _worth_reading(search, rules)


def _worth_reading(search: _Search, rules: list[Condition]) -> list[Condition]:
    """Without the rules that explain too little beside the others."""
    while rules:
        rest = [rules[:number] + rules[number + 1 :] for number in range(len(rules))]
        explained = [search.explained(others) for others in rest]
        if search.explained(rules) - max(explained) >= _MIN_GAIN:
            break
        rules = rest[int(np.argmax(explained))]
    return rules


def _grow(search: _Search, rules: list[Condition], max_rules: int) -> None:
    """Put in the best rule, where it serves best, while there is room and it is worth reading."""
    while len(rules) < max_rules:
        gain, place, condition = search.best(rules)
        if gain < _MIN_GAIN:
            break
        rules.insert(place, condition)


def _exchange(search: _Search, rules: list[Condition]) -> None:
    """Take out each rule in turn and put in the best one anywhere, where that explains more."""
    for number in range(len(rules)):
        rest = rules[:number] + rules[number + 1 :]
        gain, place, condition = search.best(rest)
        if search.explained(rest) + gain > search.explained(rules) + _IMPROVEMENT:
            rules[:] = [*rest[:place], condition, *rest[place:]]


class _Search:
    """The rows as sums that the search needs; gains and shares are of the variance and of the weights of all rows."""

    def __init__(self, rows: Rows, max_literals: int, share: float) -> None:
        self.masks = rows.masks
        self.weights = rows.weights / rows.weights.sum()
        centred = rows.values - self.weights @ rows.values
        self.variance = float(self.weights @ centred**2) if np.ptp(rows.values) > 0 else 0.0
        self.values = self.weights * centred / np.sqrt(self.variance or 1.0)
        kept = np.column_stack([self.masks, np.ones(len(self.masks))])
        self.design = np.column_stack([kept * self.values[:, None], kept * self.weights[:, None]])
        self.max_literals = max_literals
        self.least = max(share - 1e-9, _NO_WEIGHT)

    def explained(self, rules: list[Condition]) -> float:
        """Share of the variance that the means of the rules explain."""
        regions = np.stack(reached_rows(rules, self.masks))
        return float(_between(regions @ self.values, regions @ self.weights).sum())

    def best(self, rules: list[Condition]) -> tuple[float, int, Condition]:
        """The condition that explains most when it is put into the list: its gain, its place, and the condition."""
        regions = [self._region(rows) for rows in reached_rows(rules, self.masks)]
        best: tuple[float, int, Condition] = (0.0, 0, ())
        # From the end: of equal places the latest, where a rule takes rows from the fewest others.
        for place in range(len(rules), -1, -1):
            gain, condition = self._best_before(regions[place:])
            if gain > best[0] + 10.0**-_DECIMALS:
                best = gain, place, condition
        return best

    def _region(self, rows: NDArray[np.bool_]) -> Region:
        design = self.design[rows]
        return self.masks[rows], design, design.sum(axis=0)

    def _best_before(self, regions: list[Region]) -> tuple[float, Condition]:
        """Beam search for the condition that explains most when it is asked before these regions."""
        beam: list[Condition] = [()]
        best: tuple[float, Condition] = (0.0, ())
        for _ in range(self.max_literals):
            gains, allowed = self._gains(beam, regions)
            ranked = _ranked(beam, gains)
            beam = []
            is_settled = False
            for gain, condition, place in ranked:
                if not is_settled and allowed[place]:
                    is_settled = True
                    if gain > best[0] * (_LITERAL_HURDLE if best[1] else 1.0):
                        best = gain, condition
                if len(beam) < _BEAM:
                    beam.append(condition)
                elif is_settled:
                    break
            if not beam:
                break
        return best

    def _gains(self, beam: list[Condition], regions: list[Region]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """What each condition explains with each literal more, first "kept" and then "removed", shape (b, 2 * n_units).

        Minus infinity where too few rows reach the condition; with it, whether enough are left to every region as well.
        """
        sums = np.stack([_held(beam, masks) @ design for masks, design, _ in regions], axis=1)
        n = sums.shape[2] // 2
        value, weight = _by_literal(sums[..., :n]), _by_literal(sums[..., n:])
        all_value, all_weight = np.array([(total[n - 1], total[-1]) for _, _, total in regions]).T
        left_value, left_weight = all_value[:, None] - value, all_weight[:, None] - weight
        after = _between(value.sum(axis=1), weight.sum(axis=1)) + _between(left_value, left_weight).sum(axis=1)
        reached = weight.sum(axis=1) >= self.least
        gains = np.where(reached, after - _between(all_value, all_weight).sum(), -np.inf)
        return gains, reached & (left_weight >= self.least).all(axis=1)


def _held(beam: list[Condition], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Whether each condition holds, shape (b, n)."""
    return np.stack([all_hold(condition, masks) for condition in beam]).astype(np.float64)


def _by_literal(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums where a unit is kept, and over all, as sums where it is kept and then where it is removed."""
    return np.concatenate([sums[..., :-1], sums[..., -1:] - sums[..., :-1]], axis=-1)


def _between(value: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance that the means of regions explain, from the regions' sums."""
    return value**2 / np.maximum(weight, _NO_WEIGHT)


def _ranked(beam: list[Condition], gains: NDArray[np.float64]) -> Iterator[tuple[float, Condition, tuple[int, int]]]:
    """Conditions of the beam with one more literal, best first, each once: gain, condition, place in the gains."""
    n_units, seen = gains.shape[1] // 2, set()
    for place in np.argsort(-np.round(gains, _DECIMALS), axis=None, kind="stable"):
        number, column = divmod(int(place), 2 * n_units)
        if gains[number, column] == -np.inf:
            return
        literal = Literal(column % n_units, column < n_units)
        condition = tuple(sorted((*beam[number], literal)))
        if condition not in seen and all(known.unit != literal.unit for known in beam[number]):
            seen.add(condition)
            yield float(gains[number, column]), condition, (number, column)
