"""Runs of toys over a backend."""

from __future__ import annotations

import psutil

from surrogate.corpus.batch.values import PartResult
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.calls import Work
from surrogate.corpus.batch.workers.driving import run_parts
from tests import batch_toys as toys


def run(work: Work, backend: Backend, n: int = 8, **special: dict[int, str]) -> dict[int, PartResult]:
    """Results by number of the part; each is handed over once."""
    results: dict[int, PartResult] = {}

    def keep(result: PartResult) -> None:
        assert result.number not in results
        results[result.number] = result

    run_parts(work, toys.tasks(n, **special), backend, keep, n_tasks=n, on_dead=toys.dead, joined=toys.joined)
    # joblib keeps its own processes for the next call.
    assert backend.name == "joblib" or no_workers()
    return results


def no_workers() -> bool:
    return not any(map(is_worker, psutil.Process().children(recursive=True)))


def is_worker(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_ZOMBIE or "popen_loky" in " ".join(process.cmdline())


ONE = {task.number: toys.shown(task) for task in toys.tasks(8)}
