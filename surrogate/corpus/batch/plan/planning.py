"""Planning: what a batch would ask, take and cost, before anything is asked; as ranges, with what would break first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.limits import Limit, first_to_break
from surrogate.corpus.batch.plan.plan_limits import Machine, error_limit, machine_limits, other_run, spending_limits
from surrogate.corpus.batch.plan.plan_words import plan_lines, plan_notes, plan_rows
from surrogate.corpus.batch.plan.planned_calls import PlannedCalls, plan_calls
from surrogate.corpus.batch.plan.spending import Spending, is_endpoint, plan_spending
from surrogate.corpus.batch.plan.storage import Storage, bytes_of_answer, plan_storage
from surrogate.corpus.batch.plan.timing import (
    BatchSize,
    Probe,
    Probing,
    Timing,
    peak_memory,
    probe_texts,
    time_endpoint,
    time_local,
)
from surrogate.corpus.batch.plan.token_counts import token_counter
from surrogate.plan import Calls

__all__ = ["BatchPlan", "Machine", "plan_batch"]

#: Texts that are explained for real: one to warm up, and four groups of four.
_N_PROBED = 17
#: What a worker needs beside what this process held: less, since it does not drive; or more, where parts are large.
_WORKER_SHARE = Estimate(0.7, 1.0, 1.6)


@dataclass(frozen=True)
class BatchPlan:
    """What a batch would ask, take and cost.

    Parameters
    ----------
    size : BatchSize
    workers : int
    model, kind : str
        What a report calls the model, and which adapter reads it.
    asking : PlannedCalls
    timing : Timing
    spending : Spending or None
        None: the model is no endpoint.
    storage : Storage
    worker_bytes : Estimate or None
        Memory of one worker; None: not measured.
    limits : tuple of Limit
    refusal : str
        Why the batch would not even begin; empty: nothing is in the way.
    announcement : str
        What will be sent where; empty: nothing is sent.
    notes : tuple of str

    Examples
    --------
    >>> from surrogate import load
    >>> from surrogate.blackbox import FunctionBox
    >>> pipe = load("local", FunctionBox(lambda texts: [[.5, .5]] * len(texts), classes=["a", "b"]))
    >>> plan = plan_batch(pipe, BatchSize(1000, 1000), ["pay my bill today please"], calls=64)
    >>> plan.asking.total.expected, plan.timing.seconds, plan.announcement
    (32000.0, None, '')
    """

    size: BatchSize
    workers: int
    model: str
    kind: str
    asking: PlannedCalls
    timing: Timing
    spending: Spending | None
    storage: Storage
    worker_bytes: Estimate | None
    limits: tuple[Limit, ...] = ()
    refusal: str = ""
    announcement: str = ""
    notes: tuple[str, ...] = ()

    @property
    def breaks_first(self) -> Limit | None:
        """The limit that breaks first; None: none does."""
        return first_to_break(self.limits)

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """The plan as a table: what, low, expected, high, where it comes from."""
        return plan_rows(self)

    def lines(self) -> list[str]:
        """The plan as lines of text; nothing of it quotes a text."""
        return plan_lines(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; nothing of it quotes a text."""
        first, size = self.breaks_first, self.size
        counted = ("n_rows", "n_texts", "n_problems", "part_texts", "n_done", "n_parts", "n_parts_left")
        return {
            "size": {name: getattr(size, name) for name in counted},
            **{name: getattr(self, name) for name in ("workers", "model", "kind", "refusal", "announcement")},
            "asking": self.asking.to_dict(),
            "timing": self.timing.to_dict(),
            "spending": None if self.spending is None else self.spending.to_dict(),
            "storage": self.storage.to_dict(),
            "worker_bytes": None if self.worker_bytes is None else self.worker_bytes.to_dict(),
            "limits": [limit.to_dict() for limit in self.limits],
            "breaks_first": None if first is None else first.name,
            "notes": list(self.notes),
        }


