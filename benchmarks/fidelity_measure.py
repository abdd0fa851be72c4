"""One text of the fidelity benchmark: every method, the same held-out masks, plain rows as the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import fidelity_ours as ours
from benchmarks.fidelity_methods import FAILURES, AsSent, Memory, Method, Run, TimedBox, is_installed, peers, warm_up
from benchmarks.fidelity_scores import TestMasks, game_tests, sampled_tests, score, top_units
from benchmarks.fidelity_tasks import Place, Task, game_log_odds, load_box
from surrogate.baselines import MaskedModel
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.query import Query
from surrogate.store import MemoryStore
from surrogate.units import Document, split_units

#: What a method is given, by the column it is scored in: the quantity and, where the method has the choice, the weights.
COLUMNS = {
    "lime_probability": ("lime", "probability", "mask_cosine"),
    "reference_probability": ("reference", "probability", "uniform"),
    "reference_log_odds": ("reference", "log_odds", "uniform"),
}
OURS = "ours"


@dataclass(frozen=True)
class Settings:
    """How much is measured.

    Parameters
    ----------
    budgets : tuple of int
        Calls of ours, and samples of lime beside its own.
    lime_calls : tuple of int
        Further samples of lime; the largest is what ours is compared with.
    peer_calls : int
        Calls of every other peer.
    n_seeds : int
        Seeds over which the top five units are compared, on the first ``n_stable`` texts of each group.
    n_stable : int
    n_test, n_known : int
        Test masks of each kind, and masks from which the reference for the size is taken.
    """

    budgets: tuple[int, ...] = (32, 64, 128, 256, 512)
    lime_calls: tuple[int, ...] = (100, 500, 5000)
    peer_calls: int = 500
    n_seeds: int = 5
    n_stable: int = 4
    n_slow: int = 5
    n_test: int = 512
    n_known: int = 2048


@dataclass(frozen=True, eq=False)
class Bench:
    """One text with its model, our masks for each kind of test, and the held-out masks."""

    task: Task
    box: Any
    outcome: Outcome
    document: Document
    samples: dict[str, Neighborhood]
    budgets: list[int]
    tests: dict[str, TestMasks]
    probes: NDArray[np.bool_]


def measure_task(task: Task, place: Place, settings: Settings) -> list[dict[str, Any]]:
    """Rows of one text: one for each method, form and quantity it was given."""
    _warm_up()
    bench = _prepare(task, load_box(task, place), place, settings)
    rows = _reference(bench) + _measure_ours(bench, settings)
    for method in peers(sorted({*settings.budgets, *settings.lime_calls}), settings.peer_calls):
        rows += _measure_peer(bench, method, settings)
    about = {**asdict(task), "n_units": bench.document.n_units}
    return [{**about, **row} for row in rows]


@cache
def _warm_up() -> None:
    """Once in each process."""
    task = Task("toy", "warm-up", 0, "not a good plot but fun and never dull for long")
    box = load_box(task, Place(Path(), Path()))
    document = split_units(task.text)
    outcome = MaskedModel.of(document, Query(box)).outcome
    warm_up(box, document, outcome)
    calls = ours.first_calls(ours.draw(task.text, task.reference, 32, 2, seed=0), 32)
    ours.run(box, outcome, calls, ("log_odds", "uniform"), MemoryStore())


def _prepare(task: Task, box: Any, place: Place, settings: Settings) -> Bench:
    document = split_units(task.text)
    masked = MaskedModel.of(document, Query(box))
    (*budgets, n_known), n_test = ours.plan(document.n_units, (*settings.budgets, settings.n_known), settings.n_test)
    kinds = {"lime": "sizes", "reference": task.reference}
    samples = {name: ours.draw(task.text, kind, n_known, n_test, seed=0) for name, kind in kinds.items()}
    if task.game:
        sign = 1.0 if masked.outcome.target == "positive" else -1.0
        tests = game_tests(sign * game_log_odds(task.game, place.data))
    else:
        held_out = samples["reference"].role("test")
        tests = sampled_tests(box, masked.outcome, masked.texts, held_out, settings.n_test, task.number)
    probes = np.random.default_rng(0).random((256, document.n_units)) < 0.5
    return Bench(task, box, masked.outcome, document, samples, budgets or [n_known], tests, probes)


def _scores(bench: Bench, run: Run, form: str, given: tuple[str, str]) -> dict[str, float]:
    """R2 in every column that a method with this quantity and these weights belongs to."""
    found = {}
    for column, (sample, scale, kernel) in COLUMNS.items():
        if given[0] == scale and given[1] in (kernel, "any"):
            test = bench.tests[sample]
            if bench.task.game:
                test = test.without(run.asked)
            found[column] = score(run.predictions[form], test, scale, scale)
    return found


def _seen(bench: Bench, run: Run) -> dict[str, float]:
    """Share of the test masks that a method had asked about."""
    known = {mask.tobytes() for mask in run.asked}
    return {
        f"seen_{name}": 0.0 if bench.task.game else float(np.mean([mask.tobytes() in known for mask in test.masks]))
        for name, test in bench.tests.items()
    }


def _row(bench: Bench, name: str, form: str, run: Run, given: tuple[str, str]) -> dict[str, Any]:
    return {
        "method": name,
        "form": form,
        "given": given[0],
        "kernel": given[1],
        "sent": run.n_sent,
        "distinct": run.n_distinct,
        "size_shown": run.sizes[form],
        "seconds": run.seconds,
        "model_seconds": run.model_seconds,
        **_scores(bench, run, form, given),
        **_seen(bench, run),
    }


def _measure_ours(bench: Bench, settings: Settings) -> list[dict[str, Any]]:
    rows = []
    stores = {n: MemoryStore() for n in bench.budgets}
    paid: dict[tuple[str, int], float] = {}
    for sample, scale, kernel in COLUMNS.values():
        for n_calls in bench.budgets:
            calls = ours.first_calls(bench.samples[sample], n_calls)
            run = ours.run(bench.box, bench.outcome, calls, (scale, kernel), stores[n_calls])
            # The first fit to these calls pays for them; the others are given the time that took.
            model_seconds = paid.setdefault((calls.reference, n_calls), run.model_seconds)
            times = {"seconds": run.seconds - run.model_seconds + model_seconds, "model_seconds": model_seconds}
            tops = _tops_ours(bench, run, n_calls, (scale, kernel), settings)
            for form in ours.FORMS:
                row = _row(bench, f"{OURS}, {n_calls}", form, run, (scale, kernel))
                rows.append({**row, **times, "calls": n_calls, "jaccard": mean_jaccard(tops.get(form, ()))})
    return rows


def _tops_ours(
    bench: Bench, first: Run, n_calls: int, given: tuple[str, str], settings: Settings
) -> dict[str, list[frozenset[int]]]:
    """The top units of each form over the seeds, where stability is looked at."""
    if given[0] != "log_odds" or bench.task.number >= settings.n_stable:
        return {}
    runs, store = [first], MemoryStore()
    for seed in range(1, settings.n_seeds):
        sample = ours.draw(bench.task.text, bench.task.reference, n_calls, 2, seed)
        runs.append(ours.run(bench.box, bench.outcome, ours.first_calls(sample, n_calls), given, store))
    return {form: [top_units(run.predictions[form], bench.probes) for run in runs] for form in ours.FORMS}


def _measure_peer(bench: Bench, method: Method, settings: Settings) -> list[dict[str, Any]]:
    if method.slow and bench.task.number >= settings.n_slow:
        return []
    if not is_installed(method.package):
        return [{"method": method.name, "form": "as given", "note": "not installed"}]
    memory, rows = Memory(), []
    for scale in ("probability", "log_odds"):
        timed = not bench.task.game and scale == "probability"
        model = AsSent(bench.document, bench.outcome, TimedBox(bench.box), memory, pay=timed)
        try:
            run = method.run(model, scale, seed=0)
        except FAILURES as error:
            rows.append({"method": method.name, "form": "as given", "note": f"failed: {type(error).__name__}: {error}"})
            continue
        tops = _tops_peer(bench, run, method, scale, memory, settings)
        for form in run.predictions:
            row = _row(bench, method.name, form, run, (scale, "any"))
            rows.append({**row, "calls": method.n_calls, "jaccard": mean_jaccard(tops.get(form, ()))})
    return rows


def _tops_peer(
    bench: Bench, first: Run, method: Method, scale: str, memory: Memory, settings: Settings
) -> dict[str, list[frozenset[int]]]:
    """The top units over the seeds, where stability is looked at."""
    if scale != "probability" or method.slow or bench.task.number >= settings.n_stable:
        return {}
    runs = [first]
    for seed in range(1, settings.n_seeds):
        model = AsSent(bench.document, bench.outcome, TimedBox(bench.box), memory, pay=False)
        runs.append(method.run(model, scale, seed))
    return {form: [top_units(run.predictions[form], bench.probes) for run in runs] for form in first.predictions}


def mean_jaccard(tops: Sequence[frozenset[int]]) -> float:
    """Mean overlap of every two of several sets: shared units over all units; two empty sets overlap wholly.

    Examples
    --------
    >>> mean_jaccard([frozenset({1, 2}), frozenset({1, 3})])
    0.3333333333333333
    """
    pairs = [(a, b) for i, a in enumerate(tops) for b in tops[i + 1 :]]
    shares = [len(a & b) / len(a | b) if a | b else 1.0 for a, b in pairs]
    return math.fsum(shares) / len(shares) if shares else float("nan")


def _reference(bench: Bench) -> list[dict[str, Any]]:
    """The best that our forms reach at their size, from many answers: no method in the run, but the ceiling of them all."""
    rows, query = [], Query(bench.box)
    for column, (sample, scale, kernel) in COLUMNS.items():
        known = ours.everything(bench.samples[sample]) if bench.task.game else bench.samples[sample].role("fit")
        models = ours.reference(query.fit_transform(known), bench.outcome, scale, kernel)
        for form, model in models.items():
            found = score(model.predict, bench.tests[sample], scale, scale)
            rows.append({"method": "reference", "form": form, "given": scale, "kernel": kernel, column: found})
    return rows
