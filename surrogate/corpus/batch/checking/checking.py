"""Whether a finished batch is as it was written: every file, every row, every full report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from surrogate.corpus.batch.checking.checking_manifest import check_manifest
from surrogate.corpus.batch.checking.checking_reports import check_reports
from surrogate.corpus.batch.checking.problems import Problem
from surrogate.corpus.batch.checking.sealing import stated_digests
from surrogate.corpus.batch.rows.entries import Entry, Tally, entries_of, file_digest
from surrogate.corpus.batch.rows.index import INDEX, INDEX_FIELDS, TABLE, opened_table, read_index
from surrogate.corpus.batch.rows.parquet_files import naming_damage
from surrogate.corpus.batch.rows.part_files import check_part
from surrogate.errors import InputError
from surrogate.signing.names import MANIFEST, SIGNATURES

__all__ = ["LIMITS", "BatchCheck", "verify_batch"]

#: What the check cannot show.
LIMITS = (
    "It cannot show who made the batch: whoever writes all files and index.json anew gets a batch that fits together. Keep the "
    "SHA-256 of index.json where others cannot change it, or sign the batch (`surrogate sign`).",
    "It cannot show that the model gave these answers: rows are compared with their digests, and the model is not asked again.",
    "Pages and other renderings of full reports are compared with the manifest of each report only; `surrogate verify` builds "
    "them again.",
)


@dataclass(frozen=True)
class BatchCheck:
    """What a check of a batch found.

    Parameters
    ----------
    problems : tuple of Problem
        Files that are not as they were written; empty: none.
    n_parts, n_rows, n_reports : int
        What was read.
    index_sha256 : str
        SHA-256 of ``index.json``, from which everything else follows: what to sign, or to keep elsewhere.
    not_covered : tuple of str
        Files in the folder that nothing vouches for, such as ``run.json``.
    limits : tuple of str
        What the check cannot show.

    Examples
    --------
    >>> print(BatchCheck((Problem("rows/part-00002.parquet", "It was cut short."),), 3, 10, 0, "ab" * 32))
    The batch is not as it was written:
    rows/part-00002.parquet: It was cut short.
    """

    problems: tuple[Problem, ...]
    n_parts: int
    n_rows: int
    n_reports: int
    index_sha256: str
    not_covered: tuple[str, ...] = ()
    limits: tuple[str, ...] = LIMITS

    @property
    def is_unchanged(self) -> bool:
        """Whether everything that ``index.json`` vouches for is as it was written."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            **vars(self),
            "is_unchanged": self.is_unchanged,
            "problems": [problem.to_dict() for problem in self.problems],
            "not_covered": list(self.not_covered),
            "limits": list(self.limits),
        }

    def __str__(self) -> str:
        if self.problems:
            return "\n".join(["The batch is not as it was written:", *map(str, self.problems)])
        return (
            f"All {self.n_rows:,} rows in {self.n_parts:,} parts and {self.n_reports:,} full reports are as {INDEX} states "
            f"(SHA-256 {self.index_sha256})."
        )


def verify_batch(folder: str | Path, watch: Callable[[int, int], None] | None = None) -> BatchCheck:
    """Compare a finished batch with its ``index.json``, recompute the digest of every row, and follow those of full reports.

    Where there is a manifest, it must belong to the index, and what it lists beyond it must be as it lists it; who signed it
    is another question.

    One part is in memory at a time, and the ids of all rows.

    Parameters
    ----------
    folder : str or Path
    watch : callable (done, total) -> None, optional
        Told of each part.

    Returns
    -------
    BatchCheck

    Raises
    ------
    InputError
        ``bad-batch``: there is no ``index.json``, or it is not as it was written.
    """
    audit = _Audit(Path(folder))
    audit.check_files()
    audit.check_manifest()
    audit.check_parts(watch)
    audit.check_ids()
    audit.check_totals()
    audit.problems += check_reports(audit.top, audit.reports)
    not_covered = audit.uncovered()
    return BatchCheck(
        tuple(audit.problems),
        len(audit.told["parts"]),
        audit.tally.n_rows,
        len(audit.reports),
        file_digest(audit.top / INDEX),
        tuple(not_covered),
    )


