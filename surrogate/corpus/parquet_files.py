"""Records of Parquet files, some at a time, however long a file is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surrogate.corpus.columns import require_columns
from surrogate.corpus.records import Record, not_utf8
from surrogate.errors import InputError

__all__ = ["parquet_columns", "read_parquet"]

#: Bytes that are decoded at a time, about; the most rows; and bytes of the file that are read ahead of a column.
_BATCH_BYTES, _BATCH_ROWS, _AHEAD = 4_000_000, 64, 1 << 20


def parquet_columns(path: Path) -> list[str]:
    """Names of the columns.

    Raises
    ------
    InputError
        ``bad-file``.
    """
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def read_parquet(path: Path, columns: Sequence[str] | None, errors: str) -> Iterator[Record]:
    """Read the records of a Parquet file.

    Parameters
    ----------
    path : Path
    columns : sequence of str or None
        Those to read; None: all.
    errors : {"strict", "surrogateescape"}
        What becomes of bytes in a column of strings that are not UTF-8.

    Yields
    ------
    tuple of (int, dict)
        The number of a row, from 1, and its values by column.

    Raises
    ------
    InputError
        ``bad-file``, also for a date that Python cannot hold; ``not-utf8``; ``bad-corpus`` for a column that is not there, or
        there twice.

    Examples
    --------
    >>> import pyarrow, tempfile
    >>> from pyarrow import parquet
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.parquet"
    ...     parquet.write_table(pyarrow.table({"id": [1, 2], "text": ["a", None]}), path)
    ...     rows = list(read_parquet(path, ["text"], "strict"))
    >>> rows
    [(1, {'text': 'a'}), (2, {'text': None})]
    """
    number = 0
    with _opened(path) as file:
        require_columns(file.schema_arrow.names, columns or (), path.name)
        for batch in _batches(file, columns):
            names = batch.schema.names
            values = [_values(column, path, name, errors) for name, column in zip(names, batch.columns, strict=True)]
            for row in zip(*values, strict=True):
                number += 1
                yield number, dict(zip(names, row, strict=True))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pyarrow
    from pyarrow import parquet

    try:
        # Without reading whole row groups ahead: writers may put all rows into one.
        with path.open("rb") as stream, parquet.ParquetFile(stream, pre_buffer=False, buffer_size=_AHEAD) as file:
            yield file
    except UnicodeDecodeError as error:
        raise not_utf8(path, error.reason) from error
    except pyarrow.ArrowException as error:
        raise InputError("bad-file", f"{path.name} cannot be read as Parquet: {str(error).splitlines()[0]}") from error
    finally:
        pyarrow.default_memory_pool().release_unused()


def _batches(file: Any, columns: Sequence[str] | None) -> Iterator[Any]:
    """Rows of some megabytes at a time: a part of a row group, or several small ones."""
    for groups, rows in _bundles(file.metadata):
        batches = file.iter_batches(
            batch_size=rows,
            row_groups=groups,
            columns=None if columns is None else list(columns),
            use_threads=False,
        )
        for batch in batches:
            yield from _pieces(batch)


def _pieces(batch: Any) -> Iterator[Any]:
    """A batch by some megabytes: where long texts repeat, a file holds each once, and says less than its rows come to."""
    rows = _rows_at_a_time(batch.num_rows, batch.nbytes)
    for start in range(0, batch.num_rows, rows):
        yield batch.slice(start, rows)


def _bundles(metadata: Any) -> Iterator[tuple[list[int], int]]:
    """Row groups that are read in one go, and how many of their rows at a time."""
    groups: list[int] = []
    n_rows = n_bytes = 0
    for group in range(metadata.num_row_groups):
        about = metadata.row_group(group)
        if groups and n_bytes + about.total_byte_size > _BATCH_BYTES:
            yield groups, _rows_at_a_time(n_rows, n_bytes)
            groups, n_rows, n_bytes = [], 0, 0
        groups.append(group)
        n_rows, n_bytes = n_rows + about.num_rows, n_bytes + about.total_byte_size
    if groups:
        yield groups, _rows_at_a_time(n_rows, n_bytes)


def _rows_at_a_time(n_rows: int, n_bytes: int) -> int:
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES * n_rows // max(n_bytes, 1)))


def _values(column: Any, path: Path, name: str, errors: str) -> list[Any]:
    """Values in Python; strings are decoded here, so that one that is not UTF-8 takes no other with it."""
    import pyarrow
    from pyarrow import types

    if types.is_dictionary(column.type):
        # A dictionary is of a whole row group, and would be decoded again for every batch of it.
        column = column.dictionary_decode()
    if not (types.is_string(column.type) or types.is_large_string(column.type) or types.is_string_view(column.type)):
        return _as_python(column, path, name)
    try:
        found = column.cast(pyarrow.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", errors) for value in found]
    except UnicodeDecodeError as error:
        raise not_utf8(path, error.reason) from error


def _as_python(column: Any, path: Path, name: str) -> list[Any]:
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError) as error:  # Dates of Parquet reach further than those of Python.
        raise InputError(
            "bad-file",
            f"{path.name} has a value in the column {name!r} ({column.type}) that cannot be read: {error}. Write the column as "
            "strings, or name another.",
        ) from error
