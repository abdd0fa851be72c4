"""What the index says of the rows of a part, and what it adds up over all parts."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.rows.parquet_files import open_file
from surrogate.corpus.batch.rows.part_files import part_name, read_columns
from surrogate.errors import InputError

__all__ = ["Entry", "Tally", "entries_of", "file_digest", "report_folder"]

#: What of a row is read for the index.
_COLUMNS = ("id", "text_sha256", "status", "decision", "verdict", "row_sha256", "record_sha256")

_STATUSES = ("explained", "withheld", "error")

Entry = dict[str, Any]


def report_folder(text_sha256: str) -> str:
    """Folder of the full report on a text, below the folder of the batch.

    Examples
    --------
    >>> report_folder("ab" * 32)
    'reports/abababababababab'
    """
    return f"reports/{text_sha256[:16]}"


def file_digest(path: Path) -> str:
    """SHA-256 of a file of a batch, read piece by piece.

    Raises
    ------
    InputError
        ``bad-batch``.

    Examples
    --------
    >>> file_digest(Path("nowhere"))
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere cannot be read: No such file or directory. [bad-batch]
    """
    try:
        with open_file(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError("bad-batch", f"{path.name} cannot be read: {error.strerror or error}.") from error


def entries_of(folder: Path, part: int) -> list[Entry]:
    """What the index says of the rows of a part, but for their positions in the input; with ``record_sha256``."""
    rows = read_columns(folder / part_name(part), part, _COLUMNS)
    return [
        {**row, "part": part, "report": None if row["record_sha256"] is None else report_folder(row["text_sha256"])}
        for row in rows
    ]


class Tally:
    """What is added up over the parts of a batch.

    Examples
    --------
    >>> Tally().told()["counts"]
    {'explained': 0, 'withheld': 0, 'error': 0}
    """

    def __init__(self) -> None:
        self.parts: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.content = hashlib.sha256()
        self.n_rows = self.n_texts = self.n_reports = 0
        self.last = ""

    def add(self, folder: Path, part: int, entries: list[Entry]) -> None:
        """Count the rows of the next part.

        Raises
        ------
        InputError
            ``bad-batch`` where its texts do not come after those of the part before.
        """
        name = part_name(part)
        if entries and entries[0]["text_sha256"] <= self.last:
            raise InputError("bad-batch", f"{name} does not follow the part before it: its texts come earlier.")
        self.last = entries[-1]["text_sha256"] if entries else self.last
        # The rows of a text are in one part, so nothing is counted twice.
        self.n_texts += len({entry["text_sha256"] for entry in entries})
        self.n_reports += len({entry["report"] for entry in entries} - {None})
        self.counts.update(entry["status"] for entry in entries)
        self.n_rows += len(entries)
        for entry in entries:
            self.content.update(f"{entry['row_sha256']}\n".encode("ascii"))
        self.parts.append({"number": part, "file": name, "sha256": file_digest(folder / name), "rows": len(entries)})

    def told(self) -> dict[str, Any]:
        """What ``index.json`` says of the parts."""
        return {
            "parts": self.parts,
            "rows": self.n_rows,
            "texts": self.n_texts,
            "reports": self.n_reports,
            "counts": {status: self.counts[status] for status in _STATUSES},
            "content_sha256": self.content.hexdigest(),
        }
