"""Greedy choice of rules from a pool, for the coverage they add at a stated price of errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.rule_cover import Cover
from surrogate.fit.rule_pool import Conjunction, smoothed

__all__ = ["Choice", "chosen_rules"]

#: An absence is dropped where the error rate without it is at most this much higher.
_NEGATION_WORTH = 0.005

#: Gains are compared to this many decimals, so that the order of the pool decides between equals.
_DECIMALS = 9


@dataclass(frozen=True)
class Choice:
    """A chosen rule: its class, its conjunction, and its error rate when it was chosen.

    Examples
    --------
    >>> Choice(1, (0, 3), 0.02).error
    0.02
    """

    class_index: int
    conjunction: Conjunction
    error: float


def chosen_rules(cover: Cover, n_features: int, caution: float, max_rules: int, ordered: bool) -> list[Choice]:
    """The rules that add most, one after the other.

    Each time the rule of largest gain ``d ((1 - r) - caution r)`` is taken, d being the number of documents that it covers and
    none before it does, and r its smoothed error rate over rows that none before it covers (for a set without order: or over
    all rows, if that is larger).  It ends when nothing gains or there are ``max_rules``.  A rule is taken without an absence
    where that makes hardly more errors.

    Parameters
    ----------
    cover : Cover
    n_features : int
    caution : float
        What an error costs, in right documents.
    max_rules : int
    ordered : bool

    Examples
    --------
    >>> from surrogate.fit.rule_cover import cover_of
    >>> presence = np.array([[True] * 4 + [False] * 4, [False] * 4 + [True] * 4])
    >>> errors = np.repeat(np.array([[0, 1], [1, 0]], np.float32), 4, axis=0)
    >>> cover = cover_of([(0, (0,)), (1, (1,))], presence, np.ones(8), errors, np.ones(8, bool))
    >>> chosen_rules(cover, 2, 4.0, 40, True)
    [Choice(class_index=0, conjunction=(0,), error=0.1), Choice(class_index=1, conjunction=(1,), error=0.1)]
    """
    place = {rule: number for number, rule in enumerate(cover.rules)}
    left = np.ones(len(cover.weights), dtype=bool)
    totals = cover.overall
    overall = smoothed(totals[1], totals[0])
    taken: list[Choice] = []
    while len(taken) < max_rules and cover.rules:
        rate = smoothed(totals[1], totals[0])
        rate = rate if ordered else np.maximum(rate, overall)
        gain = np.round(totals[2] * ((1 - rate) - caution * rate), _DECIMALS)
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        best = _without_idle_absences(best, cover, place, rate, gain, n_features)
        taken.append(Choice(*cover.rules[best], float(rate[best])))
        # Weights and errors are such that these differences are exact.
        rows = cover.rows[best]
        totals = totals - cover.totals(rows[left[rows]])
        left[rows] = False
    return taken


def _without_idle_absences(
    rule: int,
    cover: Cover,
    place: dict[tuple[int, Conjunction], int],
    rate: NDArray[np.float64],
    gain: NDArray[np.float64],
    n_features: int,
) -> int:
    """The rule, or the shorter one of lowest error rate that is hardly worse, as long as there is one."""
    class_index, conjunction = cover.rules[rule]
    shorter = [
        place.get((class_index, tuple(other for other in conjunction if other != literal)))
        for literal in conjunction
        if literal >= n_features
    ]
    idle = [one for one in shorter if one is not None and gain[one] > 0 and rate[one] <= rate[rule] + _NEGATION_WORTH]
    if not idle:
        return rule
    return _without_idle_absences(min(idle, key=lambda one: (rate[one], one)), cover, place, rate, gain, n_features)
