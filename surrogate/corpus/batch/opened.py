"""A folder of a batch opened for reading: what it is, whether it is complete, and its rows part by part."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.errors import InputError

__all__ = ["BATCH", "INDEX", "OpenedBatch", "open_batch"]

#: Files that say what a batch is, and that it is complete.
BATCH, INDEX = "batch.json", "index.json"

_PART = re.compile(r"part-(\d{5,})\.parquet")

#: Rows that are held at a time.
_AT_A_TIME = 2048


@dataclass(frozen=True)
class OpenedBatch:
    """What a folder of a batch holds, without its rows.

    Parameters
    ----------
    folder : Path
    batch : dict
        Content of ``batch.json``.
    batch_sha256 : str
        Digest of its bytes.
    index : dict or None
        Content of ``index.json``; None: the batch is not complete.
    index_sha256 : str or None
    parts : tuple of Path
        Files of its parts that are there, by their number.
    """

    folder: Path
    batch: dict[str, Any]
    batch_sha256: str
    index: dict[str, Any] | None
    index_sha256: str | None
    parts: tuple[Path, ...]

    def rows(self, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
        """The rows of all parts, a few thousand at a time, so that memory stays flat.

        Parameters
        ----------
        columns : list of str

        Raises
        ------
        InputError
            ``bad-batch`` for a part that cannot be read or lacks a column.
        """
        for part in self.parts:
            yield from _rows_of(part, columns)


def open_batch(folder: str | Path) -> OpenedBatch:
    """Open the folder of a batch, finished or not.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-batch``: the folder holds no batch, or one that is damaged.

    Examples
    --------
    >>> open_batch("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: 'nowhere' is no folder of a batch: batch.json is not there. ... [bad-batch]
    """
    path = Path(folder)
    batch, batch_sha256 = _json(path, BATCH)
    if batch is None or batch_sha256 is None:
        raise InputError(
            "bad-batch",
            f"{str(folder)!r} is no folder of a batch: {BATCH} is not there. Name the folder that `surrogate batch --out` wrote.",
        )
    index, index_sha256 = _json(path, INDEX)
    found = ((int(match[1]), one) for one in (path / "rows").glob("part-*") if (match := _PART.fullmatch(one.name)))
    parts = tuple(one for _, one in sorted(found))
    _check_complete(path, index, parts)
    return OpenedBatch(path, batch, batch_sha256, index, index_sha256, parts)


def _json(folder: Path, name: str) -> tuple[dict[str, Any] | None, str | None]:
    path = folder / name
    try:
        content = path.read_bytes()
        read = json.loads(content)
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, f"{type(error).__name__}") from error
    if not isinstance(read, dict):
        raise _damaged(path, "it holds no object")
    return read, digest(content)


def _check_complete(folder: Path, index: dict[str, Any] | None, parts: tuple[Path, ...]) -> None:
    """Whether every part that a complete batch lists is there."""
    if index is None:
        return
    listed = index.get("parts")
    if not isinstance(listed, list):
        raise _damaged(folder / INDEX, "it lists no parts")
    if len(listed) != len(parts):
        raise _damaged(folder, f"{INDEX} lists {len(listed)} parts, and {len(parts)} are there")


def _rows_of(part: Path, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise InputError(
            "bad-batch", "The rows of a batch are Parquet, which needs pyarrow: pip install 'surrogate-explainer[parquet]'."
        ) from error
    try:
        with parquet.ParquetFile(part) as file:
            missing = [name for name in columns if name not in file.schema_arrow.names]
            if missing:
                raise _damaged(part, f"it has no column {missing[0]!r}")
            for rows in file.iter_batches(_AT_A_TIME, columns=columns):
                yield rows.to_pylist()
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _damaged(part, f"{type(error).__name__}") from error


def _damaged(path: Path, why: str) -> InputError:
    return InputError(
        "bad-batch",
        f"{str(path)!r} cannot be read as part of a batch: {why}. Run the same `surrogate batch` command again: "
        "parts that are whole are kept, and what is missing or damaged is done anew.",
    )
