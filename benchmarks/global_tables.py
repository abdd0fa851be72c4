"""The tables of the benchmark of global surrogates, in Markdown."""

from __future__ import annotations

import math
from typing import Any

from benchmarks import global_bars as bars
from benchmarks.fidelity_tables import number, table
from benchmarks.global_measure import CURVE, LIST, OURS, SET, TREE_TERMS

Row = dict[str, Any]

MEMBERS = ("linear: agreement", "rules: coverage, precision", "tree: agreement")


def bars_table(rows: bars.Rows) -> list[str]:
    """Every bar, what was measured, and PASS or MISS."""
    lines = []
    for bar in bars.bars(rows):
        decimals = 0 if bar.unit else 3
        sign = "≤" if bar.most else "≥"
        target = f"{sign} {bar.target:,.0f}{bar.unit}" if bar.unit else f"{sign} {bar.target:.2f}"
        lines.append([bar.what, f"{number(bar.measured, decimals)}{bar.unit}", target, bar.verdict])
    return table(("what", "measured", "bar", ""), lines)


def linear_table(rows: bars.Rows) -> list[str]:
    """Agreement by size, mean and standard deviation over splits."""
    own = bars.of_part(rows, "linear")
    sizes = sorted({row["size"] for row in own if row["size"]})
    lines = []
    for name in bars.methods(own):
        rows_of = [row for row in own if row["method"] == name]
        if not any(row["size"] for row in rows_of):
            continue
        cells = [_spread(bars.agreement(rows_of, name, size)) for size in sizes]
        shown = [number(bars.mean_sd(row["shown"] for row in rows_of if row["size"] == size)[0], 0) for size in sizes]
        lines.append([name, *cells, ", ".join(shown), _seconds(rows_of)])
    for name in bars.methods([row for row in own if not row["size"]]):
        whole = [row for row in own if row["method"] == name]
        dense = f"{_spread(bars.agreement(whole, name))} with {whole[0]['shown']:,}"
        lines.append([name, dense, *["–"] * len(sizes), "–"])
    lines += _notes(rows, "linear", len(sizes) + 2)
    return table(("surrogate", *(f"{size} numbers" for size in sizes), "numbers shown", "seconds"), lines)


def lead(rows: bars.Rows) -> str:
    """How far ours is ahead of the best peer, and of the control, at each size."""
    own = bars.of_part(rows, "linear")
    sizes = sorted({row["size"] for row in own if row["size"]})
    ours = [bars.agreement(own, OURS, size)[0] for size in sizes]
    best = [bars.best_peer(own, size) for size in sizes]
    names = ", ".join(dict.fromkeys(name for name, _ in best))
    peers = ", ".join(f"{mine - other:+.3f}" for mine, (_, other) in zip(ours, best, strict=True))
    control = [bars.agreement(own, bars.CONTROL, size)[0] for size in sizes]
    controls = ", ".join(f"{mine - other:+.3f}" for mine, other in zip(ours, control, strict=True))
    shown = ", ".join(map(str, sizes))
    return f"Lead of ours at {shown} numbers: over the best peer ({names}) {peers}; over the control {controls}."


def rules_table(rows: bars.Rows) -> list[str]:
    """Rules with the caution that was chosen; and of every method the coverage where its curve is precise enough."""
    own = bars.of_part(rows, "rules")
    lines = []
    for name in (SET, LIST):
        coverage, precision = bars.chosen(own, name)
        mine = [row for row in own if row["method"] == name and row["chosen"]]
        prices = ", ".join(f"{row['at']:g}" for row in mine)
        lowest = min((row["precision"] for row in mine), default=float("nan"))
        cells = [_spread(coverage), _spread(precision), number(lowest, 3), _shown(mine), prices, _seconds(mine)]
        lines.append([name, *cells])
    head = (
        "rules",
        "coverage",
        "precision",
        "lowest precision of a split",
        "rules shown",
        "price of an error",
        "seconds",
    )
    return table(head, lines)


def curves_table(rows: bars.Rows) -> list[str]:
    """Coverage where the mean curve reaches a precision, for ours and for peers, and the most precise point."""
    own = bars.of_part(rows, "rules")
    lines = []
    for name in bars.methods(own):
        points = [point for point in bars.curve(own, name) if not math.isnan(point[1])]
        coverage, precision = max(points, key=lambda point: point[1], default=(float("nan"), float("nan")))
        cells = [_reached(bars.coverage_at(points, level)) for level in (0.90, 0.93, bars.LEAST_PRECISION, 0.97)]
        lines.append([name, *cells, f"{number(coverage, 3)} at {number(precision, 3)}"])
    lines += _notes(rows, "rules", 5)
    return table(("rules, at most 40", "at .90", "at .93", "at .95", "at .97", "most precise point"), lines)


