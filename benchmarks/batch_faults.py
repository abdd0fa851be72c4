"""The same bytes on any workers and in any order; batches that are killed at random moments; memory of the driver."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.batch_runs import Row, fingerprint, killed, rows_of, run, write_rows

#: Sizes of inputs for the memory of the driver.
SIZES = (1_000, 10_000, 50_000)


def same_everywhere(rows: Sequence[Row], folder: Path) -> list[tuple[str, bool]]:
    """Whether each way of running gives the bytes of one worker."""
    source = write_rows(folder / "same.csv", rows)
    shuffled = list(rows)
    random.Random(0).shuffle(shuffled)
    mixed = write_rows(folder / "shuffled.csv", shuffled)
    one = _rows_only(run(source, folder / "one", "--backend", "none").out)
    found = []
    for n in (1, 2, 4):
        out = run(source, folder / f"loky-{n}", "--workers", str(n)).out
        found.append((f"loky, {n} workers", _rows_only(out) == one))
    found.append(
        ("loky, 2 workers, rows shuffled", _rows_only(run(mixed, folder / "mixed", "--workers", "2").out) == one)
    )
    if importlib.util.find_spec("distributed"):
        found.append(("Dask, a local cluster of 2 processes", _rows_only(_on_dask(source, folder / "dask")) == one))
    if importlib.util.find_spec("ray"):
        out = run(source, folder / "ray", "--backend", "ray", "--workers", "2").out
        found.append(("Ray, started here, 2 processes", _rows_only(out) == one))
    return found


def _rows_only(out: Path) -> str:
    return "".join(row["row_sha256"] for row in rows_of(out)) + fingerprint(out / "rows")


def _on_dask(source: Path, out: Path) -> Path:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        return run(source, out, "--backend", "dask", "--address", cluster.scheduler_address).out


def kills(rows: Sequence[Row], folder: Path, n: int = 10) -> list[dict[str, Any]]:
    """A batch of which a process is killed with SIGKILL at random moments: the driver and a worker in turn.

    Where the driver was killed the same command is given again; without a worker the run has to go on by itself.
    """
    source = write_rows(folder / "killed.csv", rows)
    undisturbed = run(source, folder / "undisturbed", "--workers", "2", "--part-texts", "16")
    whole, chance = fingerprint(undisturbed.out), random.Random(1)
    found = []
    for number in range(n):
        out, whom = folder / f"killed-{number}", ("driver", "worker")[number % 2]
        # Workers live from some seconds after the start to the end.
        after = chance.uniform(0.0, undisturbed.seconds * (0.6 if whom == "worker" else 1.0))
        stopped = killed(source, out, whom, after, chance, "--workers", "2", "--part-texts", "16")
        again = run(source, out, "--workers", "2", "--part-texts", "16").seconds if whom == "driver" else None
        ids = [row["id"] for row in rows_of(out)]
        found.append(
            {
                "whom": whom,
                **asdict(stopped),
                "again": again,
                "once": sorted(ids) == sorted(name for name, _ in rows),
                "same": fingerprint(out) == whole,
            }
        )
    return found


_MEMORY = """
import resource, sys
from pathlib import Path
from surrogate.blackbox import FunctionBox
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.run import run_batch
from benchmarks.batch_faults import toy
box = FunctionBox(toy, classes=["a", "b"], fingerprint="toy 1")
request = BatchRequest(Path(sys.argv[1]), Path(sys.argv[2]), id="id")
with opened(request, box) as batch:
    run_batch(batch, Backend("loky", workers=2))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def toy(texts: list[str]) -> list[list[float]]:
    """A model that costs nothing, so that what is measured is the driver."""
    return [[0.9, 0.1] if "a" in text else [0.2, 0.8] for text in texts]


def driver_memory(folder: Path, sizes: Sequence[int] = SIZES) -> dict[int, float]:
    """Peak resident memory of the driver in MB, by rows: texts of four words and a toy model, everything else as it is."""
    found = {}
    for n in sizes:
        rows = [(f"r{k}", f"{_word(k)} {_word(k // 26)} {_word(k // 676)} {_word(k // 17576)}") for k in range(n)]
        source = write_rows(folder / f"{n}.csv", rows)
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, str(source), str(folder / f"memory-{n}")],
            capture_output=True,
            text=True,
            check=True,
        )
        found[n] = float(done.stdout.split()[-1])
    return found


def _word(k: int) -> str:
    return chr(ord("a") + k % 26) * 3
