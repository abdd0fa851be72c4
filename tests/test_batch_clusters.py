"""Parts on the workers of a cluster: the same results, the same faults survived, and no text where it may not go."""

from __future__ import annotations

import logging
import sys
from functools import partial
from pathlib import Path

import pytest

from surrogate.corpus.batch.values import PartResult
from surrogate.corpus.batch.workers import clusters, driving, places
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.driving import run_parts
from surrogate.errors import InputError, ModelError
from tests import batch_toys as toys
from tests.batch_runs import ONE, run


@pytest.mark.cluster
def test_dask_gives_the_same_and_survives_the_same(tmp_path: Path) -> None:
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as cluster,
    ):
        backend = Backend("dask", cluster.scheduler_address)
        assert run(toys.plain, backend) == ONE
        assert run(partial(toys.mortal, folder=tmp_path), backend) == ONE
        results = run(toys.mortal, backend, poisoned={5: toys.POISON}, greedy={6: toys.GREED})
        assert {number for number in ONE if results[number] != ONE[number]} == {5, 6}
        assert (results[5].counts.errors, results[6].counts.errors) == (1, 1)
        for kind, error in (("input", InputError), ("model", ModelError), ("bug", ZeroDivisionError)):
            with pytest.raises(error):
                run(partial(toys.failing, kind=kind), backend)
    with pytest.raises(InputError, match=r"does not answer.*dask scheduler"):
        run(toys.plain, backend)


@pytest.mark.cluster
def test_a_scheduler_without_workers_or_lost_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(clusters, "_SECONDS_FOR_WORKERS", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=logging.CRITICAL) as cluster,
        pytest.raises(InputError, match="has no workers"),
    ):
        run(toys.plain, Backend("dask", cluster.scheduler_address))


@pytest.mark.cluster
def test_workers_that_are_all_gone_are_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr(clusters, "_SECONDS_WITHOUT_WORKERS", 0.5)
    monkeypatch.setattr(driving, "_SECONDS", 0.2)
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as cluster:

        def left(result: PartResult) -> None:
            cluster.scale(0)

        with pytest.raises(InputError, match="its workers are gone") as raised:
            run_parts(
                partial(toys.plain, seconds=0.3),
                toys.tasks(20),
                Backend("dask", cluster.scheduler_address),
                left,
                n_tasks=20,
                on_dead=toys.dead,
                joined=toys.joined,
            )
        assert raised.value.code == "no-scheduler"


@pytest.mark.parametrize("name", ["dask", "ray"])
def test_a_package_that_is_not_there_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, {"dask": "distributed"}.get(name, name), None)
    with pytest.raises(ModelError, match=rf"surrogate-explainer\[{name}\]") as raised:
        run(toys.plain, Backend(name, "127.0.0.1:1"))
    assert raised.value.code == "missing-package"


def test_texts_leave_this_machine_only_where_that_was_allowed() -> None:
    for address in ("tcp://10.0.0.1:8786", "head.example:8786", "[2001:db8::1]:8786"):
        with pytest.raises(InputError, match="--allow-remote") as raised:
            Backend("dask", address)
        assert raised.value.code == "remote-not-allowed"
        assert Backend("dask", address, allow_remote=True).address == address
    with pytest.raises(InputError, match=r"Workers of the dask scheduler are at 10\.0\.0\.2"):
        places.check_workers("dask", ["tcp://127.0.0.1:1", "tcp://10.0.0.2:1"], allow_remote=False)
    places.check_workers("dask", ["tcp://10.0.0.2:1"], allow_remote=True)


def test_dask_without_an_address_says_how_to_start_one() -> None:
    with pytest.raises(InputError, match="dask worker") as raised:
        run(toys.plain, Backend("dask"))
    assert raised.value.code == "no-scheduler"
