"""Batches of many texts: seconds per row beside a loop and beside lime, memory, sameness, kills, economy.

Run ``python -m benchmarks.batch --data FOLDER`` from the root of the repository; FOLDER holds ``banking77``.  Prints Markdown
tables and writes ``benchmarks/results/batch.md``.  The model is bank-router.  ``--only speed,lime,memory,same,kills,economy``
does some of it, and leaves the other sections of the page as they are.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.batch_economy import plot, repeated
from benchmarks.batch_faults import driver_memory, kills, same_everywhere
from benchmarks.batch_page import page
from benchmarks.batch_runs import Row, messages
from benchmarks.batch_speed import batches, beside_lime, loop, n_words
from benchmarks.sentiment import default_data

RESULTS = Path(__file__).parent / "results"
#: What was measured, from which the page is made.
MEASURED = RESULTS / "batch.json"


def measure_speed(rows: Sequence[Row], folder: Path) -> dict[str, Any]:
    """The loop on a part of the rows, before and after the batches of all of them."""
    from surrogate.blackbox import load_model

    box, some = load_model("bank-router"), rows[:200]
    before = loop(some, box)
    found = batches(rows, folder)
    after = loop(some, box)
    words = sum(n_words(text) for _, text in rows) / len(rows)
    return {
        "n": len(rows),
        "words": words,
        "n_loop": len(some),
        "loop": [before[0], after[0]],
        "loop_calls": before[1],
        "batches": found,
    }


def measure_lime(rows: Sequence[Row], _: Path) -> dict[str, Any]:
    """Lime on 50 of the rows."""
    from surrogate.blackbox import load_model

    return {"n": 50, **beside_lime(rows[:50], load_model("bank-router"))}


PARTS: dict[str, Callable[[Sequence[Row], Path], Any]] = {
    "speed": measure_speed,
    "lime": measure_lime,
    "memory": lambda _, folder: driver_memory(folder),
    "same": lambda rows, folder: same_everywhere(rows[:200], folder),
    "kills": lambda rows, folder: kills(rows[:300], folder),
    "economy": lambda rows, folder: repeated(rows[:400], folder),
}


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--only", default=",".join(PARTS))
    asked = parser.parse_args()
    told = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    rows = messages(asked.data, asked.rows)
    for name in asked.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            told[name] = PARTS[name](rows, Path(folder))
        told["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        MEASURED.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if "economy" in told:
        plot(told["economy"], RESULTS / "batch.svg")
    text = page(json.loads(MEASURED.read_text(encoding="utf-8")))
    (RESULTS / "batch.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
