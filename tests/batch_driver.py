"""A driver of toys, as a program: ``python -m tests.batch_driver OUT BACKEND N SECONDS``."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.corpus.batch.workers.driving import run_parts
from tests import batch_toys as toys


def whole(path: Path, number: int) -> bool:
    return path.read_bytes() in (toys.shown(task).parquet for task in toys.tasks(number + 1) if task.number == number)


def drive(out: Path, backend: Backend, n: int, seconds: float) -> set[int]:
    """Numbers of the parts that were there already."""
    with BatchFolder.begin(out, {"n": n}) as folder:
        done = folder.done(whole)
        waiting = [task for task in toys.tasks(n) if task.number not in done]
        run_parts(
            partial(toys.plain, seconds=seconds),
            waiting,
            backend,
            folder.place,
            n_tasks=len(waiting),
            on_dead=toys.dead,
            joined=toys.joined,
        )
        folder.finish()
    return done


if __name__ == "__main__":
    drive(Path(sys.argv[1]), Backend(sys.argv[2], workers=2), int(sys.argv[3]), float(sys.argv[4]))
