"""Global surrogates of a classifier beside peers: agreement at equal size, rules, concepts, other corpora, time and memory.

Run ``python -m benchmarks.global_rules``; it needs the data sets (``--data FOLDER`` or the variable SURROGATE_DATA).  Two peers
ask for older packages and run in an environment of their own: ``pip install interpret-community imodels`` into a fresh one,
and ``--peers-python ITS/bin/python``; without it they are named as not measured.  Writes ``benchmarks/results/global_rules.md``
and ``global_rules.svg``; ``--texts FOLDER`` also writes the typical texts of the concepts, which are not for the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.global_corpora import CORPORA, concept_rows, corpus_row, cost_row
from benchmarks.global_measure import linear_rows, rule_rows, tree_rows
from benchmarks.global_page import page
from benchmarks.global_plot import draw_plot
from benchmarks.global_rule_peers import THRESHOLDS
from benchmarks.global_tasks import EMBEDDINGS, Described, Split, describe, draw_split, read_texts
from benchmarks.sentiment import default_data
from surrogate.store import MemoryStore

Rows = list[dict[str, Any]]

RESULTS = Path(__file__).parent / "results"
MODEL = "bank-router"
PACKAGES = ("scikit-learn", "numpy", "scipy", "torch", "transformers")
SIZES = (50, 100, 200, 400)
PARTS = ("splits", "peers", "concepts", "corpora", "cost")


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--documents", type=int, default=10_000, help="for time and memory")
    parser.add_argument("--peers-python", default=sys.executable, help="a Python with interpret-community and imodels")
    parser.add_argument("--texts", type=Path, help="a folder for the concepts with their typical texts")
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--rows", type=Path, help="write every row as a line of JSON, too, as soon as it is measured")
    parser.add_argument("--from-rows", type=Path, help="measure nothing: write the page from rows of an earlier run")
    return parser.parse_args(arguments)


def collect(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows of all parts that were asked for, as they are measured."""
    if "splits" in options.parts:
        yield from split_rows(options)
    if "concepts" in options.parts:
        found, shown = concept_rows(options.data, MODEL)
        yield from found
        if options.texts:
            write_texts(shown, options.texts)
    if "corpora" in options.parts:
        for name in CORPORA:
            yield corpus_row(options.data, name)
    if "cost" in options.parts:
        yield cost_row(options.data, MODEL, options.documents)


def split_rows(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Linear models, rules and trees, ours and peers', on every split."""
    from surrogate.blackbox import load_model
    from surrogate.blackbox.embedding_sources import load_embedder

    texts = read_texts(options.data / "banking77", "test.csv")
    box, store = load_model(MODEL), MemoryStore()
    embedders = {name: load_embedder(name) for name in EMBEDDINGS}
    splits = []
    for seed in range(options.splits):
        split = draw_split(texts, box, store, seed)
        described = describe(split)
        yield {"part": "split", "seed": seed, **counts(split, described)}
        yield from linear_rows(split, described, SIZES)
        yield from rule_rows(split, described)
        yield from tree_rows(split, embedders, store)
        splits.append(as_given(split))
    if "peers" in options.parts:
        yield from other_peers(splits, options.peers_python)


def counts(split: Split, described: Described) -> dict[str, int]:
    """How many documents and copies a split has."""
    n_fit = int((~split.held_out).sum())
    sizes = {"n": len(split.texts), "held_out": int(split.held_out.sum()), "fitted": n_fit}
    return sizes | {"copies": described.fitted.n_rows - n_fit, "features": len(described.fitted.features.named)}


def as_given(split: Split) -> dict[str, Any]:
    """A split as the peers in an environment of their own read it."""
    return {
        "seed": split.seed,
        "texts": list(split.texts),
        "held_out": split.held_out.tolist(),
        "probabilities": split.probabilities.tolist(),
        "sizes": list(SIZES),
        "thresholds": list(THRESHOLDS),
    }


def other_peers(splits: list[dict[str, Any]], python: str) -> Rows:
    """The rows of the peers that run in an environment of their own."""
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch) / "splits.json", Path(scratch) / "rows.json"
        source.write_text(json.dumps(splits), encoding="utf-8")
        script = Path(__file__).parent / "global_old_peers.py"
        subprocess.run([python, str(script), str(source), str(target)], check=True, capture_output=True)
        rows: Rows = json.loads(target.read_text(encoding="utf-8"))
    return rows


def write_texts(shown: list[tuple[str, list[str]]], folder: Path) -> None:
    """A page of concepts, each with its typical texts."""
    lines = ["# Concepts with their typical texts", ""]
    for label, texts in shown:
        lines += [f"## {label}", "", *(f"* {' '.join(text.split())}" for text in texts), ""]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "concepts.md").write_text("\n".join(lines), encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Measure, unless the rows are given, and write tables and picture."""
    options = parse(arguments)
    if options.from_rows:
        rows = [json.loads(line) for line in options.from_rows.read_text(encoding="utf-8").splitlines()]
    else:
        rows = []
        with open(options.rows or os.devnull, "w", encoding="utf-8") as kept:
            for row in measured(options):
                rows.append(row)
                print(json.dumps(row), file=kept, flush=True)
    write(rows, options.out)


def measured(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """All rows, at last one about the run."""
    start = time.perf_counter()
    yield from collect(options)
    yield {"part": "run", "minutes": (time.perf_counter() - start) / 60, "machine": machine()}


def machine() -> str:
    """The machine and the versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    cores = f"{os.cpu_count()} cores, shared with other work"
    return f"{platform.machine()}, {cores}; Python {platform.python_version()}; {packages}"


def write(rows: Rows, out: Path) -> None:
    """The page, and the picture where splits were measured."""
    out.mkdir(parents=True, exist_ok=True)
    text = page(rows)
    (out / "global_rules.md").write_text(text, encoding="utf-8")
    if any(row["part"] == "linear" for row in rows):
        draw_plot(rows, out / "global_rules.svg")
    print(text)


if __name__ == "__main__":
    main()
