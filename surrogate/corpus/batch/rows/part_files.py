"""The rows of one part as one Parquet file that checks itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.corpus.batch.rows.parquet_files import naming_damage, opened
from surrogate.corpus.batch.rows.part_facts import check_content, facts_of, read_facts
from surrogate.corpus.batch.rows.rows import row_digest
from surrogate.corpus.batch.rows.schema import arrow_schema, check_fields
from surrogate.errors import InputError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = [
    "check_part",
    "part_bytes",
    "part_is_whole",
    "part_name",
    "read_columns",
    "read_groups",
    "read_part",
]

#: A group of rows holds no more rows than this, and is closed when it has so many characters of text: it must fit in memory.
_MOST_ROWS, _MOST_CHARACTERS = 4_096, 64_000_000

Row = dict[str, Any]


def part_name(number: int) -> str:
    """Name of the file of a part, below the folder of the batch.

    Examples
    --------
    >>> part_name(12)
    'rows/part-00012.parquet'
    """
    return f"rows/part-{number:05d}.parquet"


def part_bytes(rows: Sequence[Row], number: int) -> bytes:
    """One part as a Parquet file.  The same rows, in any order, give the same bytes with the same release of pyarrow.

    Parameters
    ----------
    rows : sequence of dict
        With the fields of :data:`surrogate.corpus.batch.rows.schema.FIELDS`; they are sorted by text_sha256 and id.
    number : int
        Of the part, from 0.

    Returns
    -------
    bytes
        Compressed with Zstandard, with a checksum for each page; the metadata of the schema say which part it is, and give the
        number of its rows and the digest of their content (:func:`surrogate.corpus.batch.rows.part_facts.content_digest`).

    Raises
    ------
    InputError
        ``bad-batch`` for a row that has not the fields of a row.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for row in rows:
        check_fields(row)
    ordered = sorted(rows, key=lambda row: (row["text_sha256"], row["id"]))
    schema = arrow_schema(facts_of([row["row_sha256"] for row in ordered], number))
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True) as writer:
        for group in _groups(ordered):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    n_characters = 0
    for row in rows:
        group.append(row)
        n_characters += len(row["text"] or "")
        if len(group) == _MOST_ROWS or n_characters >= _MOST_CHARACTERS:
            yield group
            group, n_characters = [], 0
    if group:
        yield group


def read_part(part: str | Path | bytes) -> list[Row]:
    """The rows of a part, as they were written.  Whether they were changed since is for :func:`check_part` to say.

    Parameters
    ----------
    part : str, Path or bytes
        The file, or its content.

    Raises
    ------
    InputError
        ``bad-batch`` when it cannot be read or is no part of a batch.

    Examples
    --------
    >>> read_part(part_bytes([], 0))
    []
    """
    return [row for group in read_groups(part) for row in group]


def read_groups(part: str | Path | bytes) -> Iterator[list[Row]]:
    """The same, one group of rows at a time.

    Examples
    --------
    >>> list(read_groups(part_bytes([], 0)))
    []
    """
    with opened(part) as (file, name):
        read_facts(file, name)
        yield from _groups_of(file, name)


def read_columns(part: str | Path | bytes, number: int, columns: Sequence[str]) -> list[Row]:
    """Some short columns of a part, once its digests of rows are found to be those it was made of.

    Parameters
    ----------
    part : str, Path or bytes
    number : int
        Which part it should be.
    columns : sequence of str
        ``row_sha256`` among them.

    Raises
    ------
    InputError
        ``bad-batch``.

    Examples
    --------
    >>> read_columns(part_bytes([], 0), 0, ["id", "row_sha256"])
    []
    """
    with opened(part) as (file, name):
        facts = read_facts(file, name, number)
        rows = [row for group in _groups_of(file, name, list(columns)) for row in group]
        check_content(facts, [row["row_sha256"] for row in rows], name)
        return rows


def check_part(part: str | Path | bytes, number: int | None = None) -> list[str]:
    """Recompute the digest of every row of a part, and that of its content.

    Parameters
    ----------
    part : str, Path or bytes
        The file, or its content.
    number : int, optional
        Which part it should be.

    Returns
    -------
    list of str
        The digests of the rows, in order.

    Raises
    ------
    InputError
        ``bad-batch``: it cannot be read, was cut short, is no part of a batch, is another part, or was changed.

    Examples
    --------
    >>> check_part(part_bytes([], 3), number=4)
    Traceback (most recent call last):
    surrogate.errors.InputError: The file is part 3 of a batch; part 4 belongs in its place. ... [bad-batch]
    """
    with opened(part) as (file, name):
        facts = read_facts(file, name, number)
        digests: list[str] = []
        for group in _groups_of(file, name):
            digests += [_checked(row, name, place) for place, row in enumerate(group, len(digests) + 1)]
        check_content(facts, digests, name)
        return digests


def part_is_whole(part: str | Path | bytes, number: int) -> bool:
    """Whether a file is that part, all of it is there, and no page is damaged.  Faster than :func:`check_part`.

    It finds what a crash, a full disk or a copy that stopped leave behind.  Rows that somebody changed together with the
    checksums of their pages are found by :func:`check_part` alone.

    Parameters
    ----------
    part : str, Path or bytes
    number : int

    Examples
    --------
    >>> part_is_whole(part_bytes([], 3), 3), part_is_whole(part_bytes([], 3)[:-9], 3), part_is_whole("not-there", 3)
    (True, False, False)
    """
    try:
        with opened(part) as (file, name):
            facts = read_facts(file, name, number)
            digests: list[str] = []
            for group in range(file.num_row_groups):
                with naming_damage(name):
                    digests += file.read_row_group(group, use_threads=False).column("row_sha256").to_pylist()
            check_content(facts, digests, name)
    except InputError:
        return False
    return True


def _groups_of(file: pq.ParquetFile, name: str, columns: list[str] | None = None) -> Iterator[list[Row]]:
    for group in range(file.num_row_groups):
        with naming_damage(name):
            rows = file.read_row_group(group, columns=columns, use_threads=False).to_pylist()
        yield rows


def _checked(row: Row, name: str, place: int) -> str:
    try:
        found = row_digest(row)
    except ValueError as error:
        raise InputError("bad-batch", f"{name} was changed: row {place} holds what no row of a batch holds.") from error
    if found != row["row_sha256"]:
        raise InputError("bad-batch", f"{name} was changed: row {place} does not have the SHA-256 that it states.")
    return found
