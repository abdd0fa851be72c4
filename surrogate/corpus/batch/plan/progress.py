"""Progress of a running batch: a bar where a person is watching, a line every minute where nobody is, nothing when quiet."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TextIO

from surrogate.corpus.batch.plan.standing import Recent, Standing
from surrogate.corpus.batch.values import Counts

__all__ = ["Progress"]

#: Seconds between two lines where nobody is watching.
_EVERY = 60.0
_WIDTH = 24


class Progress:
    """Shows where a batch stands, on standard error.

    Parameters
    ----------
    n_rows : int
        Of the whole batch.
    show : bool, default True
        False: nothing is shown.
    done : Counts, optional
        What was there from before; the time that is left is told from what this run does alone.
    every : float, default 60
        Seconds between two lines where nobody is watching.
    stream : text file, optional
        Default: standard error.
    clock : callable () -> float, default time.monotonic
        Seconds.

    Examples
    --------
    >>> import io
    >>> times = iter([0.0, 10.0, 10.0, 10.0, 10.0])
    >>> with Progress(100, done=Counts(rows=60), stream=io.StringIO(), clock=lambda: next(times)) as progress:
    ...     progress.update(Counts(rows=20, asked=640))
    ...     print(progress.standing.line())
    80 of 100 rows (80 %), 2 rows/s, 10 s left, 640 texts asked, 0 withheld, 0 errors
    """

    def __init__(
        self,
        n_rows: int,
        show: bool = True,
        *,
        done: Counts | None = None,
        every: float = _EVERY,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.n_rows = n_rows
        self.show = show
        self.every = every
        self.stream = sys.stderr if stream is None else stream
        self.clock = clock
        self._counts = replace(done or Counts(), asked=0)
        self._spent: dict[str, float] = {}
        self._start = clock()
        self._recent = Recent(self._start)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._bar: Any = None
        self._thread: threading.Thread | None = None

    @property
    def standing(self) -> Standing:
        """Where the batch stands now."""
        with self._lock:
            counts, rate, spent = self._counts, self._recent.rate, dict(self._spent)
        return Standing(self.n_rows, counts, rate, self.clock() - self._start, spent)

    def update(self, counts: Counts, spent: Mapping[str, float] | None = None) -> None:
        """Count a finished part.

        Parameters
        ----------
        counts : Counts
            Of the part alone.
        spent : mapping of str to float, optional
            Calls, tokens and cost of the part alone.
        """
        with self._lock:
            self._counts = self._counts + counts
            self._recent.add(counts.rows, self.clock())
            for name, value in (spent or {}).items():
                self._spent[name] = self._spent.get(name, 0.0) + value
        self._refresh()

    def tick(self) -> None:
        """Write a line; done every so often where nobody is watching."""
        self.stream.write(f"{self.standing.line()}\n")
        self.stream.flush()

    def __enter__(self) -> Self:
        if self.show and self.stream.isatty():
            self._bar = _opened_bar(self.stream, self.n_rows)
            self._bar.start()
            self._refresh()
        elif self.show:
            # A part may take longer than a minute, and a log that says nothing looks like a job that hangs.
            self._thread = threading.Thread(target=self._keep_ticking, name="progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self.show:
            self.tick()

    def _keep_ticking(self) -> None:
        while not self._ended.wait(self.every):
            self.tick()

    def _refresh(self) -> None:
        if self._bar is not None:
            standing = self.standing
            (task,) = self._bar.task_ids
            self._bar.update(task, completed=standing.counts.rows, standing=standing.line())


def _opened_bar(stream: TextIO, n_rows: int) -> Any:
    """A bar with the standing behind it; it leaves nothing behind."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("explaining"), BarColumn(_WIDTH), TextColumn("{task.fields[standing]}", markup=False))
    bar = Bar(*columns, console=Console(file=stream), transient=True)
    bar.add_task("explain", total=n_rows, standing="")
    return bar
