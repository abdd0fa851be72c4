"""Where parts are worked on by whatever backend joblib was told to use, such as Spark."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from surrogate.corpus.batch.workers.calls import Call, Outcome
from surrogate.errors import InputError

__all__ = ["JoblibPool"]

#: Seconds in which parts for one call of joblib gather.
_SECONDS = 0.05


class JoblibPool:
    """The workers of joblib's active backend, as ``joblib.parallel_config`` set it.

    Parts go there in calls of a few at a time, since not every backend gives its results one by one.

    Parameters
    ----------
    workers : int or None
        By default what the active backend has.
    allow_remote : bool
        Needed for every backend that is not joblib's own, since joblib does not say where its workers are.

    Raises
    ------
    InputError
        ``remote-not-allowed``; ``bad-parameter`` for joblib's Dask backend, which waits for ever when a worker dies.

    Examples
    --------
    >>> import joblib
    >>> from surrogate.corpus.batch.values import Counts, PartResult, PartTask
    >>> with joblib.parallel_config("threading", n_jobs=2):
    ...     pool = JoblibPool(None, allow_remote=False)
    >>> pool.submit(Call(lambda task: PartResult(task.number, b"", Counts()), PartTask(3, ()))).result().result.number
    3
    >>> pool.close(at_once=False)
    """

    tries = 2

    def __init__(self, workers: int | None, *, allow_remote: bool) -> None:
        from joblib.parallel import get_active_backend

        self._backend, n_jobs = get_active_backend()
        _check(self._backend, allow_remote=allow_remote)
        self._n_jobs = int(self._backend.effective_n_jobs(workers or n_jobs or -1))
        self._calls: queue.SimpleQueue[tuple[Call, Future[Outcome]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def window(self) -> int:
        """Two parts for every worker."""
        return 2 * self._n_jobs

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part to the next call of joblib."""
        future: Future[Outcome] = Future()
        self._calls.put((call, future))
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether a process of joblib's own is gone; other backends try again themselves, and then end the run."""
        return isinstance(error, BrokenProcessPool)

    def close(self, *, at_once: bool) -> None:
        """End what hands parts out; joblib ends its workers."""
        self._calls.put(None)
        if not at_once:
            self._thread.join()

    def _serve(self) -> None:
        with ThreadPoolExecutor(1) as aside:
            while (first := self._calls.get()) is not None:
                time.sleep(_SECONDS)
                waiting = [first]
                while not self._calls.empty():
                    another = self._calls.get()
                    if another is None:
                        return
                    waiting.append(another)
                # Aside, so that an error is kept, and raised where the parts are waited for.
                _hand_back(aside.submit(self._worked, [call for call, _ in waiting]), [future for _, future in waiting])

    def _worked(self, calls: Sequence[Call]) -> list[Outcome]:
        from joblib import Parallel, delayed

        parallel: Any = Parallel(n_jobs=self._n_jobs, backend=self._backend, batch_size=1)
        return list(parallel(delayed(call)() for call in calls))


def _hand_back(worked: Future[list[Outcome]], waiting: Sequence[Future[Outcome]]) -> None:
    error = worked.exception()
    for at, future in enumerate(waiting):
        if error is None:
            future.set_result(worked.result()[at])
        else:
            future.set_exception(error)


def _check(backend: Any, *, allow_remote: bool) -> None:
    kind = type(backend)
    if kind.__name__ == "DaskDistributedBackend":
        raise InputError(
            "bad-parameter",
            "joblib's Dask backend waits for ever for a part during which a worker dies. Use the backend 'dask' with the "
            "address of the scheduler.",
        )
    if not kind.__module__.startswith("joblib.") and not allow_remote:
        raise InputError(
            "remote-not-allowed",
            f"joblib's active backend is {kind.__name__}, which may send the texts to other machines. Where that is allowed, "
            "say so with --allow-remote (in Python: allow_remote=True).",
        )
