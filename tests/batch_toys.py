"""Toy work on parts, importable by worker processes."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from surrogate.corpus.batch.values import Counts, PartResult, PartTask, SpooledRow
from surrogate.errors import InputError, ModelError

#: Texts of the toys that make trouble.
POISON, GREED = "poison", "greed"


def row(text: str, number: int = 1, copy: int = 0) -> SpooledRow:
    return SpooledRow(f"{text}/{copy}", text, hashlib.sha256(text.encode()).hexdigest(), number)


def task(number: int, texts: Sequence[str]) -> PartTask:
    return PartTask(number, tuple(sorted(map(row, texts), key=lambda one: (one.text_sha256, one.id))))


def tasks(n: int, size: int = 4, **special: dict[int, str]) -> Iterator[PartTask]:
    """``n`` parts; special texts by number of the part."""
    for number in range(n):
        extra = [texts[number] for texts in special.values() if number in texts]
        yield task(number, [f"text {number}.{k}" for k in range(size)] + extra)


def shown(task: PartTask) -> PartResult:
    """What the toys say of a part: its rows, one a line."""
    lines = b"".join(f"{one.text_sha256} {one.id} ok\n".encode() for one in task.rows)
    return PartResult(task.number, lines, Counts(rows=len(task.rows), explained=len(task.rows)), _reports(task))


def _reports(task: PartTask) -> dict[str, bytes]:
    name = hashlib.sha256(str(task.number).encode()).hexdigest()[:16]
    return {f"{name}/report.html": b"<p>", f"{name}/exports/rules.sql": b"--"} if task.number % 2 else {}


def joined(task: PartTask, results: Sequence[PartResult]) -> PartResult:
    lines = sorted(line for result in results for line in result.parquet.splitlines(keepends=True))
    counts = sum((result.counts for result in results), Counts())
    return PartResult(task.number, b"".join(lines), counts, _reports(task))


def dead(task: PartTask, reason: str) -> PartResult:
    lines = b"".join(f"{one.text_sha256} {one.id} {reason}\n".encode() for one in task.rows)
    return PartResult(task.number, lines, Counts(rows=len(task.rows), errors=len(task.rows)))


def plain(task: PartTask, seconds: float = 0.0) -> PartResult:
    time.sleep(seconds)
    return shown(task)


def mortal(task: PartTask, folder: Path | None = None) -> PartResult:
    """Killed by the poisoned text, always; out of memory by the greedy one; with a folder, by part 3 the first time."""
    if any(one.text == POISON for one in task.rows):
        os.kill(os.getpid(), signal.SIGKILL)
    if any(one.text == GREED for one in task.rows):
        raise MemoryError
    if folder is not None and task.number == 3 and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return shown(task)


def counted(task: PartTask, folder: Path) -> PartResult:
    """Leaves a file for every time that a part is begun; killed by the poisoned text."""
    (folder / f"{task.number}-{time.time_ns()}").touch()
    time.sleep(0.1)
    return mortal(task)


def failing(task: PartTask, kind: str = "input") -> PartResult:
    if task.number == 2:
        if kind == "input":
            raise InputError("other-run", "The worker has other packages.")
        if kind == "model":
            raise ModelError("endpoint-unreachable", "Nobody answers.")
        raise ZeroDivisionError("a mistake")
    return shown(task)


def environment(task: PartTask) -> PartResult:
    return PartResult(task.number, os.environ.get("OMP_NUM_THREADS", "").encode(), Counts())


def deaf(task: PartTask) -> PartResult:
    """Whether the process was begun so that Ctrl-C does not reach it."""
    blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    return PartResult(task.number, str(blocked).encode(), Counts())