def plan_batch(
    pipe: Pipeline,
    size: BatchSize,
    sample: Sequence[str],
    *,
    calls: Calls = 64,
    budget: int | None = None,
    workers: int = 1,
    probe: Probe | None = None,
    machine: Machine | None = None,
    identity: Mapping[str, Any] | None = None,
    max_errors: int | None = None,
    measured: Mapping[str, int] | None = None,
    n_reports: int = 0,
    hours: float = 24.0,
) -> BatchPlan:
    """Plan a batch.  Nothing is asked but by ``probe``, and that never of an endpoint.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        Of the recipe, with its black box.
    size : BatchSize
    sample : sequence of str
        Distinct texts of the batch, as :func:`~surrogate.corpus.batch.plan.copies.sample_texts` chooses them; at least one.
    calls : "auto", int, dict or None, default 64
        As :func:`surrogate.explain` takes it.
    budget : int, optional
        That of "auto"; None: 1,024.
    workers : int, default 1
    probe : callable (texts) -> Probed, optional
        Explains texts for real, without a store, and says how long that took; None: time is not known.
    machine : Machine, optional
        Where the batch would run and write; None: neither disk nor memory is compared.
    identity : mapping, optional
        What ``batch.json`` of this batch would hold; a folder with another one belongs to another run.
    max_errors : int, optional
        Rows that may be errors; None: a tenth of them, at least 10.
    measured : mapping of str to int, optional
        Bytes that are known: ``work_bytes`` of the working file, ``report_bytes`` of a full report.
    n_reports : int, default 0
        Full reports, as far as their number is known before anything is asked.
    hours : float, default 24
        Longer than so much is said to break.

    Returns
    -------
    BatchPlan

    Raises
    ------
    InputError
        ``bad-calls``, or ``bad-corpus`` for a sample without a text.
    """
    box = pipe.named_steps["query"].black_box
    counter = token_counter(box)
    asking = plan_calls(pipe, size, sample, counter, calls, budget)
    spending = plan_spending(box, asking.total, asking.tokens, counter)
    probing = None if is_endpoint(box) else _probed(probe, asking)
    timing = _timing(box, probing, spending, size, workers)
    storage = plan_storage(
        size,
        asking.text_bytes,
        asking.total,
        row_bytes=None if probing is None else probing.row_bytes,
        n_reports=n_reports,
        answer_bytes=_answer_bytes(box, machine),
        **(measured or {}),
    )
    memory = _worker_bytes(probing)
    limits = [
        *spending_limits(box, spending),
        *machine_limits(machine, storage, timing, memory, workers, hours),
        error_limit(asking, max_errors, size.n_rows),
    ]
    return BatchPlan(
        size=size,
        workers=workers,
        model=str(box.name),
        kind=str(box.kind),
        asking=asking,
        timing=timing,
        spending=spending,
        storage=storage,
        worker_bytes=memory,
        limits=tuple(limits),
        refusal=other_run(machine, identity),
        announcement=_announcement(box, asking, size),
        notes=plan_notes(asking, calls, spending, workers),
    )


def _announcement(box: Any, asking: PlannedCalls, size: BatchSize) -> str:
    if not is_endpoint(box):
        return ""
    most = asking.most_per_text * size.n_left  # a bound, not an estimate: nobody is to be told too little
    told: str = box.announcement(most, f"{size.n_left:,} of yours and altered copies of them")
    return told


def _probed(probe: Probe | None, asking: PlannedCalls) -> Probing | None:
    if probe is None or not asking.usable:
        return None
    return probe_texts(probe, asking.usable[:_N_PROBED])


def _timing(box: Any, probing: Probing | None, spending: Spending | None, size: BatchSize, workers: int) -> Timing:
    if spending is not None:
        return time_endpoint(box, spending.requests, workers)
    if probing is None:
        return Timing(None, "Not known: no text was explained for real.")
    return time_local(probing, size, workers)


def _answer_bytes(box: Any, machine: Machine | None) -> Estimate | None:
    if machine is None or machine.store is None:
        return None
    return bytes_of_answer(len(box.classes_), bool(getattr(box, "embeds", False)))


def _worker_bytes(probing: Probing | None) -> Estimate | None:
    peak = None if probing is None else peak_memory()
    return None if peak is None else _WORKER_SHARE.times(peak)
