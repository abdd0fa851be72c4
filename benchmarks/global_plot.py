"""The picture of the benchmark of global surrogates: agreement against size, and precision against coverage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import global_bars as bars
from benchmarks.global_measure import CONTROL, LIST, OURS, OURS_BARE, SET, SET_BARE

#: Colours that people with colour blindness can tell apart (Okabe and Ito).
OWN = {OURS: "#0072B2", SET: "#0072B2", OURS_BARE: "#56B4E9", SET_BARE: "#56B4E9", LIST: "#009E73", CONTROL: "#666666"}
OTHERS = ("#D55E00", "#CC79A7", "#E69F00", "#B8860B", "#8B4513", "#A0522D", "#800080", "#999933")


def draw_plot(rows: bars.Rows, path: Path) -> None:
    """Write the picture; the suffix of ``path`` chooses the format."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "global", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(11.0, 5.6), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        _sizes(left, bars.of_part(rows, "linear"))
        _precision(right, bars.of_part(rows, "rules"))
        for axis in (left, right):
            axis.grid(True, color="#e5e5e5", linewidth=0.6)
            axis.set_axisbelow(True)
            axis.legend(fontsize=7, frameon=False)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)


def _colours(names: list[str]) -> dict[str, str]:
    others = [name for name in names if name not in OWN]
    return OWN | {name: OTHERS[place % len(OTHERS)] for place, name in enumerate(others)}


def _sizes(axis: Any, rows: bars.Rows) -> None:
    sized = [row for row in rows if row["size"]]
    colours = _colours(bars.methods(sized))
    for name in bars.methods(sized):
        sizes = sorted({row["size"] for row in sized if row["method"] == name})
        means, deviations = zip(*(bars.agreement(sized, name, size) for size in sizes), strict=True)
        style = {"color": colours[name], "marker": "o", "markersize": 4, "capsize": 2}
        axis.errorbar(sizes, means, deviations, linewidth=2.2 if name == OURS else 1.2, label=_plain(name), **style)
    axis.set_xscale("log")
    sizes = sorted({row["size"] for row in sized})
    axis.set_xticks(sizes, [str(size) for size in sizes])
    axis.set_xticks([], minor=True)
    axis.set_xlabel("numbers shown")
    axis.set_ylabel("agreement with the model, held-out documents")
    axis.set_title("Sparse linear models and peers")


def _precision(axis: Any, rows: bars.Rows) -> None:
    names = bars.methods(rows)
    colours = _colours(names)
    for name in names:
        points = [point for point in bars.curve(rows, name) if point[0] > 0]
        if points:
            wide = 2.2 if name in OWN else 1.0
            style = {"color": colours[name], "marker": ".", "linewidth": wide}
            axis.plot(*zip(*points, strict=True), label=_plain(name), **style)
    for name in (SET, LIST):
        (coverage, _), (precision, _) = bars.chosen(rows, name)
        label = f"{_plain(name)}: chosen by the cross-fit"
        axis.plot([coverage], [precision], "*", color=colours[name], markersize=13, label=label)
    axis.axhline(bars.LEAST_PRECISION, color="#666666", linestyle=(0, (4, 3)), linewidth=1)
    axis.axvline(bars.LEAST_COVERAGE, color="#666666", linestyle=(0, (4, 3)), linewidth=1)
    axis.set_xlim(0, 1)
    axis.set_ylim(0.75, 1.005)
    axis.set_xlabel("coverage, held-out documents")
    axis.set_ylabel("precision")
    axis.set_title("At most 40 rules, along the price of an error or the threshold")


def _plain(name: str) -> str:
    return name.replace("**", "")