class _Audit:
    """What is found on the way through a folder."""

    def __init__(self, top: Path) -> None:
        self.top, self.told = top, read_index(top)
        self.problems: list[Problem] = []
        self.tally = Tally()
        #: SHA-256 of the record of each full report, by folder.
        self.reports: dict[str, str] = {}
        #: Files that the manifest lists, and the index does not state.
        self.listed: set[str] = set()

    def note(self, name: str, sentence: str) -> None:
        self.problems.append(Problem(name, sentence))

    def check_files(self) -> None:
        """Files that are stated whole, the table of the index among them."""
        for name, stated in {**self.told["files"], TABLE: self.told["index"]["sha256"]}.items():
            self.same(name, stated)

    def check_manifest(self) -> None:
        """Whether the manifest is of this index, and what only the manifest lists."""
        problems, listed = check_manifest(self.top, self.told)
        self.problems += problems
        self.listed = listed

    def same(self, name: str, stated: str) -> bool:
        try:
            found = file_digest(self.top / name)
        except InputError as error:
            self.note(name, error.message)
            return False
        if found != stated:
            self.note(name, f"Its SHA-256 is not the one that {INDEX} states: it was changed.")
        return found == stated

    def check_parts(self, watch: Callable[[int, int], None] | None) -> None:
        """Every part with its rows, beside the rows of the index."""
        listed = self._listed()
        for done, part in enumerate(self.told["parts"]):
            if watch is not None:
                watch(done, len(self.told["parts"]))
            number, name = part["number"], part["file"]
            before = len(self.problems)
            self.same(name, part["sha256"])
            try:
                check_part(self.top / name, number)
                entries = entries_of(self.top, number)
                self.tally.add(self.top, number, entries)
            except InputError as error:
                del self.problems[before:]  # Why a file is wrong says more than that its digest is another one.
                self.note(name, error.message)
                _skip(listed, part["rows"])
                continue
            self.compare(name, entries, listed)
        if next(listed, None) is not None:
            self.note(TABLE, "It lists more rows than the parts hold.")

    def _listed(self) -> Iterator[Entry]:
        try:
            with opened_table(self.top) as (file, name):
                for group in range(file.num_row_groups):
                    with naming_damage(name):
                        rows = file.read_row_group(group, use_threads=False).to_pylist()
                    yield from rows
        except InputError as error:
            self.note(TABLE, error.message)

    def compare(self, name: str, entries: list[Entry], listed: Iterator[Entry]) -> None:
        """The rows of a part, and what the index says of them."""
        names = [one for one, *_ in INDEX_FIELDS if one != "number"]
        rows = list(islice(listed, len(entries)))
        if [[row.get(one) for one in names] for row in rows] != [[entry[one] for one in names] for entry in entries]:
            self.note(TABLE, f"It tells the rows of {name} otherwise than they are.")
        for entry in entries:
            if entry["record_sha256"] is not None:
                stated = self.reports.setdefault(entry["report"], entry["record_sha256"])
                if stated != entry["record_sha256"]:
                    self.note(name, f"Two of its rows state different digests of {entry['report']}/report.json.")

    def check_ids(self) -> None:
        """Every id and every position of the input exactly once."""
        import pyarrow.compute as pc

        try:
            with opened_table(self.top) as (file, name), naming_damage(name):
                columns = file.read(columns=["id", "number"], use_threads=False)
        except InputError:
            return  # It was noted that the table is damaged.
        if pc.count_distinct(columns["id"]).as_py() != len(columns):
            self.note(TABLE, "An id stands in it more than once.")
        numbers = np.sort(columns["number"].to_numpy())
        if not np.array_equal(numbers, np.arange(1, len(numbers) + 1)):
            self.note(TABLE, "The positions of its rows in the input are not all from 1 to their number, each once.")

    def check_totals(self) -> None:
        """What the index adds up."""
        if any(problem.file.startswith("rows/") for problem in self.problems):
            return  # What is added up over some of the parts differs in any case.
        found = self.tally.told()
        for name in ("rows", "texts", "reports", "counts", "content_sha256"):
            if found[name] != self.told[name]:
                self.note(INDEX, f"What it says under {name!r} is not what the parts hold.")

    def uncovered(self) -> list[str]:
        """Names of files that nothing vouches for; among the rows and the reports there may be none."""
        known = {INDEX, MANIFEST, *stated_digests(self.told), *self.listed}
        found = (path for path in self.top.rglob("*") if path.is_symlink() or not path.is_dir())
        names = sorted(path.relative_to(self.top).as_posix() for path in found)
        others = [name for name in names if name not in known and "/".join(name.split("/")[:2]) not in self.reports]
        others = [name for name in others if not name.startswith(f"{SIGNATURES}/")]
        for name in others:
            if name.startswith(("rows/", "reports/")):
                self.note(name, f"It was added: neither {INDEX} nor any row vouches for it.")
        return [name for name in others if not name.startswith(("rows/", "reports/", "."))]


def _skip(rows: Iterator[Entry], number: int) -> None:
    for _ in islice(rows, number):
        pass
