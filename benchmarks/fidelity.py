"""Fidelity against number of calls: ours beside lime, shap, captum and shapiq, same texts and same held-out masks, one run.

Run ``python -m benchmarks.fidelity``; ``--quick`` takes minutes.  It needs the data sets (``--data FOLDER`` or the variable
SURROGATE_DATA) and, for all peers, ``pip install -c constraints.txt -e ".[benchmarks]"``; a peer that is not installed is
named as such.  Writes ``benchmarks/results/fidelity.md`` and ``fidelity.svg``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from benchmarks.fidelity_bars import groups, of_group
from benchmarks.fidelity_measure import Settings, measure_task
from benchmarks.fidelity_plot import draw_plot
from benchmarks.fidelity_tables import bars_table, group_table
from benchmarks.fidelity_tasks import MODELS, Place, Task, held_out_accuracy, tasks_of
from benchmarks.sentiment import default_cache, default_data

RESULTS = Path(__file__).parent / "results"
QUICK = Settings(budgets=(32, 64, 128), lime_calls=(100, 500, 5000), n_seeds=2, n_stable=1, n_test=256, n_known=512)
DEFINITIONS = """\
Every line explains the same texts and is measured on the same masks of them (True: the word stays).

* **ours** is what a reader is shown: at most 12 terms, or a tree of at most 16 leaves, distilled from a proxy that is not
  shown; never the proxy. All calls count, the text itself and the empty text included. The masks that it is measured on
  never were among its calls for the unweighted columns.
* **R2, LIME's kernel, probability**: on a fresh sample as lime draws it, weighted by lime's kernel (exponential, width 0.25
  of cosine distance), of the probability of the explained class. Every method is given the probability; ours also
  lime's weights.
* **R2, unweighted**: on the reference distribution. For transformers: complement pairs, sizes uniform. For games: all masks
  alike, every mask that the method did not ask about. Every method is given the quantity that the column measures.
* lime chooses 10 features, shap Kernel 10 units, as they come. shap's, captum's and shapiq's numbers are read as a prediction:
  base value plus the values of the kept units (of all interactions that are kept, for ProxySPEX). "Refitted by ridge" is ridge
  regression of all units on the calls that shap made. "Size": terms or leaves, of ours and of theirs.
* **reference**: the same form fitted to the model's own answers on {known} masks (games: all), the best that its size allows.
* **seconds** are whole wall time, of which "outside the model" is the method's own; every copy is read as the
  method sends it, all with the same batches and one thread. Ours: drawing, asking,
  and fitting both forms. What the benchmark's own bookkeeping takes is left out of the others' time.
* **top-5 Jaccard**: shared among the five units with the largest mean effect on the prediction, over {seeds} seeds,
  on the first {stable} texts of a group (not of the language model, which is slow). Ours given the log-odds, the others the
  probability.
* Numbers are medians over texts. "distinct" counts different texts among those sent.
"""


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS[:4]))
    parser.add_argument("--texts", type=int, default=20, help="texts of each size, and most games")
    parser.add_argument(
        "--lm-texts", type=int, default=4, help="texts of each size for the language model, which is slower"
    )
    parser.add_argument("--slow-texts", type=int, default=5, help="texts of each group for the slow ProxySPEX")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--quick", action="store_true", help="two texts of each size, fewer calls")
    parser.add_argument("--data", type=Path, default=default_data())
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where the trained model is kept")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--rows", type=Path, help="write every measured row as a line of JSON, too")
    return parser.parse_args(arguments)


def settings_of(options: argparse.Namespace) -> Settings:
    """How much is measured."""
    if options.quick:
        return QUICK
    return Settings(n_seeds=options.seeds, n_slow=options.slow_texts)


def collect(options: argparse.Namespace, settings: Settings) -> list[dict[str, Any]]:
    """The rows of all texts, in their order, whatever process measured them."""
    place = Place(options.data, options.cache)
    n_texts = min(2, options.texts) if options.quick else options.texts
    tasks: list[Task] = []
    for model in options.models:
        tasks += tasks_of(model, place, min(n_texts, options.lm_texts) if model == "bank-router-lm" else n_texts)
    # The longest first, so that no process is left alone with one of them at the end.
    order = sorted(range(len(tasks)), key=lambda i: (tasks[i].model != "bank-router-lm", -len(tasks[i].text)))
    work = (delayed(_measure)(tasks[i], place, settings) for i in order)
    found = dict(zip(order, Parallel(n_jobs=options.jobs, verbose=10)(work), strict=True))
    return [row for i in range(len(tasks)) for row in found[i]]


def _measure(task: Task, place: Place, settings: Settings) -> list[dict[str, Any]]:
    if task.model == "bank-router-lm":
        settings = replace(settings, n_stable=0, n_slow=min(settings.n_slow, 2))
    with threadpool_limits(1):
        return measure_task(task, place, settings)


def report(rows: list[dict[str, Any]], options: argparse.Namespace, settings: Settings, seconds: float) -> str:
    """The whole Markdown file."""
    lines = ["# Fidelity against number of calls", ""]
    lines += [
        DEFINITIONS.format(known=f"{settings.n_known:,}", seeds=settings.n_seeds, stable=settings.n_stable),
        _machine(options, seconds),
        "",
        "![Fidelity on unseen masks against number of calls](fidelity.svg)",
        "",
        "## Calls and time to the fidelity of lime at its most samples",
        "",
        *bars_table(rows),
    ]
    for model, size in groups(rows):
        own = of_group(rows, model, size)
        n_texts = len({row["number"] for row in own})
        units = sorted({row["n_units"] for row in own})
        lines += [
            "",
            f"## {model}, {size}",
            "",
            f"{n_texts} texts of {units[0]} to {units[-1]} units.",
            "",
            *group_table(own),
        ]
    return "\n".join([*lines, ""])


def _machine(options: argparse.Namespace, seconds: float) -> str:
    names = ("lime", "shap", "captum", "shapiq", "lightgbm", "scikit-learn", "numpy", "torch", "transformers")
    packages = ", ".join(f"{name} {_version(name)}" for name in names)
    trained = ""
    if "sentiment" in options.models:
        share = held_out_accuracy(Place(options.data, options.cache))
        trained = f" The sentiment classifier is right on {100 * share:.0f} % of the sentences it was not trained on."
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, {options.jobs} processes of one thread; Python "
        f"{platform.python_version()}; {packages}. The run took {seconds / 60:.0f} minutes.{trained}"
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def main(arguments: list[str] | None = None) -> None:
    """Measure and write table and picture."""
    options = parse(arguments)
    settings = settings_of(options)
    start = time.perf_counter()
    if "sentiment" in options.models:
        print(
            f"sentiment classifier: held-out accuracy {held_out_accuracy(Place(options.data, options.cache)):.3f}",
            flush=True,
        )
    rows = collect(options, settings)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.rows:
        options.rows.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    text = report(rows, options, settings, time.perf_counter() - start)
    (options.out / "fidelity.md").write_text(text, encoding="utf-8")
    draw_plot(rows, options.out / "fidelity.svg")
    print(text)


if __name__ == "__main__":
    main()
