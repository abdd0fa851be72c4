"""explain_batch: a whole batch in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.choosing import read_choice
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.run import run_batch
from surrogate.corpus.batch.values import Counts
from surrogate.corpus.batch.workers.backends import Backend

__all__ = ["explain_batch"]


def explain_batch(
    input: str | Path,  # noqa: A002 - what it is
    out: str | Path,
    model: Any = "bank-router",
    *,
    reports: str = "none",
    adverse: Sequence[str] = (),
    backend: str | None = None,
    address: str | None = None,
    workers: int | None = None,
    store: bool | str | Path | None = None,
    max_errors: int | None = None,
    overwrite: bool = False,
    classes: Sequence[str] | None = None,
    device: str = "auto",
    dtype: str = "float32",
    too_long: str = "cut",
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
    progress: Callable[[Counts], None] | None = None,
    **asked: Any,
) -> Path:
    r"""Explain the decision on every row of a file; the same call again goes on where it was stopped.

    Parameters
    ----------
    input : str or Path
        A CSV, TSV, JSONL or Parquet file of any size, with a text to a row.
    out : str or Path
        Folder of the batch; ``docs/batches.md`` says what is in it.
    model : str, Path, estimator or BlackBox
        As :func:`surrogate.explain` takes it; it must have a fingerprint.
    reports : str, default "none"
        Rows with a full report: "all", "adverse", "withheld", "sample:N" or "ids:FILE".
    adverse : sequence of str
        Labels of adverse decisions.
    backend : {"none", "loky", "dask", "ray", "joblib"}, optional
        Who does the work; None: "loky", but "none" for an endpoint, which answers many requests at a time to one process.
    address, workers
        As :class:`~surrogate.corpus.batch.workers.backends.Backend` takes them.
    store : bool, str or Path, optional
        Where answers are kept; None: the user's store for an endpoint, and nowhere for a model that is computed here.
    max_errors : int, optional
        Rows that may be errors; None: a tenth of them, at least ten.
    overwrite : bool, default False
        Replace another batch in the folder.
    classes, device, dtype, too_long, allow_remote
        As :func:`surrogate.explain` takes them; ``allow_remote`` is for clusters on other machines too.
    announce : callable (str) -> None, optional
        Told, before anything is sent to an endpoint, how many texts may be sent where.
    progress : callable (Counts) -> None, optional
        Told of each part.
    **asked
        Fields of :class:`~surrogate.corpus.batch.request.BatchRequest`: text, id, limit, pipeline, calls, stability and more.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError, ModelError
        As :func:`surrogate.corpus.batch.run.run_batch`; parts that were finished stay.

    Examples
    --------
    >>> import tempfile
    >>> from surrogate.blackbox import FunctionBox
    >>> box = FunctionBox(lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts], ["money", "other"], "toy 1")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     source = Path(folder) / "messages.csv"
    ...     _ = source.write_text("text\npay my bill\nhello\n", encoding="utf-8")
    ...     out = explain_batch(source, Path(folder) / "out", box, backend="none")
    ...     sorted(path.name for path in out.iterdir() if path.suffix in (".json", ".html"))
    ['batch.json', 'index.json', 'manifest.json', 'run.json', 'summary.html', 'summary.json']
    """
    from surrogate.blackbox.opening import open_model

    request = BatchRequest(
        Path(input), Path(out), choice=read_choice(reports, adverse), adverse=tuple(adverse), **asked
    )
    request.check()
    black_box = open_model(model, classes, device=device, dtype=dtype, too_long=too_long, allow_remote=allow_remote)
    name = backend or ("none" if hasattr(black_box, "announcement") else "loky")
    with opened(request, black_box, store=str(store) if isinstance(store, Path) else store) as batch:
        if announce is not None and batch.announcement:
            announce(batch.announcement)
        return run_batch(
            batch,
            Backend(name, address, workers, allow_remote),
            max_errors=max_errors,
            overwrite=overwrite,
            watch=None if progress is None else lambda counts, _: progress(counts),
        )
