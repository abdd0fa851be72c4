"""Parts handed to workers, each until it is done, whatever becomes of the workers."""

from __future__ import annotations

import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager
from types import FrameType
from typing import Any

from surrogate.corpus.batch.values import PartResult, PartTask
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.calls import Call, Outcome, Work
from surrogate.corpus.batch.workers.halving import Dead, Joined, by_halves
from surrogate.corpus.batch.workers.pools import Pool

__all__ = ["run_parts"]

#: How often the workers are looked after while none of them is done.
_SECONDS = 5.0


def run_parts(
    work: Work,
    tasks: Iterable[PartTask],
    backend: Backend,
    on_done: Callable[[PartResult], None],
    *,
    n_tasks: int,
    on_dead: Dead,
    joined: Joined,
) -> None:
    """Have every part worked on, and hand over each result as it comes.

    Everything that is given is called in the thread that calls this function.  When a worker dies, its part is
    done again; a part during which workers die again is done alone and, when that is its end too, cut in halves, until
    the one text is found that no worker survives.

    Parameters
    ----------
    work : callable
        ``(PartTask) -> PartResult``; it pickles, and is sent with every part.
    tasks : iterable of PartTask
        Taken as workers become free, at most two for every worker, so that many parts need no more memory than few.
    backend : Backend
    on_done : callable
        Called with every result, in any order.  What it raises ends the run.
    n_tasks : int
        Number of parts.
    on_dead : callable
        ``(PartTask of one text, reason) -> PartResult``: its rows as errors; the reason is ``"worker-died"`` or
        ``"out-of-memory"``.
    joined : callable
        ``(PartTask, list of PartResult) -> PartResult``: the results of the two halves of a part as one.

    Raises
    ------
    SurrogateError
        As the work raised it; ``no-scheduler``, ``remote-not-allowed``, ``missing-package`` of the backend.
    KeyboardInterrupt, SystemExit
        On Ctrl-C and on SIGTERM; the workers are ended before.

    Examples
    --------
    >>> from surrogate.corpus.batch.values import Counts
    >>> run_parts(
    ...     lambda task: PartResult(task.number, b"", Counts()),
    ...     [PartTask(0, ()), PartTask(1, ())],
    ...     Backend("none"),
    ...     lambda result: print(result.number),
    ...     n_tasks=2,
    ...     on_dead=lambda task, reason: PartResult(task.number, b"", Counts()),
    ...     joined=lambda task, results: results[0],
    ... )
    0
    1
    """
    with _ended_by_sigterm(), backend.opened(n_tasks) as pool:
        _Run(work, iter(tasks), pool, on_done, on_dead, joined).go()


class _Run:
    """What is out, what is to be done again, and what is to be done alone."""

    def __init__(
        self,
        work: Work,
        tasks: Iterator[PartTask],
        pool: Pool,
        on_done: Callable[[PartResult], None],
        on_dead: Dead,
        joined: Joined,
    ) -> None:
        self.work, self.tasks, self.pool, self.on_done = work, tasks, pool, on_done
        self.on_dead, self.joined = on_dead, joined
        self.out: dict[Future[Outcome], PartTask] = {}
        self.again: deque[PartTask] = deque()
        self.alone: deque[PartTask] = deque()
        self.deaths: Counter[int] = Counter()

    def go(self) -> None:
        while True:
            if self.alone and not self.out:
                self._one_alone(self.alone.popleft())
            if not self.alone:
                self._hand_out()
            if not self.out and not self.alone:
                return
            if self.out:
                self._collect()

    def _one_alone(self, task: PartTask) -> None:
        self.on_done(by_halves(task, self._tried, self.on_dead, self.joined))
        del self.deaths[task.number]

    def _tried(self, task: PartTask) -> Outcome:
        future = self._submitted(task)
        self._some_of([future])
        outcome = self._outcome(future)
        if outcome.error is not None:
            raise outcome.error
        return outcome

    def _hand_out(self) -> None:
        room = self.pool.window() - len(self.out)
        for _ in range(room):
            task = self.again.popleft() if self.again else next(self.tasks, None)
            if task is None:
                return
            self.out[self._submitted(task)] = task

    def _submitted(self, task: PartTask) -> Future[Outcome]:
        return self.pool.submit(Call(self.work, task))

    def _collect(self) -> None:
        outcomes = [(self.out.pop(future), self._outcome(future)) for future in self._some_of(self.out)]
        for _, outcome in outcomes:
            if outcome.result is not None:
                self.on_done(outcome.result)
        for _, outcome in outcomes:
            if outcome.error is not None:
                raise outcome.error
        for task, outcome in outcomes:
            if outcome.death is not None:
                self._bury(task, outcome.death)

    def _some_of(self, out: Iterable[Future[Outcome]]) -> set[Future[Outcome]]:
        """Those that are done, at least one; what takes long is waited for while there is somebody who works on it."""
        while not (done := wait(out, timeout=_SECONDS, return_when=FIRST_COMPLETED).done):
            self.pool.window()
        return done

    def _bury(self, task: PartTask, death: str) -> None:
        self.deaths[task.number] += 1
        # A worker may have died by chance; that a part wanted too much memory is known at once.
        surely = death == "out-of-memory" or self.deaths[task.number] >= self.pool.tries
        (self.alone if surely else self.again).append(task)

    def _outcome(self, future: Future[Outcome]) -> Outcome:
        error = CancelledError() if future.cancelled() else future.exception()
        if error is None:
            return future.result()
        if isinstance(error, MemoryError):  # While the result was packed.
            return Outcome(death="out-of-memory")
        if self.pool.is_death(error):
            return Outcome(death="worker-died")
        raise error


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Any = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise SystemExit(128 + number)
