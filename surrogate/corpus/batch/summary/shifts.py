"""How far two sets of counts lie apart, and whether that is more than chance gives; every number beside its counts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.describe.proportions import wilson
from surrogate.seeding import content_generator

__all__ = ["compare_counts", "compare_histograms", "share_of"]

Record = dict[str, Any]
Counts = NDArray[np.int64]
Shares = NDArray[np.float64]

#: Draws of counts for an interval, and halvings by which its lower end is found: to a hundredth of the distance.
_N_DRAWS, _N_HALVINGS = 2000, 7


def share_of(n: int, total: int) -> Record:
    """A share with its counts and its 95 % interval; of none, no number.

    Examples
    --------
    >>> share_of(8, 10)["value"], share_of(0, 0)["value"]
    (0.8, None)
    """
    if not total:
        return {"n": n, "total": total, "value": None, "low": None, "high": None}
    low, high = wilson(n / total, total)
    return {"n": n, "total": total, "value": n / total, "low": low, "high": high}


def compare_counts(names: Sequence[str], before: Sequence[int], after: Sequence[int]) -> Record:
    """Counts by name in two batches: how far their shares lie apart, and a G-test of whether chance alone does that.

    Parameters
    ----------
    names : sequence of str
    before, after : sequence of int

    Returns
    -------
    dict
        "shares" by name; "distance": total variation with a 95 % interval, and what two draws from one source of these
        sizes stay below in 95 % of cases; "test": G, degrees of freedom, p and Cramér's V; None where there is nothing to test.

    References
    ----------
    Sokal and Rohlf, Biometry, 1981, for the G-test.  Draws of multinomial counts always lie apart, so quantiles of a
    bootstrap of both would leave out a distance of 0: the lower end comes from turning a test round (Carpenter, "Test
    inversion bootstrap confidence intervals", Journal of the Royal Statistical Society B 61, 1999), between both batches
    pooled and what was counted; the upper end is that of the bootstrap.

    Examples
    --------
    >>> same = compare_counts(["a", "b"], [50, 50], [50, 50])
    >>> same["distance"]["value"], round(same["test"]["p"], 3)
    (0.0, 1.0)
    >>> moved = compare_counts(["a", "b"], [500, 500], [700, 300])
    >>> round(moved["distance"]["value"], 3), moved["distance"]["value"] > moved["distance"]["by_chance"]
    (0.2, True)
    """
    first, second = np.array(before, dtype=np.int64), np.array(after, dtype=np.int64)
    sizes = int(first.sum()), int(second.sum())
    shares = [
        {"name": name, "before": share_of(int(one), sizes[0]), "after": share_of(int(other), sizes[1])}
        for name, one, other in zip(names, first, second, strict=True)
    ]
    if not all(sizes):
        return {"shares": shares, "distance": None, "test": None}
    return {"shares": shares, "distance": _distance(first, second), "test": _g_test(first, second)}


def _distance(before: Counts, after: Counts) -> Record:
    sizes = int(before.sum()), int(after.sum())
    pooled = (before + after) / sum(sizes)
    shares = [side / size for side, size in zip((before, after), sizes, strict=True)]

    def drawn(part: float) -> Shares:
        """Distances of two batches drawn from sources that lie as ``part`` of what was counted apart."""
        generator = content_generator("total variation", before.tolist(), after.tolist())
        sources = [(1 - part) * pooled + part * own for own in shares]
        return _apart(*(generator.multinomial(n, p, _N_DRAWS) / n for n, p in zip(sizes, sources, strict=True)))

    value = float(_apart(*shares))
    return {
        "value": value,
        "low": _lowest_part(value, drawn) * value,
        # Draws lie further apart than what they are drawn from: on this side that errs to the safe one.
        "high": max(value, float(np.quantile(drawn(1.0), 0.975))),
        "by_chance": float(np.quantile(drawn(0.0), 0.95)),
    }


def _lowest_part(value: float, drawn: Callable[[float], Shares]) -> float:
    """The least part of a distance of which one draw in forty lies as far apart as was counted; found by halving."""
    low, high = 0.0, 1.0
    if np.quantile(drawn(low), 0.975) >= value:
        return low
    for _ in range(_N_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if np.quantile(drawn(middle), 0.975) >= value else (middle, high)
    return low


def _apart(one: Shares, other: Shares) -> Any:
    return np.abs(one - other).sum(axis=-1) / 2


def _g_test(before: Counts, after: Counts) -> Record | None:
    from scipy.stats import chi2_contingency

    table = np.array([before, after])[:, before + after > 0]
    if table.shape[1] < 2:
        return None
    found = chi2_contingency(table, correction=False, lambda_="log-likelihood")
    # Cramér's V is defined by Pearson's statistic.
    pearson = float(chi2_contingency(table, correction=False).statistic)
    effect = math.sqrt(pearson / int(table.sum()))
    return {"g": float(found.statistic), "dof": int(found.dof), "p": float(found.pvalue), "cramers_v": effect}


def compare_histograms(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> Record | None:
    """The two-sample Kolmogorov-Smirnov test of two histograms with narrow bins.

    Parameters
    ----------
    before, after : sequence of (int, int)
        Bin and number in it, by the bin.

    Returns
    -------
    dict or None
        Largest distance of the two cumulative shares and its p, which is conservative where bins hold several values; None: one
        of them is empty.

    References
    ----------
    Smirnov, "Table for estimating the goodness of fit of empirical distributions", Annals of Mathematical Statistics 19, 1948.

    Examples
    --------
    >>> compare_histograms([(0, 50), (1, 50)], [(0, 25), (1, 75)])["distance"]
    0.25
    """
    from scipy.stats import kstwo

    one, other = ({int(place): int(n) for place, n in side} for side in (before, after))
    sizes = sum(one.values()), sum(other.values())
    if not all(sizes):
        return None
    bins = sorted(one.keys() | other.keys())
    counts = [np.array([side.get(place, 0) for place in bins]) for side in (one, other)]
    reached = [np.cumsum(side) / side.sum() for side in counts]
    distance = float(np.abs(reached[0] - reached[1]).max())
    p = float(kstwo.sf(distance, max(1, round(sizes[0] * sizes[1] / sum(sizes)))))
    return {"distance": distance, "p": min(1.0, p), "n_before": sizes[0], "n_after": sizes[1]}
