"""Opening: everything that a batch needs before the first part is worked on; nothing is asked, and no other batch is touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

from surrogate.adaptive import Adaptive
from surrogate.corpus.batch.folder.output_place import check_output, check_store
from surrogate.corpus.batch.folder.private_folder import PREFIX, private_folder, remove_left
from surrogate.corpus.batch.folder.writing import making
from surrogate.corpus.batch.intake.spool import Spool
from surrogate.corpus.batch.intake.spooling import Source
from surrogate.corpus.batch.proxy.proxy_fitting import PROXY_PLAN
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.values import SCHEMA, Settings, WorkSpec
from surrogate.corpus.batch.workers.loading import model_source
from surrogate.local_pipeline import configure, local_pipeline
from surrogate.plan import most_texts
from surrogate.provenance import describe_model, versions

__all__ = ["SPOOL", "Opened", "opened"]

#: Where the rows of the input are kept while a batch runs.
SPOOL = Path(".work") / "spool.sqlite"


@dataclass(frozen=True, eq=False)
class Opened:
    """A batch that can be planned or run.

    Parameters
    ----------
    request : BatchRequest
    black_box : BlackBox
    pipe : sklearn.pipeline.Pipeline
        Configured.
    settings : Settings
    spool : Spool
    store : bool or str
        Where answers are kept.
    proxy : bytes or None
        The corpus proxy.
    """

    request: BatchRequest
    black_box: Any
    pipe: Pipeline
    settings: Settings
    spool: Spool
    store: bool | str
    proxy: bytes | None = None

    @property
    def is_endpoint(self) -> bool:
        """Whether texts are sent to a server, which answers many requests at a time to one process."""
        return hasattr(self.black_box, "announcement")

    @property
    def sampled(self) -> int:
        """Copies that are asked about before the first row, at most, to fit a corpus proxy."""
        return min(self.request.corpus_proxy, self.spool.n_texts) * sum(PROXY_PLAN.values())

    @property
    def announcement(self) -> str:
        """How many texts may be sent where; empty where nothing is sent."""
        if not self.is_endpoint:
            return ""
        budget = int(Adaptive(self.pipe).budget) if self.request.budget is None else self.request.budget
        most = most_texts(self.pipe, self.request.calls, budget) * self.spool.n_texts + self.sampled
        told: str = self.black_box.announcement(most, f"{self.spool.n_texts:,} of yours and altered copies of them")
        return told

    @property
    def spec(self) -> WorkSpec:
        """What workers are told."""
        model = self.black_box if self.is_endpoint else model_source(self.black_box)
        return WorkSpec(self.settings, model, str(self.black_box.fingerprint), versions(), self.store, self.proxy)

    def identity(self) -> dict[str, Any]:
        """What makes this batch this one: the same for the same texts, ids, model, settings and packages."""
        refuses = getattr(self.black_box, "source", {}).get("too_long") == "error"
        return {
            "schema": SCHEMA,
            "input": {
                "content_sha256": self.spool.content_sha256,
                "n_rows": self.spool.n_rows,
                "n_texts": self.spool.n_texts,
                "n_problems": self.spool.n_problems,
                "text_column": self.spool.text_column,
                "id_column": self.spool.id_column,
            },
            "model": describe_model(self.black_box),
            "settings": self.settings.to_dict(),
            "part_texts": self.request.part_texts,
            "versions": versions(),
            **({"too_long": "error"} if refuses else {}),
        }


@contextmanager
def opened(
    request: BatchRequest,
    black_box: Any,
    *,
    store: bool | str | None = None,
    reading: Callable[[int], None] | None = None,
) -> Iterator[Opened]:
    """Read the input and the recipe of a batch.

    Parameters
    ----------
    request : BatchRequest
    black_box : BlackBox
    store : bool or str, optional
        As :func:`surrogate.explain` takes it; None: the user's own for an endpoint, whose answers cost money, and none for a
        model that is computed here.
    reading : callable (n_rows) -> None, optional
        Told how many rows were read.

    Raises
    ------
    InputError
        When the file, a column, the recipe, a label, an id or the folder cannot be used; ``no-fingerprint``.
    """
    request.check()
    check_output(request.out, request.input)
    if isinstance(store, str):
        check_store(Path(store))
    model_source(black_box)
    pipe = local_pipeline(request.pipeline, black_box, None)
    settings = request.settings(pipe)
    configure(pipe, target=request.target, contrast=request.contrast, units=request.units)
    with _spooled(request, reading) as spool:
        kept = hasattr(black_box, "announcement") if store is None else store
        yield Opened(request, black_box, pipe, settings, spool, kept)


@contextmanager
def _spooled(request: BatchRequest, reading: Callable[[int], None] | None) -> Iterator[Spool]:
    """The rows of the input: where the batch keeps them, if it was begun, else in a folder that is gone in the end."""
    columns: dict[str, Any] = {"text": request.text, "id": request.id, "limit": request.limit}
    # In the folder of the batch where it is there, else beside it: on the same disk, so that it can be moved.  What is
    # beside a folder that is there may lie on another disk, or not be ours to write to.
    out = request.out.absolute()
    here = [folder for folder in (out, *out.parents) if folder.is_dir()]
    with making(here[0]):
        remove_left(here[0])
    with suppress(OSError):
        remove_left(out.parent)
    there = Spool.open(request.out / SPOOL)
    if there is not None and there.source == Source.of(request.input, **columns):
        yield there
        return
    with private_folder(here[0]) as folder:
        yield Spool.build(folder / SPOOL, request.input, progress=reading, **columns)


def keep_spool(spool: Spool, out: Path) -> Spool:
    """The spool, moved to where the batch keeps it."""
    place = out / SPOOL
    if spool.path != place:
        shutil.move(spool.path, place)
        before = spool.path.parents[len(SPOOL.parts) - 1]
        if before.name.startswith(PREFIX):
            # It has served: what is killed from here on leaves nothing beside the folder of the batch.
            shutil.rmtree(before, ignore_errors=True)
    return replace(spool, path=place)
