"""Closing: when every part is there, the index and the summary are written, and what was for the work only is removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from surrogate.corpus.batch.checking.sealing import batch_manifest
from surrogate.corpus.batch.folder.folder import BatchFolder
from surrogate.corpus.batch.intake.spool import Part, Spool
from surrogate.corpus.batch.proxy.frozen_proxy import PROXY
from surrogate.corpus.batch.rows.index import seal_batch, write_index
from surrogate.corpus.batch.summary.summarizing import summarize
from surrogate.corpus.batch.summary.writing_summary import write_summary
from surrogate.signing.names import MANIFEST

__all__ = ["close_batch"]


def close_batch(folder: BatchFolder, spool: Spool, parts: Sequence[Part]) -> None:
    """Write what is about all parts; ``index.json`` says that the batch is complete, and the manifest lists all that is final.

    Parameters
    ----------
    folder : BatchFolder
    spool : Spool
    parts : sequence of Part
        All of them, done.

    Raises
    ------
    InputError
        ``cannot-write``, ``signed-report``, or ``bad-batch`` when a part was changed meanwhile.
    """
    folder.no_longer_complete()
    place = {part.number: part for part in parts}

    def numbers(part: int) -> list[tuple[str, int]]:
        return spool.numbers(place[part])

    told = write_index(folder.path, sorted(place), numbers)
    write_summary(folder.path, summarize(folder.path))
    others = ["batch.json", *(name for name in ("summary.json", PROXY) if (Path(folder.path) / name).exists())]
    seal_batch(folder.path, told, others)
    folder.put(MANIFEST, batch_manifest(folder.path).to_bytes())
    folder.finish()
