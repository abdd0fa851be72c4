"""Parts on the workers of Ray, where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from surrogate.corpus.batch.workers.backends import Backend
from surrogate.errors import InputError, ModelError
from tests import batch_toys as toys
from tests.batch_runs import ONE, run

ray = pytest.importorskip("ray", reason="Ray is not installed (pip install ray)")

pytestmark = [
    pytest.mark.cluster,
    # Ray starts processes and leaves their pipes to the operating system.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:.*:FutureWarning:ray"),
]


def test_ray_is_started_and_ended_where_it_is_not_there() -> None:
    assert run(toys.plain, Backend("ray", workers=2)) == ONE
    assert not ray.is_initialized()


@pytest.fixture(scope="module")
def started() -> Iterator[Backend]:
    """A Ray that is there already is used, and left there."""
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield Backend("ray")
    assert ray.is_initialized()
    ray.shutdown()


def test_ray_gives_the_same_and_survives_the_same(started: Backend, tmp_path: Path) -> None:
    assert run(partial(toys.mortal, folder=tmp_path), started) == ONE
    results = run(toys.mortal, started, poisoned={5: toys.POISON}, greedy={6: toys.GREED})
    assert {number for number in ONE if results[number] != ONE[number]} == {5, 6}
    assert (results[5].counts.errors, results[6].counts.errors) == (1, 1)


@pytest.mark.parametrize(("kind", "error"), [("input", InputError), ("model", ModelError), ("bug", ZeroDivisionError)])
def test_errors_of_the_work_end_the_run(started: Backend, kind: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        run(partial(toys.failing, kind=kind), started)


def test_a_head_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="ray start --head") as raised:
        run(toys.plain, Backend("ray", "127.0.0.1:1"))
    assert raised.value.code == "no-scheduler"
