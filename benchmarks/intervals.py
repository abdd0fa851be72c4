"""Do nominal 95 % intervals of terms and of units cover?  Replicates on black boxes with a known truth, and on one game.

Run ``python -m benchmarks.intervals [--replicates 1000] [--calls 128]``.  Prints a Markdown table and writes
``benchmarks/results/intervals.md``.

Each replicate draws its own complement pairs, chooses at most 12 terms with the proxy, as an explanation does, and lays its
intervals.  The target of a coefficient is that of least squares on the displayed terms over all masks, weighted to the
reference distribution: the population coefficient of the displayed form.  Terms are chosen anew each time, so coverage is
that of whatever is displayed.  The target of what a unit adds is its share of the same population coefficients.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from surrogate.evidence import with_intervals
from surrogate.fit import SparseLinear, Teacher
from surrogate.reference import draw_pairs, reference_density
from surrogate.rows import Rows
from surrogate.unit_effects import unit_shares

ROOT = Path(__file__).parent.parent
N_UNITS = 14
#: Every mask, in the order of its number (bit i: unit i is kept).
ALL = ((np.arange(2**N_UNITS)[:, None] >> np.arange(N_UNITS)) & 1).astype(bool)
BITS = 2 ** np.arange(N_UNITS)
BAR = 0.93


def density() -> NDArray[np.float64]:
    """Probability of every mask under the reference distribution."""
    by_size = np.array([reference_density(N_UNITS, size) for size in range(N_UNITS + 1)])
    return by_size[ALL.sum(axis=1)]


def known_boxes() -> dict[str, NDArray[np.float64]]:
    """Log-odds of every mask under black boxes whose rule is written here."""
    m = ALL.astype(float)
    additive = 3 * m[:, 0] - 2 * m[:, 1] + 1.5 * m[:, 2] + m[:, 3] - 0.5 * m[:, 4] - 1
    products = additive + 2.5 * m[:, 5] * m[:, 6] - 2 * m[:, 0] * m[:, 7] + 1.5 * m[:, 1] * m[:, 2] * m[:, 8]
    saturated = 6 * np.tanh(0.6 * (additive + products - 2))
    return {"additive": additive, "with products": products, "saturated": saturated}


def game(folder: Path) -> dict[str, NDArray[np.float64]]:
    """The first stored game, or nothing where the data is not there."""
    path = folder / "values_signed_float32.npz"
    if not path.is_file():
        return {}
    archive = np.load(path, allow_pickle=False)
    name = sorted(archive.files)[0]
    scores = archive[name].astype(np.float64)
    probability = np.clip(np.where(scores > 0, scores, 1 + scores), 1e-4, 1 - 1e-4)
    return {f"game {name}": np.log(probability / (1 - probability))}


def replicate(
    values: NDArray[np.float64], weights: NDArray[np.float64], n_calls: int, seed: int
) -> list[tuple[int, int, float]]:
    """Intervals that cover, intervals in all, and their mean width, for one draw of the pairs: of terms, and of units."""
    pairs = draw_pairs(N_UNITS, np.random.default_rng([seed, n_calls]))
    ends = np.stack([np.ones(N_UNITS, bool), np.zeros(N_UNITS, bool)])
    masks = np.concatenate([ends, *islice(pairs, n_calls // 2 - 1)])
    said = values[masks @ BITS]
    units = tuple(f"{seed}/{unit}" for unit in range(N_UNITS))
    rows = Rows(masks, said, said, np.ones(len(masks)), np.arange(len(masks)) // 2, units)
    model = SparseLinear().learn(rows, Teacher(), "auto")[0]
    model = with_intervals(model, rows)
    design = np.column_stack([model.design(ALL), np.ones(len(ALL))])
    gram = design.T @ (design * weights[:, None])
    target = np.linalg.lstsq(gram, design.T @ (weights * values), rcond=None)[0][:-1]
    shares = unit_shares([term.literals for term in model.terms], N_UNITS)
    added = shares @ target  # type: ignore[operator]
    return [_covered(model.terms, target), _covered(model.effects, added[[effect.unit for effect in model.effects]])]


def _covered(items: Any, target: NDArray[np.float64]) -> tuple[int, int, float]:
    low, high = (np.array([getattr(item, end) for item in items]) for end in ("low", "high"))
    slack = 1e-6
    return int(((low - slack <= target) & (target <= high + slack)).sum()), len(low), float((high - low).mean())


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("SURROGATE_DATA", ROOT.parent / "shared" / "data")) / "sentiment_games"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=128)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "intervals.md")
    options = parser.parse_args()
    boxes = {**known_boxes(), **game(options.data)}
    weights = density()
    columns = ("black box", "of", "intervals", "covering", "bar", "mean width (log-odds)")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    start = time.perf_counter()
    with threadpool_limits(1):
        for name, values in boxes.items():
            found = [replicate(values, weights, options.calls, seed) for seed in range(options.replicates)]
            for place, what in enumerate(("terms", "units")):
                hits, total = (sum(each[place][column] for each in found) for column in (0, 1))
                width = np.mean([each[place][2] for each in found])
                lines.append(f"| {name} | {what} | {total:,} | {hits / total:.3f} | ≥ {BAR} | {width:.2f} |")
                print(lines[-1], f"({time.perf_counter() - start:.0f} s)", flush=True)
    where = (
        f"{options.replicates:,} replicates, {options.calls} calls each for fit and select; {platform.machine()}, "
        f"{os.cpu_count()} cores."
    )
    missing = "" if len(boxes) == 4 else "\nThe games are not there; only black boxes written here were measured."
    text = "\n".join(
        [
            "# Coverage of 95 % intervals",
            "",
            (__doc__ or "").split("\n\n")[-1].strip(),
            "",
            where + missing,
            "",
            *lines,
            "",
        ]
    )
    options.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
