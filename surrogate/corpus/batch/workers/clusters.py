"""Where parts are worked on with other machines: Dask and Ray."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from typing import Any

from surrogate.corpus.batch.workers.calls import Call, Outcome
from surrogate.corpus.batch.workers.places import check_reachable, check_workers, host_and_port, missing, unreachable
from surrogate.errors import InputError

__all__ = ["DaskPool", "RayPool"]

#: Seconds that a scheduler has to answer, that a first worker has to come, and that another one has when all are gone.
_SECONDS = 5
_SECONDS_FOR_WORKERS = 30
_SECONDS_WITHOUT_WORKERS = 120


class DaskPool:
    """Workers of a Dask scheduler.

    Parts are given to the scheduler as futures and not through joblib's own Dask backend: that one waits for ever for a
    part during which a worker dies, and does not say which part it was.

    Parameters
    ----------
    address : str
        Of the scheduler.
    allow_remote : bool
        Whether workers may be on other machines.
    """

    # The scheduler has tried the part on several workers before it gives it up.
    tries = 1

    def __init__(self, address: str, *, allow_remote: bool) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise missing("dask") from error
        check_reachable("dask", address)
        self.address, self.allow_remote = address, allow_remote
        try:
            self._client = Client(address, timeout=_SECONDS, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise unreachable("dask", address) from error
        try:
            self._wait_for_workers()
            self._executor = self._client.get_executor(pure=False)
        except BaseException:
            self._client.close()
            raise

    def _wait_for_workers(self) -> None:
        # A part of no work, since a cluster may start workers only when there is something to do.
        try:
            self._client.submit(_nothing, pure=False).result(timeout=_SECONDS_FOR_WORKERS)
        except TimeoutError as error:
            raise unreachable("dask", self.address, "answers, and has no workers") from error
        self._at_work = time.monotonic()

    def window(self) -> int:
        """Two parts for every thread of a worker; workers may come and go, but not all of them for long."""
        threads = self._threads()
        now = time.monotonic()
        if threads:
            self._at_work = now
        elif now - self._at_work > _SECONDS_WITHOUT_WORKERS:
            # The scheduler would keep the parts for ever.
            raise unreachable("dask", self.address, "answers, and its workers are gone")
        check_workers("dask", threads, allow_remote=self.allow_remote)
        return max(2, 2 * sum(threads.values()))

    def _threads(self) -> dict[str, int]:
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (OSError, TimeoutError) as error:
            raise unreachable("dask", self.address, "no longer answers") from error
        return threads

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part to the scheduler."""
        future: Future[Outcome] = self._executor.submit(call)
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether workers died; raises where it was the scheduler."""
        from distributed import KilledWorker

        if isinstance(error, CancelledError):
            raise unreachable("dask", self.address, "no longer answers") from error
        return isinstance(error, KilledWorker)

    def close(self, *, at_once: bool) -> None:
        """Cancel what is not done, and leave the scheduler."""
        self._executor.shutdown(wait=not at_once)
        self._client.close()


class RayPool:
    """Workers of a Ray cluster, or of one that is started on this machine and ended again.

    Parts are given to Ray as tasks and not through Ray's backend for joblib: that one gives results only when all are
    there, and keeps an actor in use that has died.

    Parameters
    ----------
    address : str or None
        Of the head; without one, Ray is started on this machine.
    workers : int or None
        Processes of a Ray that is started here.
    allow_remote : bool
        Whether workers may be on other machines.
    """

    # Ray has tried the part a second time before it gives it up.
    tries = 1

    def __init__(self, address: str | None, workers: int | None, *, allow_remote: bool) -> None:
        try:
            import ray
        except ImportError as error:
            raise missing("ray") from error
        self._ray: Any = ray
        self.address, self.allow_remote = address, allow_remote
        if address is not None:
            check_reachable("ray", address)
        self._ours = not ray.is_initialized()
        if self._ours:
            self._begin(address, workers)
        elif address is not None:
            self._check_is_the_one(address)
        self._remote = ray.remote(num_cpus=1, max_retries=1)(_called)

    def _begin(self, address: str | None, workers: int | None) -> None:
        quiet = {"log_to_driver": False, "logging_level": "warning"}
        if address is None:
            self._ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
            return
        try:
            self._ray.init(address=address, **quiet)
        except (OSError, TimeoutError, RuntimeError) as error:
            raise unreachable("ray", address) from error

    def _check_is_the_one(self, address: str) -> None:
        there = self._ray.get_runtime_context().gcs_address
        if host_and_port("ray", there) != host_and_port("ray", address):
            raise InputError(
                "bad-parameter",
                f"This process is connected to the Ray at {there} already, and address={address!r} is another one. End that "
                "connection first (ray.shutdown()), or give no address.",
            )

    def window(self) -> int:
        """Two parts for every core of the cluster."""
        if self.address is not None or not self._ours:
            check_workers("ray", self._hosts(), allow_remote=self.allow_remote)
        return max(2, 2 * int(self._ray.cluster_resources().get("CPU", 1)))

    def _hosts(self) -> Iterable[str]:
        hosts = {node["NodeManagerAddress"] for node in self._ray.nodes() if node["Alive"]}
        # Ray names even a machine of its own by its address in the network: one host is the one that was named.
        return hosts if len(hosts) > 1 else ()

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part to Ray."""
        future: Future[Outcome] = self._remote.remote(call).future()
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether a worker process or its machine is gone."""
        gone = self._ray.exceptions
        return isinstance(error, gone.WorkerCrashedError | gone.OutOfMemoryError | gone.NodeDiedError)

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster; one that was started here is ended."""
        if self._ours:
            self._ray.shutdown()


def _nothing() -> None:
    return None


def _called(call: Call) -> Outcome:
    return call()
