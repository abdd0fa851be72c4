"""What the rows of the benchmark of global surrogates say about its bars."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from benchmarks.global_measure import CONTROL, LIST, OURS, OURS_BARE, SET, SET_BARE, TREE_TERMS
from benchmarks.global_tasks import EMBEDDINGS

Rows = list[dict[str, Any]]

#: Numbers that a reader is shown at most, in the comparison with peers.
SIZE = 200
LEAST_AGREEMENT, LEAST_LEAD = 0.87, 0.03
LEAST_COVERAGE, LEAST_PRECISION, LEAST_COVERAGE_LEAD = 0.50, 0.95, 0.10
LEAST_GAIN = 0.05
MOST_SECONDS, MOST_MEGABYTES = 300.0, 2000.0

OWN = (OURS, OURS_BARE, SET, LIST, SET_BARE)


@dataclass(frozen=True)
class Bar:
    """A target, what was measured, and whether it is reached.

    Parameters
    ----------
    what : str
    measured, target : float
    unit : str
    most : bool, default False
        Whether the target is the largest value allowed, not the least.

    Examples
    --------
    >>> Bar("agreement", 0.9, 0.87).verdict, Bar("seconds", 301.0, 300.0, " s", most=True).verdict
    ('PASS', 'MISS')
    >>> Bar("agreement", float("nan"), 0.87).verdict
    'MISS'
    """

    what: str
    measured: float
    target: float
    unit: str = ""
    most: bool = False

    @property
    def verdict(self) -> str:
        """PASS or MISS; what was not measured is missed."""
        reached = self.measured <= self.target if self.most else self.measured >= self.target
        return "PASS" if reached else "MISS"


def of_part(rows: Rows, part: str) -> Rows:
    """The measured rows of one part."""
    return [row for row in rows if row["part"] == part and "note" not in row]


def methods(rows: Rows) -> list[str]:
    """The methods in their order."""
    return list(dict.fromkeys(row["method"] for row in rows))


def mean_sd(values: Iterable[float]) -> tuple[float, float]:
    """Mean and standard deviation over splits, without what is not-a-number.

    Examples
    --------
    >>> mean_sd([1.0, 3.0, float("nan")])
    (2.0, 1.4142135623730951)
    """
    told = [value for value in values if not math.isnan(value)]
    if not told:
        return float("nan"), float("nan")
    return statistics.fmean(told), statistics.stdev(told) if len(told) > 1 else 0.0


def agreement(rows: Rows, method: str, size: int | None = None) -> tuple[float, float]:
    """Mean and standard deviation of the agreement of a method, at one size."""
    return mean_sd(
        row["agreement"] for row in rows if row["method"] == method and (size is None or row["size"] == size)
    )


def peers_of(rows: Rows) -> list[str]:
    """Methods that are neither ours nor a control."""
    return [name for name in methods(rows) if name not in (*OWN, CONTROL)]


def best_peer(rows: Rows, size: int) -> tuple[str, float]:
    """The peer of highest mean agreement at a size."""
    means = {name: agreement(rows, name, size)[0] for name in peers_of(rows)}
    told = {name: mean for name, mean in means.items() if not math.isnan(mean)}
    return max(told.items(), key=lambda pair: pair[1], default=("none", float("nan")))


def curve(rows: Rows, method: str) -> list[tuple[float, float]]:
    """Mean coverage and mean precision over splits for each setting of a method, in the order of the settings."""
    own = [row for row in rows if row["method"] == method and not row.get("chosen")]
    points = []
    for setting in sorted({row["at"] for row in own}):
        at = [row for row in own if row["at"] == setting]
        points.append((mean_sd(row["coverage"] for row in at)[0], mean_sd(row["precision"] for row in at)[0]))
    return points


def coverage_at(points: Sequence[tuple[float, float]], precision: float) -> float:
    """The largest coverage at which a curve is so precise; between neighbouring settings a straight line.

    Examples
    --------
    >>> round(coverage_at([(0.6, 0.90), (0.4, 1.0)], 0.95), 6)
    0.5
    >>> coverage_at([(0.6, 0.90), (0.4, 0.94)], 0.95)
    0.0
    """
    best = max((coverage for coverage, right in points if right >= precision), default=0.0)
    for (one, low), (other, high) in pairwise(points):
        if min(low, high) < precision <= max(low, high):
            best = max(best, one + (other - one) * (precision - low) / (high - low))
    return best


def best_rule_peer(rows: Rows, precision: float) -> tuple[str, float]:
    """The peer with the largest coverage at a precision, read off its curve on held-out documents."""
    found = {name: coverage_at(curve(rows, name), precision) for name in peers_of(rows)}
    return max(found.items(), key=lambda pair: pair[1], default=("none", float("nan")))


def chosen(rows: Rows, method: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Coverage and precision, each with its standard deviation, of the rules whose caution was chosen before."""
    own = [row for row in rows if row["method"] == method and row.get("chosen")]
    return mean_sd(row["coverage"] for row in own), mean_sd(row["precision"] for row in own)


def gain(rows: Rows, method: str) -> tuple[float, float]:
    """Mean and standard deviation of the gain of a tree with concepts over the tree on terms of the same split."""
    terms = {row["seed"]: row["agreement"] for row in rows if row["method"] == TREE_TERMS}
    return mean_sd(row["agreement"] - terms[row["seed"]] for row in rows if row["method"] == method)


def bars(rows: Rows) -> list[Bar]:
    """Every bar, from the rows alone."""
    linear, rules, tree = (of_part(rows, part) for part in ("linear", "rules", "tree"))
    found: list[Bar] = []
    if linear:
        ours = agreement(linear, OURS, SIZE)[0]
        name, best = best_peer(linear, SIZE)
        found += [
            Bar(f"linear, {SIZE} coefficients: agreement", ours, LEAST_AGREEMENT),
            Bar(f"linear, {SIZE} coefficients: above the best peer ({name})", ours - best, LEAST_LEAD),
        ]
    for method, shown in ((SET, "rules, a set (the default)"), (LIST, "rules, an ordered list")) if rules else ():
        (coverage, _), (precision, _) = chosen(rules, method)
        found += [
            Bar(f"{shown}: precision", precision, LEAST_PRECISION),
            Bar(f"{shown}: coverage", coverage, LEAST_COVERAGE),
        ]
        for at, told in ((precision, "at that precision"), (LEAST_PRECISION, f"at {LEAST_PRECISION:.2f}")):
            name, best = best_rule_peer(rules, at)
            what = f"{shown}: coverage above the best peer's {told} ({name}: {best:.3f})"
            found.append(Bar(what, coverage - best, LEAST_COVERAGE_LEAD))
    if tree:
        name = EMBEDDINGS["bank-router"]
        found.append(Bar(f"tree of 32 leaves: gain by concepts ({name})", gain(tree, name)[0], LEAST_GAIN))
    for row in of_part(rows, "cost"):
        found += [
            Bar(f"audit of {row['n']:,} documents: wall time", row["seconds"], MOST_SECONDS, " s", most=True),
            Bar(f"audit of {row['n']:,} documents: peak memory", row["megabytes"], MOST_MEGABYTES, " MB", most=True),
        ]
    return found
