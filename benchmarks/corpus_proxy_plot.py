"""The picture of the benchmark of corpus proxies: calls per row, and fidelity, against the size of the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BLUE, GREY, ORANGE = "#0072B2", "#666666", "#D55E00"


def draw_plot(found: list[dict[str, Any]], path: Path) -> None:
    """Write the picture; the suffix of ``path`` chooses the format."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "proxy", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(9.0, 3.6), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        places = range(len(found))
        left.plot(places, [one["calls"] for one in found], color=BLUE, marker="o", label="calls per row")
        for place, one in zip(places, found, strict=True):
            left.annotate(
                f"{one['used']:.0%}", (place, one["calls"]), (0, 6), textcoords="offset points", ha="center", size=7
            )
        left.set_ylim(0, 1.15 * found[0]["calls"])
        left.set_title("Calls per row, and share of rows that use the proxy")
        right.plot(places, [one["linear"] for one in found], color=BLUE, marker="o", label="with the corpus proxy")
        right.plot(places, [one["few"] for one in found], color=ORANGE, marker="s", label="as few calls, no proxy")
        right.axhline(found[0]["linear"], color=GREY, linewidth=0.8, linestyle="--", label="all calls, no proxy")
        right.set_title("R² of the linear surrogate on fresh copies")
        right.legend(fontsize=7, frameon=False, loc="lower left")
        right.set_ylim(min(0.0, min(one["few"] for one in found)), 1.0)
        for axis in (left, right):
            axis.set_xticks(list(places), [f"{one['size']:,}" for one in found])
            axis.set_xlabel("texts in the sample")
            axis.grid(True, color="#e5e5e5", linewidth=0.6)
            axis.set_axisbelow(True)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)
