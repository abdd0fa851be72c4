"""Parts on workers: the same results everywhere, whatever becomes of the workers."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import psutil
import pytest

from surrogate.corpus.batch.backends import Backend
from surrogate.corpus.batch.calls import Work
from surrogate.corpus.batch.driving import run_parts
from surrogate.corpus.batch.values import PartResult
from tests import batch_toys as toys


def run(work: Work, backend: Backend, n: int = 8, **special: dict[int, str]) -> dict[int, PartResult]:
    """Results by number of the part; each is handed over once."""
    results: dict[int, PartResult] = {}

    def keep(result: PartResult) -> None:
        assert result.number not in results
        results[result.number] = result

    run_parts(work, toys.tasks(n, **special), backend, keep, n_tasks=n, on_dead=toys.dead, joined=toys.joined)
    assert not [child for child in psutil.Process().children(recursive=True) if is_worker(child)]
    return results


def is_worker(process: psutil.Process) -> bool:
    return process.status() == psutil.STATUS_ZOMBIE or "popen_loky" in " ".join(process.cmdline())


ONE = {task.number: toys.shown(task) for task in toys.tasks(8)}


@pytest.mark.parametrize("backend", [Backend("none"), Backend(workers=1), Backend(workers=2), Backend(workers=4)])
def test_results_do_not_depend_on_the_workers(backend: Backend) -> None:
    assert run(toys.plain, backend) == ONE


def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    assert run(partial(toys.mortal, folder=tmp_path), Backend(workers=2)) == ONE
    assert (tmp_path / "died").exists()


def test_the_text_that_kills_is_found_and_its_neighbours_are_done() -> None:
    results = run(toys.mortal, Backend(workers=2), poisoned={5: toys.POISON})
    assert {number: result for number, result in results.items() if number != 5} == {
        number: result for number, result in ONE.items() if number != 5
    }
    assert results[5].counts.errors == 1
    assert results[5].counts.explained == 4
    [line] = [line for line in results[5].parquet.splitlines() if b"ok" not in line]
    assert line.endswith(b"poison/0 worker-died")
