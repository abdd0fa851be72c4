"""Peers of the Shapley benchmark: shap's KernelExplainer, and shapiq as it runs here and as it was published."""

from __future__ import annotations

import json
import warnings
from collections import defaultdict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.shapley_games import N_UNITS, PAIRS, POWERS, Game, Numbers, ksii_error

#: shapiq's approximators, the calls at which each is run here, and with how many seeds: the last takes seconds a run.
SHAPIQ = {"KernelSHAPIQ": ((128, 500, 1000), 3), "SVARMIQ": ((500, 1000), 1), "ProxySPEX": ((128, 500), 1)}


class Asked:
    """Answers of a game by mask, counting the distinct ones."""

    def __init__(self, values: Numbers) -> None:
        self.values = values
        self.positions: set[int] = set()

    def __call__(self, masks: NDArray[Any]) -> Numbers:
        """Answers to masks of zeros and ones."""
        positions = np.atleast_2d(masks > 0.5) @ POWERS
        self.positions.update(positions.tolist())
        return self.values[positions]


def kernel_explainer(values: Numbers, n_calls: int, seed: int, **options: Any) -> Numbers:
    """KernelExplainer's values of one game, from exactly this many distinct masks."""
    import shap

    asked = Asked(values)
    # The explainer draws from the global generator.
    np.random.seed(seed)
    explainer = shap.KernelExplainer(asked, np.zeros((1, N_UNITS)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # It asks the full and the empty mask besides.
        found = explainer.shap_values(np.ones((1, N_UNITS)), nsamples=n_calls - 2, silent=True, **options)
    if len(asked.positions) != n_calls:
        raise RuntimeError(f"KernelExplainer asked {len(asked.positions)} masks instead of {n_calls}.")
    return np.asarray(found)[0]


def shapiq_errors(games: list[Game]) -> dict[str, dict[int, float]]:
    """Mean k-SII error of shapiq's approximators with their own defaults; nothing where it is not installed."""
    if find_spec("shapiq") is None:
        return {}
    table: dict[str, dict[int, float]] = {}
    for name, (budgets, n_seeds) in SHAPIQ.items():
        if name == "ProxySPEX" and find_spec("lightgbm") is None:
            continue
        table[name] = {
            n_calls: float(np.mean([_shapiq_error(name, game, n_calls, s) for game in games for s in range(n_seeds)]))
            for n_calls in budgets
        }
    return table


def _shapiq_error(name: str, game: Game, n_calls: int, seed: int) -> float:
    from shapiq import approximator

    make: Callable[..., Any] = getattr(approximator, name)
    asked = Asked(game.scores)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = make(n=N_UNITS, max_order=2, index="k-SII", random_state=seed).approximate(budget=n_calls, game=asked)
    if len(asked.positions) > n_calls:
        raise RuntimeError(f"{name} asked {len(asked.positions)} masks instead of {n_calls}.")
    names = [(unit,) for unit in range(N_UNITS)] + PAIRS
    return ksii_error(np.array([found.dict_values.get(name, 0.0) for name in names]), game.ksii)


def published(folder: Path, games: list[Game]) -> tuple[dict[str, dict[int, float]], float]:
    """Errors of the published estimates by approximator and budget, and how far they are from the published errors."""
    errors: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    worst = 0.0
    for line in (folder / "si_benchmark_results.jsonl").read_text(encoding="utf-8").splitlines():
        run = json.loads(line)
        if run["MSE"] is None:
            continue
        game, found = int(run["game_id"].rsplit("_", 1)[1]) - 1, run["estimates_values"]
        names = [f"({unit},)" for unit in range(N_UNITS)] + [f"({first}, {second})" for first, second in PAIRS]
        error = ksii_error(np.array([found.get(name, 0.0) for name in names]), games[game].ksii)
        worst = max(worst, abs(error - run["MSE"]))
        errors[run["approximator"]][run["budget"]].append(error)
    means = {name: {calls: float(np.mean(row)) for calls, row in rows.items()} for name, rows in errors.items()}
    return means, worst