def cautions_table(rows: bars.Rows) -> list[str]:
    """Our coverage and precision for each price of an error."""
    own = bars.of_part(rows, "rules")
    lines = []
    for name in (SET, LIST):
        cells = [f"{number(coverage, 3)} at {number(right, 3)}" for coverage, right in bars.curve(own, name)]
        lines.append([name, *cells])
    return table(("price of an error", *(f"{price:g}" for price in CURVE)), lines)


def tree_table(rows: bars.Rows) -> list[str]:
    """Trees with concepts of several embeddings beside the tree on terms."""
    own = bars.of_part(rows, "tree")
    lines = []
    for name in bars.methods(own):
        mine = [row for row in own if row["method"] == name]
        gained = "–" if name == TREE_TERMS else _spread(bars.gain(own, name), sign="+")
        concepts = number(bars.mean_sd(row["concepts"] for row in mine)[0], 0)
        shown = name if name == TREE_TERMS else f"terms, and concepts in {name}"
        lines.append([shown, concepts, _spread(bars.agreement(own, name)), gained, _shown(mine), _seconds(mine)])
    return table(("tree of", "concepts", "agreement", "gain", "leaves", "seconds"), lines)


def concepts_table(rows: bars.Rows) -> list[str]:
    """Concepts with their names and what the model decides on their documents; no texts."""
    lines = []
    for place, row in enumerate(bars.of_part(rows, "concepts"), start=1):
        decided = ", ".join(f"{label} {100 * n / row['n']:.0f} %" for label, n in row["decisions"])
        share = float("nan") if row["naming_share"] is None else row["naming_share"]
        lines.append([str(place), row["label"], str(row["n"]), number(share), number(row["cohesion"]), decided])
    return table(("", "name", "documents", "naming share", "cohesion", "the model decides"), lines)


def corpora_table(rows: bars.Rows) -> list[str]:
    """Whole audits of other corpora."""
    lines = []
    for row in bars.of_part(rows, "corpora"):
        about = f"{row['n']:,} ({row['held_out']:,} held out), {row['classes']} decisions"
        most = row["members"]["linear"]["fidelity"]["agreement"]["baseline"]
        cells = [row["corpus"], about, number(row["accuracy"]), *_members(row["members"])]
        lines.append([*cells, number(row["peer"]), number(most), f"{row['calls']:,}", number(row["seconds"], 0)])
    head = ("corpus", "documents", "classifier's accuracy on its other half", *MEMBERS)
    return table((*head, "scikit-learn's L1", "most frequent decision", "calls", "seconds"), lines)


def cost_table(rows: bars.Rows) -> list[str]:
    """Time and memory of a whole audit in a process of its own."""
    lines = []
    for row in bars.of_part(rows, "cost"):
        parts = [f"{row['n']:,}", f"{row['calls']:,}", number(row["seconds"], 0)]
        parts += [number(row[name], 0) for name in ("ask_s", "fit_s")]
        lines.append([*parts, number(row["megabytes"], 0), *_members(row["members"])])
    head = (
        "documents",
        "calls",
        "wall time, s",
        "loading and asking, s",
        "fitting and measuring, s",
        "peak memory, MB",
    )
    return table((*head, *MEMBERS), lines)


def _members(members: dict[str, Row]) -> list[str]:
    cells = []
    for name in ("linear", "rules", "tree"):
        fidelity, passed = members[name]["fidelity"], members[name]["passed"]
        told = [("coverage", "precision")] if name == "rules" else [("agreement",)]
        text = ", ".join(_estimate(fidelity[key]) for key in told[0])
        cells.append(text if passed else f"{text} (withheld)")
    return cells


def _estimate(estimate: Row) -> str:
    value = estimate["value"]
    return "–" if value is None else f"{value:.2f} [{estimate['low']:.2f}, {estimate['high']:.2f}]"


def _spread(pair: tuple[float, float], sign: str = "") -> str:
    mean, deviation = pair
    return "–" if math.isnan(mean) else f"{mean:{sign}.3f} ± {deviation:.3f}"


def _shown(rows: bars.Rows) -> str:
    return number(bars.mean_sd(row["shown"] for row in rows)[0], 0)


def _seconds(rows: bars.Rows) -> str:
    return number(bars.mean_sd(row["seconds"] for row in rows if "seconds" in row)[0], 1)


def _reached(coverage: float) -> str:
    return f"{coverage:.3f}" if coverage > 0 else "never"


def _notes(rows: bars.Rows, part: str, n_cells: int) -> list[list[str]]:
    noted = [row for row in rows if row["part"] == part and "note" in row]
    return [[f"{row['method']}: {row['note']}", *["–"] * n_cells] for row in noted]
