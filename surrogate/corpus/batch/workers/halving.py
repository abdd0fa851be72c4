"""The one text that no worker survives, found by halves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from surrogate.corpus.batch.values import PartResult, PartTask
from surrogate.corpus.batch.workers.calls import Outcome

__all__ = ["Dead", "Joined", "by_halves", "halves"]

#: ``(task of one text, reason) -> PartResult``: the rows of that text as errors.
Dead: TypeAlias = Callable[[PartTask, str], PartResult]

#: ``(task, results of its halves) -> PartResult``.
Joined: TypeAlias = Callable[[PartTask, Sequence[PartResult]], PartResult]


def by_halves(task: PartTask, tried: Callable[[PartTask], Outcome], on_dead: Dead, joined: Joined) -> PartResult:
    """Try a part; when its worker dies, try its halves.

    Parameters
    ----------
    task : PartTask
    tried : callable
        Works on a part while nothing else is worked on.
    on_dead, joined : callable
        As :func:`surrogate.corpus.batch.workers.driving.run_parts` takes them.

    Examples
    --------
    >>> from surrogate.corpus.batch.values import Counts, SpooledRow
    >>> task = PartTask(0, tuple(SpooledRow(text, text, text, 1) for text in "abcd"))
    >>> def tried(task):
    ...     shown = "".join(row.id for row in task.rows)
    ...     return Outcome(death="worker-died") if "c" in shown else Outcome(PartResult(0, shown.encode(), Counts()))
    >>> by_halves(
    ...     task,
    ...     tried,
    ...     lambda task, reason: PartResult(0, b"-", Counts()),
    ...     lambda task, results: PartResult(0, b"".join(result.parquet for result in results), Counts()),
    ... ).parquet
    b'ab-d'
    """
    outcome = tried(task)
    if outcome.result is not None:
        return outcome.result
    if len({row.text_sha256 for row in task.rows}) < 2:
        return on_dead(task, outcome.death or "worker-died")
    return joined(task, [by_halves(half, tried, on_dead, joined) for half in halves(task)])


def halves(task: PartTask) -> tuple[PartTask, PartTask]:
    """A part in two, with half of its distinct texts each; the rows of a text stay together.

    Examples
    --------
    >>> from surrogate.corpus.batch.values import SpooledRow
    >>> task = PartTask(0, tuple(SpooledRow(str(n), text, text, n) for n, text in enumerate("aab")))
    >>> [len(half.rows) for half in halves(task)]
    [2, 1]
    """
    texts = list(dict.fromkeys(row.text_sha256 for row in task.rows))
    first = set(texts[: len(texts) // 2])
    rows = task.rows
    return (
        replace(task, rows=tuple(row for row in rows if row.text_sha256 in first)),
        replace(task, rows=tuple(row for row in rows if row.text_sha256 not in first)),
    )
