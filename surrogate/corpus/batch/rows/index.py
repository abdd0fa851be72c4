"""The index of a finished batch: which row is where, and the digests by which a changed file is found."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.canonical import canonical_bytes
from surrogate.corpus.batch.folder.writing import durable_file
from surrogate.corpus.batch.rows.entries import Entry, Tally, entries_of, file_digest
from surrogate.corpus.batch.rows.parquet_files import naming_damage, open_file, opened
from surrogate.corpus.batch.rows.part_files import part_name
from surrogate.errors import InputError
from surrogate.signing.names import check_name

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = [
    "BATCH",
    "INDEX",
    "INDEX_FIELDS",
    "INDEX_SCHEMA",
    "TABLE",
    "Numbers",
    "opened_table",
    "read_index",
    "seal_batch",
    "write_index",
]

#: Name and version of ``index.json`` and of the columns of ``index.parquet``.
INDEX_SCHEMA = "surrogate-batch-index/1"

_KEYS = {"schema", "parts", "rows", "texts", "reports", "counts", "content_sha256", "index", "files"}

BATCH, INDEX, TABLE = "batch.json", "index.json", "index.parquet"

#: Columns of ``index.parquet``: name, type as in :class:`surrogate.corpus.batch.rows.schema.Field`, meaning.
INDEX_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("id", "string", "As in the row."),
    ("number", "int64", "Position of the row in the input, from 1."),
    ("text_sha256", "string", "As in the row."),
    ("part", "int32", "Number of the part that holds the row, from 0."),
    ("status", "string", "As in the row."),
    ("decision", "string?", "As in the row."),
    ("verdict", "string?", "As in the row."),
    ("row_sha256", "string", "As in the row."),
    ("report", "string?", "Folder of the full report, where one was written."),
)

#: Ids of a part's rows with their numbers in the input, in the order of the part: by text_sha256, then id.
Numbers = Callable[[int], Iterable[tuple[str, int]]]


def write_index(folder: str | Path, parts: Iterable[int], numbers: Numbers) -> dict[str, Any]:
    """Write ``index.parquet`` from the parts of a batch, one part in memory at a time.

    A part does not hold the positions of its rows in the input, so that its bytes do not depend on the order of the input;
    ``numbers`` gives them.

    Parameters
    ----------
    folder : str or Path
        Of the batch; all its parts are in place.
    parts : iterable of int
        Their numbers, ascending.
    numbers : callable (part) -> iterable of (str, int)
        Id and position in the input of every row of a part, in the part's order: by text_sha256, then by id.

    Returns
    -------
    dict
        What ``index.json`` says of the parts; :func:`seal_batch` writes it.

    Raises
    ------
    InputError
        ``bad-batch``: a part is missing, is damaged, holds other rows than ``numbers`` tells, or does not follow the one before
        it.  ``cannot-write``.  Then an index that was there before stays.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    top, tally = Path(folder), Tally()
    with durable_file(top / TABLE) as stream, pq.ParquetWriter(stream, _arrow_schema(), compression="zstd") as writer:
        for part in parts:
            entries = entries_of(top, part)
            _number(entries, numbers(part), part)
            tally.add(top, part, entries)
            shown = [{name: entry[name] for name, *_ in INDEX_FIELDS} for entry in entries]
            writer.write_table(pa.Table.from_pylist(shown, schema=_arrow_schema()))
    return {**tally.told(), "index": {"file": TABLE, "sha256": file_digest(top / TABLE), "rows": tally.n_rows}}


def seal_batch(folder: str | Path, told: dict[str, Any], others: Iterable[str] = (BATCH,)) -> Path:
    """Write ``index.json``, last of all: its presence says that the batch is complete.

    Parameters
    ----------
    folder : str or Path
    told : dict
        From :func:`write_index`.
    others : iterable of str
        Names of further files whose SHA-256 it is to state; none of them may change later.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        ``bad-batch`` when one of them is not there, or ``cannot-write``.
    """
    top = Path(folder)
    files = {name: file_digest(top / name) for name in others}
    with durable_file(top / INDEX) as stream:
        stream.write(canonical_bytes({**told, "schema": INDEX_SCHEMA, "files": files}))
    return top / INDEX


def read_index(folder: str | Path) -> dict[str, Any]:
    """What ``index.json`` says.

    Raises
    ------
    InputError
        ``bad-batch``: it is not there, so the batch is not complete, or it is not as it was written.

    Examples
    --------
    >>> read_index("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: 'nowhere' holds no finished batch: index.json is not there. ... [bad-batch]
    """
    path = Path(folder) / INDEX
    if not os.path.lexists(path):
        raise InputError(
            "bad-batch",
            f"{str(folder)!r} holds no finished batch: {INDEX} is not there. Run the same command again to finish it.",
        )
    with open_file(path) as stream:
        content = stream.read()
    try:
        told = json.loads(content)
        same = _is_index(told) and canonical_bytes(told) == content
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise InputError(
            "bad-batch",
            f"{INDEX} was changed, or another release wrote it. Run the same command again to write it anew.",
        )
    return told  # type: ignore[no-any-return]


def _is_index(told: Any) -> bool:
    """Whether a JSON value has the form of an index; the names in it lead nowhere else."""
    if not isinstance(told, dict) or told.get("schema") != INDEX_SCHEMA or told.keys() != _KEYS:
        return False
    parts, files, table = told["parts"], told["files"], told["index"]
    if not (isinstance(parts, list) and isinstance(files, dict) and all(map(_is_stated, [table, *parts]))):
        return False
    named = all(isinstance(part.get("number"), int) and part.get("file") == part_name(part["number"]) for part in parts)
    return named and all(map(_is_safe, files))


def _is_stated(one: Any) -> bool:
    """Whether a file is told with its digest and its rows."""
    if not isinstance(one, dict) or not isinstance(one.get("sha256"), str):
        return False
    return isinstance(one.get("rows"), int) and one["rows"] >= 0


def _is_safe(name: str) -> bool:
    try:
        return check_name(name) == name
    except InputError:
        return False


@contextmanager
def opened_table(folder: Path) -> Iterator[tuple[pq.ParquetFile, str]]:
    """``index.parquet``, opened, and what errors call it.

    Raises
    ------
    InputError
        ``bad-batch``: it cannot be read, is damaged, or has other columns than an index.

    Examples
    --------
    >>> with opened_table(Path("nowhere")):
    ...     pass
    Traceback (most recent call last):
    surrogate.errors.InputError: index.parquet cannot be read: No such file or directory. [bad-batch]
    """
    with opened(folder / TABLE) as (file, name):
        with naming_damage(name):  # Names of columns may be no UTF-8 any more.
            same = file.schema_arrow.equals(_arrow_schema(), check_metadata=False)
        if not same:
            raise InputError("bad-batch", f"{name} was changed: its columns are not those of an index.")
        yield file, name


def _number(entries: list[Entry], numbers: Iterable[tuple[str, int]], part: int) -> None:
    told = list(numbers)
    if [entry["id"] for entry in entries] != [one for one, _ in told]:
        raise InputError(
            "bad-batch",
            f"{part_name(part)} holds other rows than the input has there. Remove the file and run the batch again.",
        )
    for entry, (_, number) in zip(entries, told, strict=True):
        entry["number"] = number


def _arrow_schema() -> pa.Schema:
    import pyarrow as pa

    kinds = {"string": pa.string(), "int32": pa.int32(), "int64": pa.int64()}
    return pa.schema(
        [pa.field(name, kinds[kind.removesuffix("?")], kind.endswith("?")) for name, kind, _ in INDEX_FIELDS]
    )
