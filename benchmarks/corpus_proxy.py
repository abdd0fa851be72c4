"""What does a corpus proxy save?  Calls per row of a batch against the size of its sample, and fidelity beside them.

Run ``python -m benchmarks.corpus_proxy --data FOLDER``; FOLDER holds ``banking77/train.csv`` and ``banking77/test.csv``.
Prints a Markdown table and writes ``benchmarks/results/corpus_proxy.md`` and ``corpus_proxy.svg``.

The model is bank-router, the recipe ``batch`` with at most 64 calls for each row, half of them to test on.  Rows are messages of
the test file that have more copies than that, others than those on which the check was chosen; the sample is chosen by
content among all other messages of both files.  R² is that of the linear surrogate on 256 fresh copies of each row, which
nothing else has read, mean over the rows.  *As few calls, no proxy*: the same rows, with as many copies to fit on as the row
beside took, and no corpus proxy.  *Pays off after*: rows after which what the sample itself was asked is saved.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from benchmarks.corpus_proxy_plot import draw_plot
from surrogate.assembly import assemble, teach
from surrogate.blackbox import load_model
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.proxy.proxied import explain_with_proxy
from surrogate.corpus.batch.proxy.proxy_fitting import fit_corpus_proxy
from surrogate.corpus.batch.proxy.stages import asked, planned_of
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.fit import r2
from surrogate.local_pipeline import local_pipeline
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.rows import usable_rows
from surrogate.settling import Settled
from surrogate.stopping import Stopping
from surrogate.store import MemoryStore

ROOT = Path(__file__).parent.parent
SIZES = (0, 100, 200, 500, 1000, 2000, 4000, 8000)
CALLS, FRESH = 64, 256


@dataclass(frozen=True, eq=False)
class Row:
    """One message: its fresh copies, answered."""

    text: str
    fresh: Neighborhood


def messages(data: Path, skip: int, n_rows: int) -> tuple[list[str], list[str]]:
    """Messages to explain, and all others, in an order that content gives."""
    texts = []
    for name in ("test", "train"):
        with (data / "banking77" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            texts.append({row["text"] for row in csv.DictReader(stream)})
    test = sorted(texts[0], key=lambda text: hashlib.sha256(text.encode()).hexdigest())
    chosen = test[skip : skip + n_rows]
    return chosen, sorted((texts[0] | texts[1]) - set(chosen))


def rows_of(texts: list[str], pipe: Pipeline) -> list[Row]:
    """Rows with more copies than calls, and with copies to spare."""
    rows = []
    wide = clone(pipe).set_params(perturb__n_samples=CALLS + 2 * FRESH, perturb__max_test=None)
    for text in texts:
        planned = planned_of(pipe, text, CALLS)
        if isinstance(planned, str):
            continue
        drawn = wide.named_steps["perturb"].fit([text]).draw([text])
        spare = ~np.isin(drawn.texts, planned.drawn.texts)
        fresh = drawn.rows(spare & (np.cumsum(spare) <= FRESH))
        if fresh.n_samples >= FRESH // 4:
            rows.append(Row(text, wide.named_steps["query"].fit(None).transform(fresh)))
    return rows


def measured(row: Row, explanation: Explanation) -> float:
    """R2 of the linear surrogate on fresh copies."""
    decision = explanation.decision
    outcome = Outcome(row.fresh.classes, decision.target, decision.contrast, row.fresh.multi_label)
    data = usable_rows(row.fresh, outcome)
    return r2(data.values, explanation.members[0].model.predict(data.masks), data.weights)  # type: ignore[union-attr]


def without(row: Row, pipe: Pipeline, n_copies: int) -> Explanation:
    """As many copies to fit on, and no proxy."""
    planned = planned_of(pipe, row.text, CALLS)
    whole = asked(planned, n_copies, test=True)  # type: ignore[arg-type]
    settled = Settled(planned.pipe, whole, Stopping("fixed"), 0)  # type: ignore[union-attr]
    return assemble(settled, teach(settled), Policy(), "batch", full=False)


def one_size(size: int, rows: list[Row], others: list[str], pipe: Pipeline) -> dict[str, Any]:
    """What a sample of one size gives."""
    begun = time.perf_counter()
    proxy = fit_corpus_proxy(others, size, pipe) if size else None
    seconds = time.perf_counter() - begun
    kept = [explained(row, proxy, pipe) for row in rows]
    fidelity = np.array([measured(row, one) for row, one in zip(rows, kept, strict=True)])
    used = np.array([one.production.get("corpus_proxy", {}).get("used", False) for one in kept])
    few = fidelity.copy()
    for place in np.flatnonzero(used):
        few[place] = measured(rows[place], bare(rows[place], kept[place], pipe))
    told: dict[str, Any] = dict(proxy.description) if proxy else {"n_copies": 0, "held_out_r2": None}
    return {
        "size": size,
        "sample_calls": told["n_copies"],
        "held_out_r2": told["held_out_r2"],
        "used": float(used.mean()),
        "calls": float(np.mean([one.calls["total"] for one in kept])),
        "linear": float(fidelity.mean()),
        "few": float(few.mean()),
        "passed": float(np.mean([one.members[0].verdict.passed for one in kept])),
        "seconds": seconds,
        "each": fidelity,
        "which": used,
    }


def explained(row: Row, proxy: CorpusProxy | None, pipe: Pipeline) -> Explanation:
    """One row as a batch explains it."""
    if proxy is None:
        return without(row, pipe, CALLS)
    return explain_with_proxy(pipe, row.text, proxy, Policy(), "batch", calls=CALLS).explanation


def bare(row: Row, explanation: Explanation, pipe: Pipeline) -> Explanation:
    """The same number of copies to fit on without a proxy."""
    taught = int((explanation.sample.roles != "test").sum())  # type: ignore[union-attr]
    return without(row, pipe, taught)


def line(found: dict[str, Any], first: dict[str, Any]) -> str:
    """One line of the table."""
    saved = first["calls"] - found["calls"]
    pays = f"{found['sample_calls'] / saved:,.0f} rows" if saved > 0.05 else "–"
    elsewhere = "–" if found["held_out_r2"] is None else f"{found['held_out_r2']:.2f}"
    which = found["which"]
    same = f"{found['each'][which].mean():.3f} / {first['each'][which].mean():.3f}" if which.any() else "–"
    return (
        f"| {found['size']:,} | {found['sample_calls']:,} | {elsewhere} | {found['used']:.0%} | {found['calls']:.1f} | "
        f"{found['linear']:.3f} | {same} | {found['few']:.3f} | {found['passed']:.0%} | {pays} |"
    )


def main(arguments: list[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--skip", type=int, default=145, help="Messages on which the check was chosen.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "corpus_proxy.md")
    options = parser.parse_args(arguments)
    pipe = local_pipeline("batch", load_model("bank-router"), MemoryStore())
    texts, others = messages(options.data, options.skip, options.rows)
    rows = rows_of(texts, pipe)
    columns = (
        "texts in the sample",
        "calls for it",
        "its R² on texts left out",
        "rows that use it",
        "calls per row",
        "R²",
    )
    columns += (
        "R² of rows that use it, with / without",
        "R², as few calls, no proxy",
        "passes the gate",
    )
    table = [f"| {' | '.join((*columns, 'pays off after'))} |", "|---:" * (len(columns) + 1) + "|"]
    found: list[dict[str, Any]] = []
    for size in options.sizes:
        found.append(one_size(size, rows, others, pipe))
        table.append(line(found[-1], found[0]))
        print(table[-1], f"{found[-1]['seconds']:.0f} s", flush=True)
    note = (__doc__ or "").split("\n\n")[-1].strip()
    head = ["# Corpus proxy", "", note, "", f"{len(rows)} messages.", ""]
    picture = ["", "![Calls per row and fidelity against the size of the sample](corpus_proxy.svg)"]
    end = ["", "Written by `python -m benchmarks.corpus_proxy`.", ""]
    options.out.write_text("\n".join([*head, *table, *picture, *end]), encoding="utf-8")
    draw_plot(found, options.out.with_suffix(".svg"))


if __name__ == "__main__":
    main()
