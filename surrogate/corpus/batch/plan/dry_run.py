"""The plan of a batch that was opened: a few of its texts are explained for real where the model is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import joblib

from surrogate.canonical import digest
from surrogate.corpus.batch.opening import Opened
from surrogate.corpus.batch.plan.amounts import amount, number_of
from surrogate.corpus.batch.plan.plan_limits import Machine, other_run
from surrogate.corpus.batch.plan.planning import BatchPlan, plan_batch
from surrogate.corpus.batch.plan.storage import REPORT_BYTES
from surrogate.corpus.batch.plan.timing import BatchSize, Probe, Probed
from surrogate.corpus.batch.rows.part_files import part_is_whole, part_name
from surrogate.corpus.batch.values import PartTask, SpooledRow
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.calls import Call
from surrogate.corpus.batch.workers.working import work
from surrogate.errors import InputError
from surrogate.store import default_store_path

__all__ = ["dry_run"]

#: Texts that the plan is projected from.
_SAMPLED = 100


def dry_run(batch: Opened, backend: Backend, *, max_errors: int | None = None) -> BatchPlan:
    """What a batch would ask, take and cost; nothing is sent to an endpoint, and nothing is written.

    Parameters
    ----------
    batch : Opened
    backend : Backend
    max_errors : int, optional
        As :func:`surrogate.corpus.batch.run.run_batch` takes it.

    Returns
    -------
    BatchPlan

    Raises
    ------
    InputError
        ``bad-parameter`` for several processes and a model behind an endpoint.
    """
    backend.check_model(batch.black_box)
    request, spool = batch.request, batch.spool
    sample = [str(row.text) for row in spool.sample_rows(_SAMPLED)]
    workers = 1 if backend.name == "none" else backend.workers or int(joblib.cpu_count())
    machine = Machine(request.out, _store(batch.store), backend.address is None)
    identity = batch.identity()
    # Parts of another run are none of this one.
    n_done = 0 if other_run(machine, identity) else _n_done(batch)

    with _probe(batch, backend) as probe:
        plan = plan_batch(
            batch.pipe,
            BatchSize(spool.n_rows, spool.n_texts, spool.n_problems, request.part_texts, n_done),
            sample,
            calls=request.calls,
            budget=request.budget,
            workers=workers,
            probe=probe,
            machine=machine,
            identity=identity,
            max_errors=max_errors,
            measured={"work_bytes": spool.path.stat().st_size},
            n_reports=spool.n_texts if request.choice.kind == "all" else len(request.choice.texts(spool)),
        )
    return replace(plan, notes=(*plan.notes, *_of_proxy(batch), *_of_reports(batch)))


def _of_proxy(batch: Opened) -> tuple[str, ...]:
    """What the plan does not know of a corpus proxy."""
    if not batch.sampled:
        return ()
    return (
        f"A corpus proxy comes on top: up to {batch.sampled:,} copies of {number_of(batch.request.corpus_proxy, 'text')} are "
        "asked about first. What it saves is not known before it is fitted.",
    )


def _of_reports(batch: Opened) -> tuple[str, ...]:
    """What the plan does not know of full reports."""
    kind = batch.request.choice.kind
    if kind not in ("adverse", "withheld"):
        return ()
    rows = "whose decision is adverse" if kind == "adverse" else "that are withheld"
    return (
        f"Full reports of rows {rows} come on top on the disk: how many there are is known only once the model was asked. "
        f"Each takes {amount(REPORT_BYTES.low, 'bytes')} to {amount(REPORT_BYTES.high, 'bytes')}.",
    )


@contextmanager
def _probe(batch: Opened, backend: Backend) -> Iterator[Probe | None]:
    """Explains texts for real, in a worker such as the batch would have: one thread, and nobody beside it.

    None for an endpoint, to which a plan sends nothing.
    """
    if batch.is_endpoint:
        yield None
        return
    spec = replace(batch.spec, store=False)
    with Backend("none" if backend.name == "none" else "loky", workers=1).opened(1) as pool:

        def probe(texts: Sequence[str]) -> Probed:
            rows = tuple(SpooledRow(str(n), text, digest(text), n) for n, text in enumerate(texts, 1))
            outcome = pool.submit(Call(partial(work, spec), PartTask(0, rows))).result()
            if outcome.result is None:
                raise outcome.error or InputError(
                    "out-of-memory", "A text of the sample needs more memory than a worker has. Ask for fewer --calls."
                )
            return Probed(outcome.result.seconds, len(outcome.result.parquet))

        yield probe


def _n_done(batch: Opened) -> int:
    """Texts of parts that are there from before."""
    parts = batch.spool.parts(batch.request.part_texts)
    out = batch.request.out
    return sum(part.n_texts for part in parts if part_is_whole(out / part_name(part.number), part.number))


def _store(store: bool | str) -> Path | None:
    if store is True:
        return default_store_path()
    return Path(store) if isinstance(store, str) else None
