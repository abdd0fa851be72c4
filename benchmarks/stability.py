"""Does another seed tell the same story?  Top terms over five seeds, where ``--calls auto`` stops by itself.

Run ``python -m benchmarks.stability --data FOLDER``; FOLDER holds ``banking77/test.csv`` with a column ``text``.  Prints a
Markdown table and writes ``benchmarks/results/stability.md``.

For each text and seed: the terms among the five largest that are graded *stable* and, for comparison, all five.  Jaccard is
the mean over pairs of seeds of shared terms over all terms of the two; two empty sets agree.  A term is its units with the
sign of what they do: of two units, what they do together beyond each alone, whichever of them is asked to be kept.  *Found
again* is the share of one seed's stable top terms that another seed chose, at whatever place: what a change of rank alone
does not lower.  Calls are all distinct texts asked, test and confirmation included.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from surrogate import explain, load
from surrogate.agreement import signed_units
from surrogate.blackbox import load_model
from surrogate.explanation import Explanation
from surrogate.store import MemoryStore

ROOT = Path(__file__).parent.parent
N_TOP = 5
Terms = set[tuple[Any, bool]]


def texts_of(path: Path, n_texts: int) -> dict[str, list[str]]:
    """Messages of 9-15 words, and two joined to 30-40 words."""
    with path.open(encoding="utf-8", newline="") as stream:
        messages = [row["text"] for row in csv.DictReader(stream)]
    short = [text for text in messages if 9 <= len(text.split()) <= 15]
    joined = [f"{one} {two}" for one, two in zip(messages[::7], messages[3::7], strict=False)]
    return {
        "9-15 words": short[:: max(1, len(short) // n_texts)][:n_texts],
        "30-40 words": [text for text in joined if 30 <= len(text.split()) <= 40][:n_texts],
    }


def top_terms(explanation: Explanation, grade: str | None = None, n_terms: int | None = N_TOP) -> Terms:
    """The largest terms of the sparse linear surrogate; None: all; those of one grade, or of any."""
    model: Any = explanation.members[0].model
    return {signed_units(term) for term in model.terms[:n_terms] if grade in (None, term.grade)}


def jaccard(sets: list[Terms]) -> float:
    """Mean over pairs of shared terms over all terms."""
    shares = [len(one & two) / len(one | two) if one | two else 1.0 for one, two in combinations(sets, 2)]
    return float(np.mean(shares))


def found_again(tops: list[Terms], chosen: list[Terms]) -> float:
    """Mean share of one seed's terms that another seed chose."""
    shares = [
        len(top & other) / len(top)
        for place, top in enumerate(tops)
        for number, other in enumerate(chosen)
        if top and place != number
    ]
    return float(np.mean(shares)) if shares else 1.0


def measure(text: str, box: Any, seeds: int) -> dict[str, float]:
    """One text over all seeds."""
    store = MemoryStore()
    explained = []
    for seed in range(seeds):
        pipe = load("local", box).set_params(perturb__random_state=seed)
        explained.append(explain(text, box, pipe, store=store))
    stable = [top_terms(each, grade="stable") for each in explained]
    return {
        "Jaccard, stable": jaccard(stable),
        "Jaccard, all five": jaccard([top_terms(each) for each in explained]),
        "found again": found_again(stable, [top_terms(each, n_terms=None) for each in explained]),
        "stable terms": float(np.mean([len(each) for each in stable])),
        "calls": float(np.median([each.calls["total"] for each in explained])),
        "settled": float(np.mean([each.stopping.reason in ("settled", "exhausted") for each in explained])),
        "shown": float(np.mean([each.members[0].verdict.passed for each in explained])),
    }


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--models", nargs="+", default=["bank-router", "bank-router-lm"])
    parser.add_argument("--texts", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "stability.md")
    options = parser.parse_args()
    groups = texts_of(options.data / "banking77" / "test.csv", options.texts)
    columns = (
        "model", "texts", "Jaccard, stable (≥ .95)", "Jaccard, all five", "found again", "stable terms of five",
        "median calls (≤ 512)", "settled", "shown",
    )  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name in options.models:
        box = load_model(name)
        for group, texts in groups.items():
            found = [measure(text, box, options.seeds) for text in texts]
            mean = {key: float(np.mean([each[key] for each in found])) for key in found[0]}
            calls = np.median([each["calls"] for each in found])
            lines.append(
                f"| {name} | {len(texts)} of {group} | {mean['Jaccard, stable']:.3f} | {mean['Jaccard, all five']:.3f} | "
                f"{mean['found again']:.3f} | "
                f"{mean['stable terms']:.1f} | {calls:.0f} | {mean['settled']:.2f} | {mean['shown']:.2f} |"
            )
            print(lines[-1], flush=True)
    where = f"{options.seeds} seeds; {platform.machine()}, {os.cpu_count()} cores."
    body = ["# Stability over seeds", "", (__doc__ or "").split("\n\n")[-1].strip(), "", where, "", *lines, ""]
    options.out.write_text("\n".join(body), encoding="utf-8")


if __name__ == "__main__":
    main()
