"""Fidelity against number of calls where every answer is known: games on 14-token sentences.

Run ``python -m benchmarks.games --data FOLDER``; FOLDER holds ``values_signed_float32.npz`` (one array of 16,384 signed scores
per game, bit i of the position: token i is kept).  Prints a Markdown table and writes ``benchmarks/results/games.md``.

Masks are uniform complement pairs.  R2 is on the log-odds, over all masks that were not asked, mean over games and seeds.
Distilled forms learn from the proxy's answers to as many uniform masks as in an explanation.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from surrogate.fit.pairwise import fit_pairwise
from surrogate.fit.proxy import N_TAUGHT, fit_proxy
from surrogate.fit.rule_tree import RuleTree
from surrogate.fit.sparse_linear import SparseLinear
from surrogate.reference import reference_masks
from surrogate.rows import Rows

ROOT = Path(__file__).parent.parent
N_UNITS = 14
ALL = ((np.arange(2**N_UNITS)[:, None] >> np.arange(N_UNITS)) & 1).astype(bool)
UNITS = tuple(str(unit) for unit in range(N_UNITS))


def log_odds(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Log-odds of a game's signed scores, clipped at 1e-4."""
    scores = scores.astype(np.float64)
    probability = np.clip(np.where(scores > 0, scores, 1 + scores), 1e-4, 1 - 1e-4)
    return np.log(probability / (1 - probability))


def draw(n_calls: int, seed: int) -> NDArray[np.intp]:
    """Positions of distinct uniform masks, each beside its complement, the full and the empty one first."""
    order = np.random.default_rng(seed).permutation(np.arange(1, 2 ** (N_UNITS - 1)))
    first = np.concatenate([[2**N_UNITS - 1], order])[: n_calls // 2]
    return np.stack([first, 2**N_UNITS - 1 - first], axis=1).ravel()


def rows_of(masks: NDArray[np.bool_], values: NDArray[np.float64]) -> Rows:
    """Rows with unit weights, in complement pairs."""
    return Rows(masks, values, values, np.ones(len(values)), np.arange(len(values)) // 2, UNITS, reference="uniform")


def measure(values: NDArray[np.float64], n_calls: int, seed: int) -> dict[str, float]:
    """R2 of every form on the masks of one game that were not asked."""
    asked = draw(n_calls, seed)
    unseen = np.setdiff1d(np.arange(2**N_UNITS), asked)
    rows = rows_of(ALL[asked], values[asked])
    proxy = fit_proxy(rows)
    masks, _ = reference_masks(N_UNITS, N_TAUGHT, np.random.default_rng(seed), "uniform")
    taught = rows_of(masks, proxy.predict(masks)[:, 0])
    linear = SparseLinear(max_terms=12).fit_one(rows, taught)
    tree = RuleTree(max_leaves=16, min_samples_leaf=1).fit_one(rows, taught)
    additive = RidgeCV(alphas=np.logspace(-2, 3, 11)).fit(ALL[asked].astype(float), values[asked])
    boosted = GradientBoostingRegressor(
        n_estimators=400, max_depth=4, learning_rate=0.05, subsample=0.7, max_features=0.5, random_state=0
    ).fit(ALL[asked], values[asked])
    direct = DecisionTreeRegressor(max_leaf_nodes=16, random_state=0).fit(ALL[asked], values[asked])
    said = {
        "proxy": proxy.predict(ALL)[:, 0],
        "at most 12 terms, distilled": linear.predict(ALL),
        "at most 16 leaves, distilled": tree.predict(ALL),
        "boosted trees": boosted.predict(ALL),
        "pairwise ridge": fit_pairwise(rows).predict(ALL)[:, 0],
        "additive ridge, 14 terms (LIME's form)": additive.predict(ALL.astype(float)),
        "16 leaves fitted on the calls": direct.predict(ALL),
    }
    return {name: float(r2_score(values[unseen], numbers[unseen])) for name, numbers in said.items()}


def limits(values: NDArray[np.float64]) -> dict[str, float]:
    """What each form reaches when all answers are known."""
    everything = rows_of(ALL, values)
    linear = SparseLinear(max_terms=12).fit_one(everything, replace(everything, exact=True))
    tree = DecisionTreeRegressor(max_leaf_nodes=16, random_state=0).fit(ALL, values)
    design = np.column_stack([ALL.astype(float), np.ones(len(ALL))])
    additive = design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return {
        "at most 12 terms, distilled": float(r2_score(values, linear.predict(ALL))),
        "at most 16 leaves, distilled": float(r2_score(values, tree.predict(ALL))),
        "additive ridge, 14 terms (LIME's form)": float(r2_score(values, additive)),
    }


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data")) / "sentiment_games"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--calls", type=int, nargs="+", default=[64, 128, 256, 512])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "games.md")
    options = parser.parse_args()
    archive = np.load(options.data / "values_signed_float32.npz", allow_pickle=False)
    games = [log_odds(archive[name]) for name in sorted(archive.files)]
    table: dict[str, dict[str, float]] = defaultdict(dict)
    with threadpool_limits(1):
        for n_calls in options.calls:
            runs = [measure(values, n_calls, seed) for values in games for seed in range(options.seeds)]
            for name in runs[0]:
                table[name][str(n_calls)] = float(np.mean([run[name] for run in runs]))
        best = [limits(values) for values in games]
    for name in best[0]:
        table[name]["all known"] = float(np.mean([row[name] for row in best]))
    columns = [*map(str, options.calls), "all known"]
    lines = [f"| form | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, row in table.items():
        lines.append(f"| {name} | {' | '.join(f'{row[c]:.3f}' if c in row else '–' for c in columns)} |")
    where = f"{len(games)} games, {options.seeds} seeds; calls are fitting calls; {platform.machine()}, {os.cpu_count()} cores."
    text = "\n".join(
        ["# Fidelity on the sentiment games", "", (__doc__ or "").split("\n\n")[-1].strip(), where, "", *lines, ""]
    )
    options.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
