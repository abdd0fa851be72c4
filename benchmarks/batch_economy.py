"""What rows cost when texts repeat: texts that the model is really asked about, by the share of rows that repeat another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.batch_runs import Row, run, write_rows

SHARES = (0.0, 0.25, 0.5, 0.75, 0.9)


def repeated(rows: Sequence[Row], folder: Path) -> list[dict[str, Any]]:
    """Calls for each row when a share of the rows repeats others."""
    found = []
    for share in SHARES:
        n_texts = round(len(rows) * (1 - share))
        told = [(name, rows[number % n_texts][1]) for number, (name, _) in enumerate(rows)]
        ran = run(write_rows(folder / f"repeats-{share}.csv", told), folder / f"repeats-{share}", "--workers", "2")
        found.append({"share": share, "asked": ran.counts["asked"] / len(rows), "seconds": ran.seconds / len(rows)})
    return found
