"""What changes from run to run, kept apart from what a batch says: when, where, how fast, at what cost."""

from __future__ import annotations

import json
import platform
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from surrogate.corpus.batch.folder.writing import making
from surrogate.corpus.batch.values import Counts, PartResult
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.errors import InputError, SurrogateError
from surrogate.placing import place_files

__all__ = ["RUN", "Running", "read_runs", "spending_of"]

#: Holds a table for every time that the batch was begun or gone on with.
RUN = "run.json"


class Running:
    """One run of a batch; at its end, however it ends, it is written to ``run.json`` beside the earlier ones.

    Parameters
    ----------
    out : Path
        Folder of the batch.
    backend : Backend
    spending : callable () -> dict of str to float, optional
        Calls, tokens and cost that an endpoint charged since the run began: also for parts that never came to their end.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Running(Path(folder), Backend("none")) as running:
    ...         running.add(PartResult(0, b"", Counts(rows=2, asked=60)))
    ...     [(run["ended"], run["counts"]["asked"]) for run in read_runs(Path(folder))]
    [('done', 60)]
    """

    def __init__(self, out: Path, backend: Backend, spending: Callable[[], dict[str, float]] | None = None) -> None:
        self.out, self.backend = out, backend
        self._spending = spending or dict
        self.counts = Counts()
        self.spent: Counter[str] = Counter()
        self.working = 0.0

    def __enter__(self) -> Self:
        self.started, self._clock = datetime.now(UTC), time.perf_counter()
        return self

    def add(self, result: PartResult) -> None:
        """Count a part that was placed."""
        self.counts += result.counts
        self.spent.update(result.spent)  # type: ignore[arg-type]
        self.working += result.seconds

    def rest(self) -> dict[str, float]:
        """What was charged and belongs to no part that was placed; it is counted now."""
        rest = {name: value - self.spent[name] for name, value in self._spending().items() if value > self.spent[name]}
        self.spent.update(rest)  # type: ignore[arg-type]
        return rest

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.rest()
        code = error.code if isinstance(error, SurrogateError) else None
        ended = "done" if kind is None else code or kind.__name__
        try:
            runs = [*read_runs(self.out), self._facts(ended)]
            with making(self.out):
                place_files(self.out, {RUN: (json.dumps(runs, indent=1) + "\n").encode("utf-8")})
        except InputError:
            # Where nothing can be written any more, the error that is on its way says so.
            if error is None:
                raise

    def _facts(self, ended: str) -> dict[str, Any]:
        seconds = time.perf_counter() - self._clock
        return {
            "started": self.started.isoformat(timespec="seconds"),
            "ended": ended,
            "seconds": round(seconds, 3),
            "rows_per_second": round(self.counts.rows / seconds, 3) if seconds > 0 else None,
            "working_seconds": round(self.working, 3),
            "backend": self.backend.name,
            "workers": self.backend.workers,
            "counts": self.counts.to_dict(),
            "spent": dict(self.spent),
            "host": platform.node(),
            "platform": platform.platform(),
            "python": platform.python_version(),
        }


def spending_of(black_box: Any) -> Callable[[], dict[str, float]]:
    """What a model charges from now on; nothing, where it is computed here.

    Examples
    --------
    >>> spending_of(None)()
    {}
    """
    before = dict(getattr(black_box, "spent", {}))

    def since() -> dict[str, float]:
        return {name: value - before[name] for name, value in getattr(black_box, "spent", {}).items()}

    return since


def read_runs(out: Path) -> list[dict[str, Any]]:
    """The runs of a batch so far; none where they cannot be read, since nothing depends on them."""
    try:
        found = json.loads((out / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [run for run in found if isinstance(run, dict)] if isinstance(found, list) else []
