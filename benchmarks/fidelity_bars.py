"""What the rows of the fidelity benchmark say about the bars: calls and time to the fidelity of lime with 5,000 samples."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.fidelity_measure import OURS

Rows = list[dict[str, Any]]

#: The most calls, by size of text.
MOST_CALLS = {"9-15 words": 64, "30-40 words": 128}

#: The least factors by which ours is faster, by samples of lime.
LEAST_FACTORS = {5000: 20.0, 500: 2.5}

#: How ours is set beside lime: column of ours, column of lime, and what is said about it.
MEASURES = {
    "LIME's weighted R2 of the probability": ("lime_probability", "lime_probability"),
    "unweighted R2 of the probability": ("reference_probability", "reference_probability"),
    "unweighted R2 of the log-odds": ("reference_log_odds", "reference_log_odds"),
    "unweighted R2, ours of the log-odds, lime's of the probability": ("reference_log_odds", "reference_probability"),
}


@dataclass(frozen=True)
class Reached:
    """One text: the fewest calls with which ours is as good as lime, and the seconds of both.

    Parameters
    ----------
    n_calls : float
        Infinite where no number of calls that was measured is enough.
    seconds : float
    lime_seconds : dict of int to float
        Whole wall time by number of samples, every copy read as it is sent.
    lime_distinct_seconds : dict of int to float
        The same if lime's repeats were read once: the time in the model reduced by the share of repeats.
    """

    n_calls: float
    seconds: float
    lime_seconds: dict[int, float]
    lime_distinct_seconds: dict[int, float]


def groups(rows: Rows) -> list[tuple[str, str]]:
    """Models and sizes, in the order of the rows."""
    return list(dict.fromkeys((row["model"], row["size"]) for row in rows))


def of_group(rows: Rows, model: str, size: str) -> Rows:
    """The rows of one model and size."""
    return [row for row in rows if (row["model"], row["size"]) == (model, size)]


def median(values: Iterable[float | None]) -> float:
    """Median of the numbers that are there; NaN where none is."""
    found = [value for value in values if value is not None and not math.isnan(value)]
    return statistics.median(found) if found else float("nan")


def largest_lime(rows: Rows) -> int:
    """Samples of the lime that ours is compared with."""
    return max(row["calls"] for row in rows if _is_lime(row))


def reached(rows: Rows, form: str, measure: str) -> list[Reached]:
    """For each text of a group, where ours reaches the largest lime."""
    own, theirs = MEASURES[measure]
    most = largest_lime(rows)
    found = []
    for number in sorted({row["number"] for row in rows}):
        of_text = [row for row in rows if row["number"] == number]
        limes = {row["calls"]: row for row in of_text if _is_lime(row) and row["given"] == "probability"}
        goal = next(row[theirs] for row in of_text if _is_lime(row) and row["calls"] == most and theirs in row)
        good = [row for row in of_text if _is_ours(row, form) and row.get(own, -math.inf) >= goal]
        best = min(good, key=lambda row: row["calls"], default=None)
        found.append(
            Reached(
                math.inf if best is None else best["calls"],
                math.inf if best is None else best["seconds"],
                {n: row["seconds"] for n, row in limes.items()},
                {n: _without_repeats(row) for n, row in limes.items()},
            )
        )
    return found


def _is_lime(row: dict[str, Any]) -> bool:
    return row["method"].startswith("lime,") and "note" not in row


def _is_ours(row: dict[str, Any], form: str) -> bool:
    return row["method"].startswith(f"{OURS},") and row["form"] == form


def _without_repeats(row: dict[str, Any]) -> float:
    return float(row["seconds"] - row["model_seconds"] * (1 - row["distinct"] / row["sent"]))


def median_factor(texts: list[Reached], samples: int, distinct: bool = False) -> float:
    """Median over texts of lime's seconds over ours; 0 where ours does not get there."""
    return median(
        (text.lime_distinct_seconds if distinct else text.lime_seconds)[samples] / text.seconds for text in texts
    )


def share_within(texts: list[Reached], n_calls: int) -> float:
    """Share of texts where so many calls are enough."""
    return sum(text.n_calls <= n_calls for text in texts) / len(texts)
