"""Crew: asynchronous jobs in a thread of their own; each result is handed on as it comes, and none is lost on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

from surrogate.blackbox.endpoints.pace import Stopped

__all__ = ["each_result"]

S = TypeVar("S")
R = TypeVar("R")

Opener = Callable[[asyncio.Event], AbstractAsyncContextManager[S]]
Job = Callable[[S, int], Awaitable[R]]
Keeper = Callable[[list[tuple[int, R]]], None]


def each_result(open_session: Opener[S], job: Job[S, R], n_jobs: int, concurrency: int, keep: Keeper[R]) -> None:
    """Do the jobs 0, 1, ... n_jobs - 1, some at a time, and hand every result to ``keep`` in the thread of the caller.

    An interrupt (Ctrl-C), or the first job that fails, ends the beginning of new jobs; those in flight are finished and
    their results kept before it is raised.  A second interrupt ends those in flight too.

    Parameters
    ----------
    open_session : callable (stop) -> async context manager
        What the jobs share; ``stop`` is an asyncio.Event that is set when no new work may begin.
    job : callable (session, number) -> awaitable
    n_jobs : int
    concurrency : int
    keep : callable (list of (number, result)) -> None
        May be handed a result twice when it was interrupted the first time.

    Examples
    --------
    >>> from contextlib import asynccontextmanager
    >>> @asynccontextmanager
    ... async def session(stop):
    ...     yield 10
    >>> async def job(session, number):
    ...     return session * number
    >>> kept = []
    >>> each_result(session, job, 3, 2, kept.extend)
    >>> sorted(kept)
    [(0, 0), (1, 10), (2, 20)]
    """
    crew = _Crew(open_session, job, n_jobs, concurrency)
    # A thread, because the caller may be inside a running event loop itself, as notebooks are.
    with ThreadPoolExecutor(1, thread_name_prefix="endpoint") as pool:
        crew.start(pool)
        try:
            try:
                crew.hand_over(keep)
            except KeyboardInterrupt:
                crew.stop()
                _once_more(crew, keep)
                raise
        finally:
            crew.cancel()


def _once_more(crew: _Crew[S, R], keep: Keeper[R]) -> None:
    """Wait for what is in flight; interrupted in that, keep at least what has come."""
    try:
        crew.hand_over(keep)
    except KeyboardInterrupt:
        crew.keep_received(keep)


class _Crew(Generic[S, R]):
    def __init__(self, open_session: Opener[S], job: Job[S, R], n_jobs: int, concurrency: int) -> None:
        self._open, self._job = open_session, job
        self._numbers: Iterator[int] = iter(range(n_jobs))
        self._n_workers = min(concurrency, n_jobs)
        self._results: list[tuple[int, R]] = []
        self._n_kept = 0
        self._news = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._done: Future[None] = Future()
        self._stopped = False

    def start(self, pool: ThreadPoolExecutor) -> None:
        self._done = pool.submit(lambda: asyncio.run(self._run()))
        self._done.add_done_callback(lambda _: self._news.set())

    def hand_over(self, keep: Keeper[R]) -> None:
        """Hand on results as they come, until all jobs have ended; then raise what the first failure was."""
        ended = False
        while not ended:
            self._news.wait(timeout=0.5)  # with a time limit, so that an interrupt is seen on every system
            self._news.clear()
            ended = self._done.done()
            # The list is read after the look at the end.
            self.keep_received(keep)
        if not self._stopped:
            self._done.result()

    def keep_received(self, keep: Keeper[R]) -> None:
        """Hand on what has come; an interrupt in here hands it on twice, never not."""
        ready = self._results[self._n_kept :]
        if ready:
            keep(ready)
            self._n_kept += len(ready)

    def stop(self) -> None:
        """Begin no new jobs."""
        self._stopped = True
        self._call(self._stop.set)

    def cancel(self) -> None:
        """End the jobs in flight too."""
        self._stopped = True
        if self._task is not None:
            self._call(self._task.cancel)

    def _call(self, what: Callable[[], object]) -> None:
        if self._loop is not None and not self._done.done():
            try:
                self._loop.call_soon_threadsafe(what)
            except RuntimeError:  # the loop has closed meanwhile, so there is nothing left to end
                return

    async def _run(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._stopped:  # before there was a loop to tell
            self._stop.set()
        async with self._open(self._stop) as session:
            ends = await asyncio.gather(*(self._work(session) for _ in range(self._n_workers)), return_exceptions=True)
        failures = [end for end in ends if isinstance(end, Exception) and not isinstance(end, Stopped)]
        if failures:
            raise failures[0]

    async def _work(self, session: S) -> None:
        for number in self._numbers:
            if self._stop.is_set():
                return
            ended_well = False
            try:
                result = await self._job(session, number)
                ended_well = True
            finally:
                if not ended_well:
                    self._stop.set()
            self._results.append((number, result))
            self._news.set()
