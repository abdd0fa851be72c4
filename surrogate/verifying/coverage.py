"""The exact share of all altered copies that reach a rule."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

__all__ = ["reached_share", "share_under"]

Literal = tuple[int, bool]
Condition = tuple[Literal, ...]


def share_under(n_units: int, n_kept: int, n_removed: int, kind: str) -> float:
    """Share of the reference distribution in which some named units are kept and others removed.

    Parameters
    ----------
    n_units, n_kept, n_removed : int
    kind : {"sizes", "uniform"}
        "sizes": the number of units of the smaller half of a pair is uniform, and its units are chosen at random; "uniform":
        each unit is kept or removed by the toss of a coin.

    Examples
    --------
    >>> round(share_under(10, 1, 0, "sizes"), 12), share_under(10, 1, 1, "uniform")
    (0.5, 0.25)
    """
    if kind == "uniform":
        return math.ldexp(1.0, -n_kept - n_removed)
    free = n_units - n_kept - n_removed
    return math.fsum(_share(n_units, n_kept, free, more) for more in range(free + 1))


def _share(n_units: int, n_kept: int, n_free: int, more: int) -> float:
    size, half = n_kept + more, n_units // 2
    if n_units == 1:
        chance = 0.5
    elif size in (0, n_units):
        return 0.0
    else:
        chance = 1.0 / half if 2 * size == n_units else 0.5 / half
    # exact whole numbers, where the package takes logarithms
    return chance * math.comb(n_free, more) / math.comb(n_units, size)


def reached_share(literals: Iterable[Literal], earlier: Sequence[Condition], n_units: int, kind: str) -> float:
    """Share of the reference distribution in which a condition holds and none of those that are read before it.

    References
    ----------
    Disjoint sums of products by expansion: Abraham, IEEE Transactions on Reliability 1979.

    Examples
    --------
    >>> reached_share((), [((0, True), (1, True))], 10, "uniform")
    0.75
    """
    own = frozenset(literals)
    if any((unit, not kept) in own for unit, kept in own):
        return 0.0
    avoided = _given([tuple(sorted(set(condition))) for condition in earlier], own)
    boxes = {} if avoided is None else _boxes(avoided, {})
    kept = sum(kept for _, kept in own)
    return math.fsum(
        number * share_under(n_units, kept + more_kept, len(own) - kept + more_removed, kind)
        for (more_kept, more_removed), number in boxes.items()
    )


def _boxes(
    avoided: tuple[Condition, ...], known: dict[tuple[Condition, ...], Counter[tuple[int, int]]]
) -> Counter[tuple[int, int]]:
    """Disjoint conjunctions in which none of the conditions holds: how many keep and remove so many units."""
    if not avoided:
        return Counter({(0, 0): 1})
    if avoided not in known:
        boxes: Counter[tuple[int, int]] = Counter()
        first, *rest = avoided
        for number, (unit, kept) in enumerate(first):
            # Its first literals hold, this one does not: that is disjoint from the cases before and after.
            case = frozenset((*first[:number], (unit, not kept)))
            left = _given(rest, case)
            own = sum(one for _, one in case)
            for (more_kept, more_removed), count in ({} if left is None else _boxes(left, known)).items():
                boxes[own + more_kept, len(case) - own + more_removed] += count
        known[avoided] = boxes
    return known[avoided]


def _given(conditions: Iterable[Condition], facts: frozenset[Literal]) -> tuple[Condition, ...] | None:
    """What remains to be avoided once some literals hold; None where one of the conditions then holds for certain."""
    left = []
    for condition in conditions:
        if any((unit, not kept) in facts for unit, kept in condition):
            continue
        still = tuple(literal for literal in condition if literal not in facts)
        if not still:
            return None
        left.append(still)
    return tuple(left)
