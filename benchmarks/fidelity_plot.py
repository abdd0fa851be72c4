"""The picture of the fidelity benchmark: fidelity on unseen masks against number of calls."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from benchmarks import fidelity_bars as bars
from benchmarks.fidelity_measure import OURS
from benchmarks.fidelity_ours import FORMS

Rows = list[dict[str, Any]]

#: Rows of the picture: column of the table, and what is written beside it.
PANELS = {
    "reference_log_odds": "R2 of the log-odds,\nunweighted",
    "lime_probability": "R2 of the probability,\nLIME's kernel",
}
#: Colours that people with colour blindness can tell apart (Okabe and Ito).
COLOURS = {"terms": "#0072B2", "tree": "#009E73", "lime": "#D55E00"}
MARKERS = {
    "shap Partition": ("P", "#CC79A7"), "shap Kernel": ("X", "#CC79A7"), "captum Lime": ("v", "#E69F00"),
    "captum KernelShap": ("^", "#E69F00"), "shapiq KernelSHAP": ("D", "#56B4E9"), "shapiq ProxySPEX": ("*", "#56B4E9"),
}  # fmt: skip
LOWEST = 0.0
TICKS = (32, 128, 512, 2000, 5000)


def draw_plot(rows: Rows, path: Path) -> None:
    """Write the picture; the suffix of ``path`` chooses the format."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    columns = bars.groups(rows)
    with rc_context({"svg.hashsalt": "fidelity", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(3.0 * len(columns) + 0.8, 6.6), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(len(PANELS), len(columns), sharex=True, sharey=True, squeeze=False)
        for column, (model, size) in enumerate(columns):
            for row, measure in enumerate(PANELS):
                _panel(axes[row][column], bars.of_group(rows, model, size), measure)
            axes[0][column].set_title(f"{model}\n{size}", fontsize=10)
            axes[-1][column].set_xlabel("distinct calls")
        for row, label in enumerate(PANELS.values()):
            axes[row][0].set_ylabel(label)
        handles: dict[str, Any] = {}
        for axis in axes.ravel():
            handles |= {label: handle for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)}
        figure.suptitle("Fidelity on unseen masks (a point on the lower edge: below zero)", fontsize=11)
        figure.legend(
            handles.values(), handles.keys(), loc="outside lower center", ncols=len(columns) + 1, frameon=False
        )
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)


def _panel(axis: Any, rows: Rows, measure: str) -> None:
    axis.set_xscale("log")
    axis.set_xticks(TICKS, [f"{n:,}" for n in TICKS], minor=False)
    axis.set_xticks([], minor=True)
    axis.set_ylim(LOWEST, 1.02)
    axis.grid(True, color="#e5e5e5", linewidth=0.6)
    axis.set_axisbelow(True)
    for form, shown in FORMS.items():
        ceiling = bars.median(row.get(measure) for row in rows if row["method"] == "reference" and row["form"] == form)
        if not math.isnan(ceiling):
            axis.axhline(ceiling, color=COLOURS[form], linestyle=(0, (4, 3)), linewidth=1, label=f"reference, {shown}")
        points = _points([row for row in rows if row["method"].startswith(f"{OURS},") and row["form"] == form], measure)
        _line(axis, points, COLOURS[form], "o" if form == "terms" else "s", f"ours, {shown}")
    _line(
        axis, _points([row for row in rows if row["method"].startswith("lime,")], measure), COLOURS["lime"], ".", "lime"
    )
    for name, (marker, colour) in MARKERS.items():
        own = [row for row in rows if row["method"].startswith(f"{name},")]
        _point(
            axis, _points([row for row in own if row["form"] == "as given"], measure), marker, colour, name, full=True
        )
        refitted = [row for row in own if row["form"] == "refitted by ridge"]
        if refitted:
            _point(axis, _points(refitted, measure), marker, colour, f"{name}, refitted by ridge", full=False)


def _points(rows: Rows, measure: str) -> list[tuple[float, float]]:
    """Median distinct calls and median fidelity by number of calls."""
    told = [row for row in rows if measure in row]
    return [
        (
            bars.median(row["distinct"] for row in told if row["calls"] == n),
            bars.median(row[measure] for row in told if row["calls"] == n),
        )
        for n in sorted({row["calls"] for row in told})
    ]


def _line(axis: Any, points: list[tuple[float, float]], colour: str, marker: str, label: str) -> None:
    axis.plot(*zip(*points, strict=True), color=colour, marker=marker, markersize=4, linewidth=1.6, label=label)


def _point(axis: Any, points: list[tuple[float, float]], marker: str, colour: str, label: str, *, full: bool) -> None:
    for calls, value in points:
        # A point on the lower edge stands for a fidelity below zero; the table has the number.
        axis.plot(
            [calls],
            [max(value, LOWEST)],
            marker=marker,
            color=colour,
            markerfacecolor=colour if full else "white",
            markersize=6.5,
            linestyle="none",
            clip_on=False,
            label=label,
        )
