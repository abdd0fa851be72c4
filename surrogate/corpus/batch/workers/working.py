"""Working: what a worker does with one part of a batch.  Everything it needs comes with the call, and all it found goes back."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate.corpus.batch.proxy.frozen_proxy import proxy_of
from surrogate.corpus.batch.proxy.stages import proxied_copies
from surrogate.corpus.batch.rows.part_files import part_bytes, read_part
from surrogate.corpus.batch.rows.rows import error_row, shared_of, with_identity
from surrogate.corpus.batch.values import Counts, PartResult, PartTask, Settings, SpooledRow, WorkSpec
from surrogate.corpus.batch.workers.loading import model_of
from surrogate.corpus.batch.workers.one_text import Told, explain_text, failed
from surrogate.corpus.batch.workers.packing import CountingStore, ask_together, first_copies, packs
from surrogate.local_pipeline import configure, local_pipeline
from surrogate.neighborhood import Neighborhood
from surrogate.store import open_store

__all__ = ["dead", "join", "work"]

#: What is told of a text that no worker survives.
_DEATHS = {
    "worker-died": "The worker ended while it explained this text, each time. Explain the text by itself to see why.",
    "out-of-memory": "The text needs more memory than a worker has. Explain it by itself, with fewer calls, or in larger units.",
}

#: Limits on the threads of arithmetic hold for a whole process, and its sums must not depend on who else is at work in it:
#: where a cluster gives a process several threads, they take turns.
_TURN = threading.Lock()


def work(spec: WorkSpec, task: PartTask) -> PartResult:
    """Explain the rows of one part: their copies asked about together, then each distinct text explained once.

    Parameters
    ----------
    spec : WorkSpec
    task : PartTask

    Returns
    -------
    PartResult

    Raises
    ------
    InputError, ModelError
        Where the batch cannot go on, such as a worker with another model, or an endpoint that is not there.
    """
    with _TURN:
        return _work(spec, task)


def _work(spec: WorkSpec, task: PartTask) -> PartResult:
    black_box = model_of(spec)
    begun = time.perf_counter()
    store = CountingStore(open_store(spec.store))
    before = dict(getattr(black_box, "spent", {}))
    told = _explain_texts(spec, task, _pipeline(spec, black_box, store), store)
    spent = {name: value - before[name] for name, value in getattr(black_box, "spent", {}).items()}
    return _result(spec, task, told, store.n_asked, time.perf_counter() - begun, spent)


def dead(spec: WorkSpec, task: PartTask, reason: str) -> PartResult:
    """What is told of a text that ends every worker that explains it.

    Parameters
    ----------
    spec : WorkSpec
    task : PartTask
        The rows of that text.
    reason : {"worker-died", "out-of-memory"}
    """
    told = Told(None, (reason, _DEATHS[reason]))
    return _result(spec, task, {row.text_sha256: told for row in task.rows}, 0, 0.0, {})


def join(task: PartTask, results: Sequence[PartResult]) -> PartResult:
    """One part of what its pieces gave.

    Parameters
    ----------
    task : PartTask
        The whole part.
    results : sequence of PartResult
        Of pieces of its rows, which share no text.
    """
    rows = {(row["text_sha256"], row["id"]): row for result in results for row in read_part(result.parquet)}
    ordered = [rows[row.text_sha256, row.id] for row in task.rows]
    counts, reports, spent = Counts(), dict[str, bytes](), Counter[str]()
    for result in results:
        counts += result.counts
        reports |= result.reports
        spent.update(result.spent)  # type: ignore[arg-type]
    seconds = sum(result.seconds for result in results)
    return PartResult(task.number, part_bytes(ordered, task.number), counts, reports, seconds, dict(spent))


def _pipeline(spec: WorkSpec, black_box: Any, store: Any) -> Pipeline:
    settings = spec.settings
    pipe = local_pipeline(settings.recipe, black_box, store)
    configure(pipe, target=settings.target, contrast=settings.contrast, units=settings.units)
    return pipe


def _explain_texts(spec: WorkSpec, task: PartTask, pipe: Pipeline, store: CountingStore) -> dict[str, Told]:
    """What came of each distinct text, by its SHA-256."""
    told: dict[str, Told] = {}
    texts: dict[str, SpooledRow] = {}
    for row in task.rows:
        if row.text is None or row.problem is not None:
            told[row.text_sha256] = Told(None, row.problem)
        else:
            texts.setdefault(row.text_sha256, row)
    chosen = {row.text_sha256 for row in task.rows if row.chosen or spec.settings.reports == "all"}
    # The corpus proxy takes no part in full reports.
    proxies = {name: None if name in chosen else spec.proxy for name in texts}
    asking = {name: _Asking(spec.settings, pipe, str(row.text), proxies[name]) for name, row in texts.items()}
    for pack in packs(_next(asking, told)):
        copies: Mapping[str, Sequence[str]] = pack
        while copies:
            _ask(pipe, copies, store)
            copies = _next({name: asking[name] for name in copies}, told)
        for name in (name for name in pack if name not in told):
            whole, text = asking[name].drawn, str(texts[name].text)
            told[name] = explain_text(
                pipe, text, spec.settings, store, chosen=name in chosen, proxy=proxies[name], drawn=whole
            )
    return told


class _Asking:
    """The copies that a text asks about for sure; with a corpus proxy a few at a time, each when the last are answered."""

    def __init__(self, settings: Settings, pipe: Pipeline, text: str, proxy: bytes | None) -> None:
        self.drawn: Neighborhood | None = None
        self.copies = self._copies(settings, pipe, text, proxy)

    def _copies(self, settings: Settings, pipe: Pipeline, text: str, proxy: bytes | None) -> Iterator[Sequence[str]]:
        box = pipe.named_steps["query"].black_box
        if hasattr(box, "require_whole"):
            # A text that is too long would keep its part from being asked together, or be found in the store, cut and flagged.
            box.require_whole([text])
        by_stage = None if proxy is None else proxied_copies(pipe, text, settings.calls, proxy_of(proxy))
        if by_stage is not None:
            yield from by_stage
            return
        self.drawn = first_copies(pipe, text, settings.calls, settings.budget)
        yield () if self.drawn is None else self.drawn.texts


def _next(asking: Mapping[str, _Asking], told: dict[str, Told]) -> dict[str, Sequence[str]]:
    """The copies that each text asks about next, if any; a text that cannot be explained is told of at once."""
    copies: dict[str, Sequence[str]] = {}
    for name, own in asking.items():
        try:
            found = next(own.copies, None)
        except Exception as error:  # as in explain_text
            told[name] = failed(error)
            continue
        if found is not None:
            copies[name] = found
    return copies


def _ask(pipe: Pipeline, pack: Mapping[str, Sequence[str]], store: CountingStore) -> None:
    """Ask together; where the model cannot, each text is left to ask for itself, and to fail by itself."""
    try:
        ask_together(pipe.named_steps["query"].black_box, [copy for own in pack.values() for copy in own], store)
    except Exception as error:  # what it was is told by the text that fails again
        failed(error)


def _result(
    spec: WorkSpec, task: PartTask, told: Mapping[str, Told], n_asked: int, seconds: float, spent: Mapping[str, float]
) -> PartResult:
    shared = {name: shared_of(one.explanation) for name, one in told.items() if one.explanation is not None}
    rows = [_row(spec, row, told[row.text_sha256], shared.get(row.text_sha256)) for row in task.rows]
    status = [row["status"] for row in rows]
    reports = {f"{name[:16]}/{file}": content for name, one in told.items() for file, content in one.files.items()}
    counts = Counts(
        rows=len(rows),
        explained=status.count("explained"),
        withheld=status.count("withheld"),
        errors=status.count("error"),
        texts=len(told),
        calls=sum(one.explanation.calls["total"] for one in told.values() if one.explanation is not None),
        asked=n_asked,
        reports=sum(bool(one.files) for one in told.values()),
    )
    return PartResult(task.number, part_bytes(rows, task.number), counts, reports, seconds, dict(spent))


def _row(spec: WorkSpec, row: SpooledRow, told: Told, shared: dict[str, Any] | None) -> dict[str, Any]:
    if shared is not None:
        return with_identity(shared, row, spec.settings, told.record_sha256)
    code, sentence = told.problem or ("row-failed", "The row could not be explained.")
    return error_row(row, code, sentence, spec.settings)
