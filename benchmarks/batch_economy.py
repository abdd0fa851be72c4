"""What rows cost when texts repeat: texts that the model is really asked about, by the share of rows that repeat another."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.batch_runs import Row, rows_of, run, write_rows

SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)


def repeated(rows: Sequence[Row], folder: Path) -> list[dict[str, Any]]:
    """Calls for each row when a share of the rows repeats others."""
    found = []
    for share in SHARES:
        n_texts = round(len(rows) * (1 - share))
        told = [(name, rows[number % n_texts][1]) for number, (name, _) in enumerate(rows)]
        ran = run(write_rows(folder / f"repeats-{share}.csv", told), folder / f"repeats-{share}", "--workers", "2")
        fidelity = [row["fidelity"] for row in rows_of(ran.out) if row["fidelity"] is not None]
        found.append(
            {
                "share": share,
                "asked": ran.counts["asked"] / len(rows),
                "seconds": ran.seconds / len(rows),
                "fidelity": statistics.median(fidelity),
            }
        )
    return found


def plot(found: Sequence[dict[str, Any]], path: Path) -> None:
    """Texts asked for a row, and fidelity beside it, by the share of rows that repeat another."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    # The same bytes for the same numbers.
    with plt.rc_context({"svg.hashsalt": "batch", "svg.fonttype": "none"}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
        shares = [100 * one["share"] for one in found]
        left.plot(shares, [one["asked"] for one in found], marker="o", color="#0571b0")
        left.set_title("Texts that the model is asked about, for a row")
        right.plot(shares, [one["fidelity"] for one in found], marker="o", color="#0571b0")
        right.set_title("Median R² on copies that were held out")
        for axes, top in ((left, None), (right, 1.0)):
            axes.set_ylim(0, top)
            axes.set_xlabel("rows that repeat another, %")
            axes.grid(alpha=0.3)
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
