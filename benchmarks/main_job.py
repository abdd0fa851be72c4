"""The main job, measured: time, memory, and the promises that every explanation must keep.

Run ``python -m benchmarks.main_job``; it prints a Markdown table and writes it to ``benchmarks/results/main_job.md``.
Each command runs as a process of its own; times are medians of several runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
MESSAGE = (
    "Hello, I was charged twice for the same card payment at a shop yesterday and one of them is still pending, "
    "could you please tell me when I get my money back?"
)
N_CALLS = 256
OTHER = "My transfer to a friend in Spain has not arrived and I would like to cancel it now"


def run(*arguments: str, cache: Path) -> tuple[float, float, str]:
    """Wall seconds, peak resident megabytes and output of one process."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "HF_HUB_OFFLINE": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
    )
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise RuntimeError(f"{arguments} ended with status {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, output.decode()


def median_run(n_runs: int, *arguments: str, cache: Path) -> tuple[float, float]:
    """Median seconds and largest peak of several runs after one that warms the file cache."""
    run(*arguments, cache=cache)
    runs = [run(*arguments, cache=cache)[:2] for _ in range(n_runs)]
    return statistics.median(seconds for seconds, _ in runs), max(peak for _, peak in runs)


def promises(model: str) -> dict[str, object]:
    """Texts asked twice, fitting texts among the test texts, and whether the bytes are the same in any company."""
    import surrogate
    from surrogate.canonical import canonical_bytes
    from surrogate.report.html import render_html
    from surrogate.store import MemoryStore

    box = surrogate.load_model(model)
    asked: list[str] = []
    answer = box.answer
    box.answer = lambda texts: (asked.extend(texts), answer(texts))[1]
    alone = surrogate.explain(MESSAGE, box, calls=N_CALLS, store=False).to_dict()
    n_twice = len(asked) - len(set(asked))
    records = []
    for texts in ([MESSAGE], [MESSAGE, OTHER], [OTHER, MESSAGE]):
        pipe = surrogate.load("local", box, MemoryStore()).set_params(perturb__n_samples=N_CALLS).fit(texts)
        records.append(surrogate.explanation_of(pipe, MESSAGE, recipe_name="local").to_dict())
    sample = pipe.named_steps["perturb"].draw([MESSAGE])
    roles = {
        role: {t for t, own in zip(sample.texts, sample.roles, strict=True) if own == role} for role in ("fit", "test")
    }
    return {
        "twice": n_twice,
        "leaked": len(roles["fit"] & roles["test"]),
        "json": len({canonical_bytes(record) for record in records}),
        "html": len({render_html(record) for record in records}),
        "record": canonical_bytes(alone).decode(),
    }


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "main_job.md")
    options = parser.parse_args()
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        surrogate_command = ("-m", "surrogate")
        seconds, _ = median_run(options.runs, "-c", "import surrogate", cache=cache)
        rows.append(("`import surrogate`, whole process", f"{seconds:.2f} s", "0.6 s"))
        seconds, _ = median_run(options.runs, *surrogate_command, "--help", cache=cache)
        rows.append(("`surrogate --help`", f"{seconds:.2f} s", "1 s"))
        for model in ("bank-router", "bank-router-lm"):
            smallest = (*surrogate_command, "explain", "card", "--model", model, "--json", "--no-store")
            loading, _ = median_run(options.runs, *smallest, cache=cache)
            explain = (*surrogate_command, "explain", MESSAGE, "--model", model, "--calls", str(N_CALLS), "--json")
            fresh, peak = median_run(options.runs, *explain, "--no-store", cache=cache)
            stored, _ = median_run(options.runs, *explain, cache=cache)
            n_words = len(MESSAGE.split())
            rows.append((f"imports and loading, {model} (a one-word text, 2 calls)", f"{loading:.2f} s", "6 s"))
            rows.append((f"explain {n_words} words, {N_CALLS} calls, {model}, nothing stored", f"{fresh:.2f} s", "8 s"))
            rows.append((f"the same from the store, {model}", f"{stored:.2f} s", "8 s"))
            rows.append((f"peak memory, {model}", f"{peak:,.0f} MB", "1,500 MB"))
            kept = promises(model)
            _, _, elsewhere = run(*explain, cache=cache)
            same = json.loads(elsewhere) == json.loads(str(kept["record"]))
            rows.append((f"distinct texts asked more than once, {model}", str(kept["twice"]), "0"))
            rows.append((f"test texts that were fitting texts, {model}", str(kept["leaked"]), "0"))
            rows.append(
                (
                    f"different report.json, report.html (3 companies and orders), {model}",
                    f"{kept['json']}, {kept['html']}",
                    "1, 1",
                )
            )
            rows.append((f"record of another process is the same, {model}", "yes" if same else "no", "yes"))
    lines = ["| what | measured | bar |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; median of {options.runs} runs."
    text = "\n".join(["# The main job", "", where, "", *lines, ""])
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
