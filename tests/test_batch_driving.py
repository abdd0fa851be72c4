"""Parts on workers: the same results everywhere, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import joblib
import psutil
import pytest
from joblib.externals.loky import get_reusable_executor
from joblib.parallel import ThreadingBackend

from surrogate.corpus.batch.rows.part_files import part_name
from surrogate.corpus.batch.values import PartResult, PartTask
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.calls import Call
from surrogate.corpus.batch.workers.driving import run_parts
from surrogate.errors import InputError, ModelError, SurrogateError
from tests import batch_toys as toys
from tests.batch_driver import drive
from tests.batch_runs import ONE, no_workers, run


@pytest.mark.parametrize("backend", [Backend("none"), Backend(workers=1), Backend(workers=2), Backend(workers=4)])
def test_results_do_not_depend_on_the_workers(backend: Backend) -> None:
    assert run(toys.plain, backend) == ONE


def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    assert run(partial(toys.mortal, folder=tmp_path), Backend(workers=2)) == ONE
    assert (tmp_path / "died").exists()


def test_a_worker_that_dies_takes_no_other_part_with_it(tmp_path: Path) -> None:
    assert run(partial(toys.counted, folder=tmp_path), Backend(workers=3), poisoned={2: toys.POISON}, n=12)
    begun = {number: len(list(tmp_path.glob(f"{number}-*"))) for number in range(12) if number != 2}
    assert begun == dict.fromkeys(begun, 1)


def test_the_text_that_kills_is_found_and_its_neighbours_are_done() -> None:
    results = run(toys.mortal, Backend(workers=2), poisoned={5: toys.POISON})
    assert {number: result for number, result in results.items() if number != 5} == {
        number: result for number, result in ONE.items() if number != 5
    }
    assert results[5].counts.errors == 1
    assert results[5].counts.explained == 4
    [line] = [line for line in results[5].parquet.splitlines() if b"ok" not in line]
    assert line.endswith(b"poison/0 worker-died")


def test_a_text_that_needs_too_much_memory_is_found() -> None:
    for backend in (Backend("none"), Backend(workers=2)):
        [line] = [
            line
            for line in run(toys.mortal, backend, greedy={1: toys.GREED})[1].parquet.splitlines()
            if b"ok" not in line
        ]
        assert line.endswith(b"greed/0 out-of-memory")


@pytest.mark.parametrize("name", ["none", "loky"])
@pytest.mark.parametrize(("kind", "error"), [("input", InputError), ("model", ModelError), ("bug", ZeroDivisionError)])
def test_errors_of_the_work_end_the_run_unchanged(name: str, kind: str, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        run(partial(toys.failing, kind=kind), Backend(name, workers=2 if name == "loky" else None))
    if isinstance(raised.value, SurrogateError):
        assert (raised.value.code, raised.value.message) in [
            ("other-run", "The worker has other packages."),
            ("endpoint-unreachable", "Nobody answers."),
        ]


def test_parts_are_taken_as_workers_become_free() -> None:
    taken, most, handed = 0, 0, 0

    def counted() -> Iterator[PartTask]:
        nonlocal taken, most
        for task in toys.tasks(30):
            taken += 1
            most = max(most, taken - handed)
            yield task

    def hand(result: PartResult) -> None:
        nonlocal handed
        handed += 1

    run_parts(toys.plain, counted(), Backend(workers=2), hand, n_tasks=30, on_dead=toys.dead, joined=toys.joined)
    assert (taken, handed) == (30, 30)
    assert most <= 2 + 1


def test_what_ends_the_run_in_the_driver_ends_the_workers() -> None:
    def full(result: PartResult) -> None:
        raise InputError("cannot-write", "The disk is full.")

    with pytest.raises(InputError, match="disk is full"):
        run_parts(
            partial(toys.plain, seconds=0.1),
            toys.tasks(8),
            Backend(workers=2),
            full,
            n_tasks=8,
            on_dead=toys.dead,
            joined=toys.joined,
        )
    assert no_workers()


def test_workers_do_arithmetic_with_one_thread() -> None:
    assert {result.parquet for result in run(toys.environment, Backend(workers=2), n=2).values()} == {b"1"}


def test_ctrl_c_does_not_reach_workers_that_are_only_beginning() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert {result.parquet for result in run(toys.deaf, Backend(workers=2), n=4).values()} == {b"True"}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_driver_and_the_folder_goes_on(number: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    driver = subprocess.Popen(
        [sys.executable, "-m", "tests.batch_driver", str(out), "loky", "12", "0.2"],
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not list(out.glob("rows/*")):
        time.sleep(0.02)
    workers = psutil.Process(driver.pid).children(recursive=True)
    # Ctrl-C in a terminal reaches the workers too.
    (os.killpg if number == signal.SIGINT else os.kill)(driver.pid, number)
    _, told = driver.communicate()
    assert driver.returncode == {signal.SIGTERM: 128 + number}.get(number, -number)
    assert b"LokyProcess" not in told
    assert not psutil.wait_procs(workers, timeout=60)[1]
    kept = drive(out, Backend("none"), 12, 0.0)
    assert 0 < len(kept) < 12
    assert {f"rows/{path.name}": path.read_bytes() for path in out.glob("rows/*")} == {
        part_name(task.number): toys.shown(task).parquet for task in toys.tasks(12)
    }
    assert not (out / ".work").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "threads"},
        {"workers": 0},
        {"name": "loky", "address": "127.0.0.1:1"},
        {"name": "dask", "address": "::"},
    ],
)
def test_backends_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as raised:
        Backend(**wrong)
    assert raised.value.code == "bad-parameter"


@pytest.mark.parametrize("name", ["loky", "threading", "sequential"])
def test_what_joblib_was_told_to_use_gives_the_same(name: str) -> None:
    with joblib.parallel_config(name, n_jobs=2):
        assert run(toys.plain, Backend("joblib")) == ONE
        with pytest.raises(InputError, match="other packages"):
            run(toys.failing, Backend("joblib"))
        with pytest.raises(ZeroDivisionError):
            run(partial(toys.failing, kind="bug"), Backend("joblib"))
    get_reusable_executor().shutdown(wait=True, kill_workers=True)


def test_backends_that_are_not_joblib_s_own_must_be_allowed() -> None:
    class Elsewhere(ThreadingBackend):
        pass

    with joblib.parallel_config(Elsewhere(), n_jobs=2):
        with pytest.raises(InputError, match="Elsewhere") as raised:
            run(toys.plain, Backend("joblib"))
        assert raised.value.code == "remote-not-allowed"
        assert run(toys.plain, Backend("joblib", allow_remote=True)) == ONE


def test_what_schedulers_log_of_a_part_holds_no_text() -> None:
    [task] = toys.tasks(1)
    assert "text" not in repr(Call(toys.plain, task))
