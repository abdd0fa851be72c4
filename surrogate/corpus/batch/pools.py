"""Where parts are worked on within this machine: in this process, or in worker processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from surrogate.corpus.batch.calls import Call, Outcome

__all__ = ["InlinePool", "LokyPool", "Pool", "one_thread"]

#: How often a worker looks whether its driver is there.
_SECONDS = 1.0


class Pool(Protocol):
    """Something that works on parts.

    Attributes
    ----------
    tries : int
        Deaths of workers after which a part is run alone.
    breaks : bool
        Whether one death takes every part that is out with it.
    """

    tries: int
    breaks: bool

    def window(self) -> int:
        """How many parts may be out at once."""

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part out."""

    def is_death(self, error: BaseException) -> bool:
        """Whether this is how the death of a worker shows."""

    def renew(self) -> None:
        """Make what is broken anew."""

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
    breaks = False

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

    def renew(self) -> None:
        """Nothing to do."""

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

    Parameters
    ----------
    workers : int

    Examples
    --------
    >>> pool = LokyPool(2)
    >>> pool.window()
    4
    >>> pool.close(at_once=True)
    """

    tries = 2
    breaks = True

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._executor = self._made()

    def window(self) -> int:
        """Two parts for every worker: one that it does, and one that waits for it."""
        return 2 * self.workers

    def submit(self, call: Call) -> Future[Outcome]:
        """Hand a part to the next free process."""
        try:
            return self._executor.submit(call)
        except BrokenProcessPool as error:
            # A process died while nobody was looking.
            future: Future[Outcome] = Future()
            future.set_exception(error)
            return future

    def is_death(self, error: BaseException) -> bool:
        """Whether a process is gone."""
        return isinstance(error, BrokenProcessPool)

    def renew(self) -> None:
        """New processes."""
        self.close(at_once=True)
        self._executor = self._made()

    def close(self, *, at_once: bool) -> None:
        """End the processes, and wait until they are gone."""
        self._executor.shutdown(wait=True, kill_workers=at_once)  # type: ignore[call-arg]

    def _made(self) -> Executor:
        from joblib.externals.loky import ProcessPoolExecutor

        # No time-out: a worker holds a model that takes long to load.
        made: Executor = ProcessPoolExecutor(
            self.workers, timeout=None, initializer=_begin_worker, initargs=(os.getpid(),), env=one_thread()
        )
        return made


def _begin_worker(driver: int) -> None:
    # Ctrl-C reaches every process of a terminal: the driver ends its workers, without a traceback from each.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()


def _end_with(driver: int) -> None:
    # A driver that is killed cannot end its workers: they would wait for it, with their models, for ever.
    while os.getppid() == driver:
        time.sleep(_SECONDS)
    os._exit(1)
