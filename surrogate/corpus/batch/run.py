"""The run of a batch: from a file of texts to a folder with a row, an index and a summary for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.checking.signed import keep_signed
from surrogate.corpus.batch.closing import close_batch
from surrogate.corpus.batch.error_budget import ErrorBudget, default_max_errors
from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.intake.spool import Part, Spool
from surrogate.corpus.batch.opening import Opened, keep_spool
from surrogate.corpus.batch.proxy.frozen_proxy import PROXY, with_proxy
from surrogate.corpus.batch.rows.part_files import part_is_whole, part_name, read_columns
from surrogate.corpus.batch.running import Running, spending_of
from surrogate.corpus.batch.values import Counts, PartResult, PartTask
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.driving import run_parts
from surrogate.corpus.batch.workers.working import dead, join, work
from surrogate.signing.folder import is_signed
from surrogate.store import open_store

__all__ = ["Watcher", "run_batch"]

#: Told what was done: counts of a part, and what an endpoint charged for it.
Watcher = Callable[[Counts, dict[str, float]], None]


def run_batch(
    batch: Opened,
    backend: Backend,
    *,
    max_errors: int | None = None,
    overwrite: bool = False,
    begun: Callable[[Counts], None] | None = None,
    watch: Watcher | None = None,
    tell: Callable[[str], None] | None = None,
) -> Path:
    """Explain every row that is not explained yet; the same call again goes on where this one was stopped.

    Parameters
    ----------
    batch : Opened
    backend : Backend
    max_errors : int, optional
        Rows that may be errors before the batch is stopped; None: a tenth of them, at least ten.
    overwrite : bool, default False
        Replace another batch in the folder.
    begun : callable (Counts) -> None, optional
        Told once what was done by earlier runs.
    watch : callable (Counts, dict) -> None, optional
        Told of each part.
    tell : callable (str) -> None, optional
        Told what is done before the first part, where that takes long.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        ``other-run``, ``output-exists``, ``signed-report``, ``changed-report``, ``batch-running``, ``too-many-errors``,
        ``cannot-write``, ``no-scheduler``, ``worker-mismatch``.  Parts that were finished stay; a signed batch stays as it is.
    ModelError
        When the model cannot be asked, such as an endpoint that is not there.
    """
    if is_signed(batch.request.out):
        return keep_signed(batch, overwrite=overwrite, begun=begun)
    backend.check_model(batch.black_box)
    out, allowed = (
        batch.request.out,
        ErrorBudget(default_max_errors(batch.spool.n_rows) if max_errors is None else max_errors),
    )
    spending = spending_of(batch.black_box)
    with BatchFolder.claim(out) as folder:
        # The folder is taken, and known to be of this batch, before anything is asked for it.
        batch = with_proxy(batch, overwrite=overwrite, tell=tell)
        folder.identify(batch.identity(), overwrite=overwrite)
        if batch.proxy is not None:
            folder.put(PROXY, batch.proxy)
        spool = keep_spool(batch.spool, out)
        parts, done = spool.parts(batch.request.part_texts), folder.done(part_is_whole)
        before = _told(out, done)
        if begun is not None:
            begun(before)
        with Running(out, backend, spending) as running, _told_the_rest(running, watch):
            allowed.add(before, _codes(out, done))

            def place(result: PartResult) -> None:
                folder.place(result)
                running.add(result)
                if watch is not None:
                    watch(result.counts, dict(result.spent))
                allowed.add(result.counts, _codes(out, {result.number} if result.counts.errors else set()))

            left = [part for part in parts if part.number not in done]
            _run(batch, backend, _tasks(spool, left, batch.request.choice.texts(spool)), place, len(left))
        close_batch(folder, spool, parts)
    return out


@contextmanager
def _told_the_rest(running: Running, watch: Watcher | None) -> Iterator[None]:
    """At the end, however it comes, what was charged for no finished part is told too."""
    try:
        yield
    finally:
        rest = running.rest()
        if rest and watch is not None:
            watch(Counts(), rest)


def _run(
    batch: Opened, backend: Backend, tasks: Iterator[PartTask], place: Callable[[PartResult], None], n_tasks: int
) -> None:
    if n_tasks:
        spec = batch.spec
        if backend.name == "none":
            # The work is done in this process, where the model is already: it is not loaded a second time beside itself.
            spec = replace(spec, model=batch.black_box)
        if batch.is_endpoint and batch.store is not False:
            # One store for the whole run, which is in this process: whether stored answers still hold is asked once, and
            # not for every part.
            spec = replace(spec, store=open_store(batch.store))
        run_parts(partial(work, spec), tasks, backend, place, n_tasks=n_tasks, on_dead=partial(dead, spec), joined=join)


def _tasks(spool: Spool, parts: list[Part], chosen: Set[str]) -> Iterator[PartTask]:
    for part in parts:
        yield PartTask(part.number, spool.rows(part, chosen))


def _told(out: Path, done: Set[int]) -> Counts:
    """What the finished parts hold."""
    found: Counter[str] = Counter()
    for number in sorted(done):
        found.update(row["status"] for row in _statuses(out, number))
    return Counts(found.total(), found["explained"], found["withheld"], found["error"])


def _codes(out: Path, numbers: Set[int]) -> dict[str, int]:
    """Errors of some finished parts, by code."""
    found: Counter[str] = Counter()
    for number in sorted(numbers):
        found.update(row["error_code"] for row in _statuses(out, number) if row["error_code"] is not None)
    return dict(found)


def _statuses(out: Path, number: int) -> list[dict[str, Any]]:
    return read_columns(out / part_name(number), number, ("status", "error_code", "row_sha256"))
