"""Does another seed tell the same story?  Top words and terms over five seeds, where ``--calls auto`` stops by itself.

Run ``python -m benchmarks.stability --data FOLDER``; FOLDER holds ``banking77/test.csv`` with a column ``text``.  Prints a
Markdown table and writes ``benchmarks/results/stability.md``.

For each text and seed: the five largest effects of words, and the five largest terms, those that are graded *stable*.
Jaccard is the mean over pairs of seeds of what both name with the same sign over what either names; two empty sets agree.
A term is its units with the sign of what they do: of two units, what they do together beyond each alone, whichever of them
is asked to be kept.  *Found again* is the share of one seed's stable words that another seed names at whatever place, with
the same sign: what a change of rank alone does not lower.  ``lime`` has no grades: its five largest weights, at its default
of 5,000 samples and at 500.  Calls are distinct texts asked; ours are the median, test and confirmation included.
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
from surrogate.linear_model import LinearModel
from surrogate.store import MemoryStore

ROOT = Path(__file__).parent.parent
N_TOP = 5
Named = set[tuple[Any, bool]]


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


def top_words(explanation: Explanation, grade: str | None = None, n_words: int | None = N_TOP) -> Named:
    """The largest effects of words of the sparse linear surrogate; None: all; those of one grade, or of any."""
    effects = model_of(explanation).effects[:n_words]
    return {(effect.unit, effect.coefficient > 0) for effect in effects if grade in (None, effect.grade)}


def top_terms(explanation: Explanation, grade: str | None = None) -> Named:
    """The largest terms of the sparse linear surrogate; those of one grade, or of any."""
    return {signed_units(term) for term in model_of(explanation).terms[:N_TOP] if grade in (None, term.grade)}


def model_of(explanation: Explanation) -> LinearModel:
    """The sparse linear surrogate, shown or withheld."""
    model: Any = explanation.members[0].model
    return model  # type: ignore[no-any-return]


def jaccard(sets: list[Named]) -> float:
    """Mean over pairs of shared names over all names."""
    shares = [len(one & two) / len(one | two) if one | two else 1.0 for one, two in combinations(sets, 2)]
    return float(np.mean(shares))


def found_again(tops: list[Named], chosen: list[Named]) -> float:
    """Mean share of one seed's names that another seed has."""
    shares = [
        len(top & other) / len(top)
        for place, top in enumerate(tops)
        for number, other in enumerate(chosen)
        if top and place != number
    ]
    return float(np.mean(shares)) if shares else 1.0


def ours(text: str, box: Any, seeds: int) -> dict[str, float]:
    """One text over all seeds."""
    store = MemoryStore()
    explained = []
    for seed in range(seeds):
        pipe = load("local", box).set_params(perturb__random_state=seed)
        explained.append(explain(text, box, pipe, store=store))
    stable = [top_words(each, grade="stable") for each in explained]
    return {
        "words, stable": jaccard(stable),
        "words": jaccard([top_words(each) for each in explained]),
        "found again": found_again(stable, [top_words(each, n_words=None) for each in explained]),
        "stable words": float(np.mean([len(each) for each in stable])),
        "terms, stable": jaccard([top_terms(each, grade="stable") for each in explained]),
        "calls": float(np.median([each.calls["total"] for each in explained])),
        "settled": float(np.mean([each.stopping.reason in ("settled", "exhausted") for each in explained])),
    }


def lime(text: str, box: Any, seeds: int, n_samples: int) -> tuple[float, float]:
    """Jaccard of its five largest weights over the seeds, and the distinct texts it asks for."""
    from lime.lime_text import LimeTextExplainer

    label = int(np.argmax(answers_of(box, [text])[0]))
    tops, calls = [], []
    for seed in range(seeds):
        asked: set[str] = set()

        def answer(texts: list[str], asked: set[str] = asked) -> Any:
            asked.update(texts)
            return answers_of(box, texts)

        explainer = LimeTextExplainer(bow=False, random_state=seed)
        found = explainer.explain_instance(text, answer, labels=(label,), num_features=10, num_samples=n_samples)
        weights = sorted(found.as_map()[label], key=lambda pair: -abs(pair[1]))[:N_TOP]
        tops.append({(int(unit), weight > 0) for unit, weight in weights})
        calls.append(len(asked))
    return jaccard(tops), float(np.mean(calls))


def answers_of(box: Any, texts: list[str]) -> Any:
    """Probabilities, each distinct text asked once."""
    distinct = list(dict.fromkeys(texts))
    rows = np.exp(box.answer(distinct).log_probabilities)
    place = {text: number for number, text in enumerate(distinct)}
    return rows[[place[text] for text in texts]]


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--models", nargs="+", default=["bank-router", "bank-router-lm"])
    parser.add_argument("--beside", nargs="*", default=["bank-router"], help="models of which lime is asked as well")
    parser.add_argument("--texts", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "stability.md")
    options = parser.parse_args()
    groups = texts_of(options.data / "banking77" / "test.csv", options.texts)
    columns = (
        "model", "texts", "words, stable (≥ .95)", "words", "found again", "stable words of five", "terms, stable",
        "median calls (≤ 512)", "settled", "lime 5,000 (calls)", "lime 500 (calls)",
    )  # fmt: skip
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name in options.models:
        box = load_model(name)
        for group, texts in groups.items():
            lines.append(row(name, group, texts, box, options.seeds, name in options.beside))
            print(lines[-1], flush=True)
    where = f"{options.seeds} seeds; {platform.machine()}, {os.cpu_count()} cores."
    body = ["# Stability over seeds", "", (__doc__ or "").split("\n\n")[-1].strip(), "", where, "", *lines, ""]
    options.out.write_text("\n".join(body), encoding="utf-8")


def row(name: str, group: str, texts: list[str], box: Any, seeds: int, beside: bool) -> str:
    """One line of the table."""
    found = [ours(text, box, seeds) for text in texts]
    mean = {key: float(np.mean([each[key] for each in found])) for key in found[0]}
    calls = np.median([each["calls"] for each in found])
    peers = []
    for n_samples in (5000, 500) if beside else ():
        theirs = np.mean([lime(text, box, seeds, n_samples) for text in texts], axis=0)
        peers.append(f"{theirs[0]:.3f} ({theirs[1]:,.0f})")
    return (
        f"| {name} | {len(texts)} of {group} | **{mean['words, stable']:.3f}** | {mean['words']:.3f} | "
        f"{mean['found again']:.3f} | {mean['stable words']:.1f} | {mean['terms, stable']:.3f} | {calls:.0f} | "
        f"{mean['settled']:.2f} | {' | '.join(peers or ['not asked'] * 2)} |"
    )


if __name__ == "__main__":
    main()
