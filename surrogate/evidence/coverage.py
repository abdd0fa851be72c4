"""Exact coverage of a rule as it is reached: its condition holds, and none that is read before it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from surrogate.literals import Literal
from surrogate.reference import rule_coverage

__all__ = ["reached_coverage"]

Condition = tuple[Literal, ...]


def reached_coverage(
    literals: Iterable[Literal], earlier: Sequence[Iterable[Literal]], n_units: int, kind: str = "sizes"
) -> float:
    """Share of the reference distribution in which a condition holds and none of the earlier ones does.

    What is left by the earlier conditions is cut into disjoint conjunctions; the share of each is known exactly.

    Parameters
    ----------
    literals : iterable of Literal
        The condition; no literal: "otherwise".
    earlier : sequence of iterable of Literal
        The conditions that are read first.
    n_units : int
    kind : {"sizes", "uniform"}, default "sizes"

    References
    ----------
    Disjoint sums of products by expansion: Abraham, "An improved algorithm for network reliability", IEEE Transactions on
    Reliability 1979.

    Examples
    --------
    >>> first = (Literal(0, True), Literal(1, True))
    >>> reached_coverage((), [first], 10, "uniform"), reached_coverage((Literal(0, True),), [first], 10, "uniform")
    (0.75, 0.25)
    """
    own = frozenset(literals)
    if _contradicts(own, own):
        return 0.0
    avoided = _given([tuple(sorted(set(condition))) for condition in earlier], own)
    boxes = {} if avoided is None else _boxes(avoided, {})
    kept = sum(literal.kept for literal in own)
    return math.fsum(
        number * rule_coverage(n_units, kept + more_kept, len(own) - kept + more_removed, kind)
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
        for number, literal in enumerate(first):
            # Its first literals hold, this one does not: that is disjoint from the cases before and after.
            case = frozenset((*first[:number], Literal(literal.unit, not literal.kept)))
            left = _given(rest, case)
            kept = sum(one.kept for one in case)
            for (more_kept, more_removed), count in ({} if left is None else _boxes(left, known)).items():
                boxes[kept + more_kept, len(case) - kept + more_removed] += count
        known[avoided] = boxes
    return known[avoided]


def _given(conditions: Iterable[Condition], facts: frozenset[Literal]) -> tuple[Condition, ...] | None:
    """What remains to be avoided once some literals hold; None where one of the conditions then holds for certain."""
    left = []
    for condition in conditions:
        if _contradicts(frozenset(condition), facts):
            continue
        open_literals = tuple(literal for literal in condition if literal not in facts)
        if not open_literals:
            return None
        left.append(open_literals)
    return tuple(left)


def _contradicts(literals: frozenset[Literal], facts: frozenset[Literal]) -> bool:
    return any(Literal(literal.unit, not literal.kept) in facts for literal in literals)
