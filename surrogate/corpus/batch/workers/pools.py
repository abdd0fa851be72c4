"""Where parts are worked on within this machine: in this process, or in worker processes."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any, Protocol

from surrogate.corpus.batch.workers.calls import Call, Outcome

__all__ = ["InlinePool", "LokyPool", "Pool", "one_thread"]

#: How often a worker looks whether its driver is there.
_SECONDS = 1.0


class Pool(Protocol):
    """Something that works on parts.

    Attributes
    ----------
    tries : int
        Deaths of workers after which a part is run alone.
    """

    tries: int

    def window(self) -> int:
        """How many parts may be out at once; raises where nobody is left to work on them."""

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part out."""

    def is_death(self, error: BaseException) -> bool:
        """Whether this is how the death of a worker shows."""

    def close(self, *, at_once: bool) -> None:
        """End the workers; at once, or when they have done what they do."""


class InlinePool:
    """In this process, one part after the other.

    Examples
    --------
    >>> from surrogate.corpus.batch.values import Counts, PartResult, PartTask
    >>> pool = InlinePool()
    >>> done = pool.submit(Call(lambda task: PartResult(task.number, b"", Counts()), PartTask(3, ())))
    >>> done.result().result.number
    3
    """

    tries = 1

    def window(self) -> int:
        """One."""
        return 1

    def submit(self, call: Call) -> Future[Outcome]:
        """Work on the part now."""
        future: Future[Outcome] = Future()
        future.set_result(call())
        return future

    def is_death(self, error: BaseException) -> bool:
        """Never: with the worker this process would be dead."""
        return False

    def close(self, *, at_once: bool) -> None:
        """Nothing to do."""


def one_thread() -> dict[str, str]:
    """Environment in which a process does arithmetic with one thread.

    Examples
    --------
    >>> one_thread()["OMP_NUM_THREADS"]
    '1'
    """
    names = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR", "NUMBA", "VECLIB_MAXIMUM")
    return {f"{name}_NUM_THREADS" if "_" not in name else f"{name}_THREADS": "1" for name in names} | {
        # The worker, not the library of tokenizers, is what runs many times.
        "TOKENIZERS_PARALLELISM": "false"
    }


class LokyPool:
    """Worker processes of this machine, by joblib's loky; each does arithmetic with one thread.

    Every process has an executor of its own, since an executor does not say during which of its parts a process died,
    and ends all of its processes with it.

    Parameters
    ----------
    workers : int

    Examples
    --------
    >>> pool = LokyPool(2)
    >>> pool.window()
    2
    >>> pool.close(at_once=True)
    """

    # The first time it may have been chance, such as another program that took the memory.
    tries = 2

    def __init__(self, workers: int) -> None:
        self._executors = [_executor() for _ in range(workers)]
        self._last: list[Future[Outcome] | None] = [None] * workers

    def window(self) -> int:
        """One part for every process."""
        return len(self._executors)

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part to a free process."""
        at = next(at for at, future in enumerate(self._last) if future is None or future.done())
        with _interrupts_wait():  # Processes are started here.
            try:
                future: Future[Outcome] = self._executors[at].submit(_in_worker, call)
            except BrokenProcessPool:
                self._executors[at].shutdown(wait=True, kill_workers=True)
                self._executors[at] = _executor()
                future = self._executors[at].submit(_in_worker, call)
        self._last[at] = future
        return future

    def is_death(self, error: BaseException) -> bool:
        """Whether the process is gone."""
        return isinstance(error, BrokenProcessPool)

    def close(self, *, at_once: bool) -> None:
        """End the processes, and wait until they are gone."""
        for executor in self._executors:
            executor.shutdown(wait=True, kill_workers=at_once)


def _executor() -> Any:
    from joblib.externals.loky import ProcessPoolExecutor

    # No time-out: a worker holds a model that takes long to load.
    return ProcessPoolExecutor(1, timeout=None, initializer=_begin_worker, initargs=(os.getpid(),), env=one_thread())


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C waits; what is started meanwhile does not hear it, not even while it begins."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python before 3.14 hears Ctrl-C again once it has started this one.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_worker(driver: int) -> None:
    # Ctrl-C reaches every process of a terminal: the driver ends its workers, without a traceback from each.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()


def _in_worker(call: Call) -> Outcome:
    # The model and the modules stay: the garbage collector, which would look through them some times a second, leaves them
    # alone from the second part on.
    gc.collect()
    gc.freeze()
    return call()


def _end_with(driver: int) -> None:
    # A driver that is killed cannot end its workers: they would wait for it, with their models, for ever.
    while os.getppid() == driver:
        time.sleep(_SECONDS)
    os._exit(1)
