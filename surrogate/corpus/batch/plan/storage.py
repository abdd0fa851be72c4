"""Storage: how much disk a batch takes, and how much memory a worker."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.timing import BatchSize

__all__ = ["REPORT_BYTES", "Storage", "bytes_of_answer", "free_bytes", "plan_storage", "same_disk", "total_memory"]

#: Bytes of a full report, where they were not measured.
REPORT_BYTES = Estimate(80_000, 200_000, 600_000)
#: Bytes of a row, and of a row of the index, where they were not measured.
_ROW, _INDEX_ROW = Estimate(1_000, 3_000, 10_000), Estimate(60, 120, 250)
#: Bytes that the working file takes beside the text of a row, and how much larger than the texts it is.
_WORK_ROW, _WORK_TEXT = Estimate(120, 200, 400), Estimate(1.0, 1.1, 1.5)
#: Bytes of a stored answer beside its probabilities, and of an embedding where the model gives one.
_ANSWER, _EMBEDDING = Estimate(200, 350, 500), Estimate(512, 1_536, 4_096)


@dataclass(frozen=True)
class Storage:
    """Bytes on disk.

    Parameters
    ----------
    rows : Estimate
        Rows and index.
    reports : Estimate
        Full reports that were chosen before anything is asked.
    work : Estimate
        While the batch runs; it holds people's texts and is removed at the end.
    answers : Estimate
        Of the answer store, in the user's cache folder; 0 where none is kept.
    is_measured : bool
        Whether rows of texts explained for real were weighed.

    Examples
    --------
    >>> one = Estimate.exactly(1)
    >>> Storage(one, one, one, one).folder.expected
    3
    """

    rows: Estimate
    reports: Estimate
    work: Estimate
    answers: Estimate
    is_measured: bool = False

    @property
    def folder(self) -> Estimate:
        """The output folder at its largest."""
        return self.rows.plus(self.reports).plus(self.work)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        parts = {name: getattr(self, name).to_dict() for name in ("rows", "reports", "work", "answers", "folder")}
        return {**parts, "is_measured": self.is_measured}


def plan_storage(
    size: BatchSize,
    text_bytes: Estimate,
    asked: Estimate,
    *,
    row_bytes: Estimate | None = None,
    report_bytes: int | None = None,
    work_bytes: int | None = None,
    n_reports: int = 0,
    answer_bytes: Estimate | None = None,
) -> Storage:
    """What a batch takes on disk.

    Parameters
    ----------
    size : BatchSize
    text_bytes : Estimate
        Of one text.
    asked : Estimate
        Texts that the model is asked about.
    row_bytes : Estimate, optional
        Of one row of a part, as measured.
    report_bytes : int, optional
        Of one full report, as measured.
    work_bytes : int, optional
        Of the working file, where it is there already.
    n_reports : int, default 0
    answer_bytes : Estimate, optional
        Of one answer in the store; None: none is kept.

    Examples
    --------
    >>> stored = plan_storage(BatchSize(1000, 1000), Estimate.exactly(100), Estimate.exactly(64_000))
    >>> stored.rows.expected, stored.answers.expected, stored.is_measured
    (3120000, 0, False)
    """
    each_row = (row_bytes or _ROW).plus(_INDEX_ROW)
    each_report = REPORT_BYTES if report_bytes is None else Estimate(report_bytes / 2, report_bytes, 2 * report_bytes)
    own = _WORK_ROW.times(size.n_rows).plus(text_bytes.times(_WORK_TEXT).times(size.n_rows))
    return Storage(
        rows=each_row.times(size.n_rows),
        reports=each_report.times(n_reports),
        work=own if work_bytes is None else Estimate.exactly(work_bytes),
        answers=Estimate.exactly(0) if answer_bytes is None else answer_bytes.times(asked),
        is_measured=row_bytes is not None,
    )


def bytes_of_answer(n_classes: int, embeds: bool) -> Estimate:
    """Bytes of one answer in the store.

    Examples
    --------
    >>> bytes_of_answer(10, False).expected
    430
    """
    answer = _ANSWER.plus(Estimate.exactly(8 * n_classes))
    return answer.plus(_EMBEDDING) if embeds else answer


def free_bytes(path: Path) -> int:
    """Free bytes on the disk where a folder is, or would be."""
    return shutil.disk_usage(_existing(path)).free


def same_disk(one: Path, other: Path) -> bool:
    """Whether two folders, there or not yet, are on one disk.

    Examples
    --------
    >>> same_disk(Path("not-there-yet"), Path("."))
    True
    """
    return _existing(one).stat().st_dev == _existing(other).stat().st_dev


def total_memory() -> int | None:
    """Bytes of memory of this machine; None where the system does not tell.

    Examples
    --------
    >>> total_memory() != 0
    True
    """
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" not in names or "SC_PAGE_SIZE" not in names:
        return None
    return int(os.sysconf("SC_PHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    whole = path.absolute()
    return next(folder for folder in (whole, *whole.parents) if folder.exists())
