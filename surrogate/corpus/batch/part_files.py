"""The rows of one part as one Parquet file that checks itself."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from surrogate.corpus.batch.rows import row_digest
from surrogate.corpus.batch.schema import arrow_schema, check_fields
from surrogate.corpus.batch.values import SCHEMA
from surrogate.errors import InputError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["check_part", "content_digest", "part_bytes", "part_is_whole", "part_name", "read_part"]

#: Keys of the metadata of a part's schema.
_SCHEMA, _PART, _ROWS, _CONTENT = "surrogate.schema", "surrogate.part", "surrogate.rows", "surrogate.content_sha256"

#: A group of rows holds no more rows than this, and is closed when it has so many characters of text: it must fit in memory.
_MOST_ROWS, _MOST_CHARACTERS = 4_096, 64_000_000

_MAGIC = b"PAR1"

Row = dict[str, Any]


def part_name(number: int) -> str:
    """Name of the file of a part, below the folder of the batch.

    Examples
    --------
    >>> part_name(12)
    'rows/part-00012.parquet'
    """
    return f"rows/part-{number:05d}.parquet"


def content_digest(row_digests: Iterable[str]) -> str:
    r"""SHA-256 over the digests of rows, in order, each with a line feed behind it.

    Examples
    --------
    >>> content_digest(["ab", "cd"]) == hashlib.sha256(b"ab\ncd\n").hexdigest()
    True
    """
    whole = hashlib.sha256()
    for one in row_digests:
        whole.update(f"{one}\n".encode("ascii"))
    return whole.hexdigest()


def part_bytes(rows: Sequence[Row], number: int) -> bytes:
    """One part as a Parquet file.  The same rows, in any order, give the same bytes with the same release of pyarrow.

    Parameters
    ----------
    rows : sequence of dict
        With the fields of :data:`surrogate.corpus.batch.schema.FIELDS`; they are sorted by text_sha256 and id.
    number : int
        Of the part, from 0.

    Returns
    -------
    bytes
        Compressed with Zstandard, with a checksum for each page; the metadata of the schema say which part it is, and give the
        number of its rows and the digest of their content (:func:`content_digest`).

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
    content = content_digest(row["row_sha256"] for row in ordered)
    schema = arrow_schema({_SCHEMA: SCHEMA, _PART: str(number), _ROWS: str(len(rows)), _CONTENT: content})
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
    with _opened(part) as (file, name):
        _facts(file, name)
        return [row for group in _read_groups(file, name) for row in group]


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
    with _opened(part) as (file, name):
        facts = _facts(file, name, number)
        digests: list[str] = []
        for group in _read_groups(file, name):
            digests += [_checked(row, name, place) for place, row in enumerate(group, len(digests) + 1)]
        _check_content(facts, digests, name)
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
        with _opened(part) as (file, name):
            facts = _facts(file, name, number)
            digests: list[str] = []
            for group in range(file.num_row_groups):
                with _naming_damage(name):
                    digests += file.read_row_group(group).column("row_sha256").to_pylist()
            _check_content(facts, digests, name)
    except InputError:
        return False
    return True


@contextmanager
def _opened(part: str | Path | bytes) -> Iterator[tuple[pq.ParquetFile, str]]:
    """The part as a Parquet file, and what errors call it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = "The file" if isinstance(part, bytes) else Path(part).name
    try:
        source: Any = pa.BufferReader(part) if isinstance(part, bytes) else open(part, "rb")  # noqa: SIM115
    except OSError as error:
        raise InputError("bad-batch", f"{name} cannot be read: {error.strerror or error}.") from error
    with source:
        try:
            file = pq.ParquetFile(source, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            raise InputError("bad-batch", _why_not_parquet(source, name)) from error
        yield file, name


def _why_not_parquet(source: BinaryIO, name: str) -> str:
    source.seek(0)
    if source.read(len(_MAGIC)) != _MAGIC:
        return f"{name} is no Parquet file, so it is no part of a batch. Put the part back, or remove the file."
    size = source.seek(0, os.SEEK_END)
    source.seek(max(size - len(_MAGIC), 0))
    if source.read() != _MAGIC:
        return f"{name} was cut short: its end is missing. Run the batch again; the part is then made again."
    return _damaged(name)


def _damaged(name: str) -> str:
    return (
        f"{name} is damaged: its bytes are not as they were written. Run the batch again; the part is then made again."
    )


@contextmanager
def _naming_damage(name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError("bad-batch", _damaged(name)) from error


def _facts(file: pq.ParquetFile, name: str, number: int | None = None) -> Mapping[str, str]:
    """What the metadata of a part say, once they fit the file."""
    found = file.schema_arrow.metadata or {}
    facts = {
        key: found.get(key.encode("ascii"), b"").decode("utf-8", "replace") for key in (_SCHEMA, _PART, _ROWS, _CONTENT)
    }
    if facts[_SCHEMA] != SCHEMA:
        other = (
            f"its rows are {facts[_SCHEMA]!r}, and this release reads {SCHEMA!r}"
            if facts[_SCHEMA]
            else "another program wrote it"
        )
        raise InputError("bad-batch", f"{name} is no part of a batch that can be read here: {other}.")
    if not file.schema_arrow.equals(arrow_schema(), check_metadata=False):
        raise InputError("bad-batch", f"{name} was changed: its columns are not those of a batch.")
    if number is not None and facts[_PART] != str(number):
        raise InputError(
            "bad-batch",
            f"{name} is part {facts[_PART]} of a batch; part {number} belongs in its place. Put that part back, or run the "
            "batch again.",
        )
    if facts[_ROWS] != str(file.metadata.num_rows):
        raise InputError(
            "bad-batch",
            f"{name} was changed: it has {file.metadata.num_rows:,} rows, and says that it has {facts[_ROWS]}.",
        )
    return facts


def _read_groups(file: pq.ParquetFile, name: str) -> Iterator[list[Row]]:
    for group in range(file.num_row_groups):
        with _naming_damage(name):
            rows = file.read_row_group(group).to_pylist()
        yield rows


def _checked(row: Row, name: str, place: int) -> str:
    try:
        found = row_digest(row)
    except ValueError as error:
        raise InputError("bad-batch", f"{name} was changed: row {place} holds what no row of a batch holds.") from error
    if found != row["row_sha256"]:
        raise InputError("bad-batch", f"{name} was changed: row {place} does not have the SHA-256 that it states.")
    return found


def _check_content(facts: Mapping[str, str], digests: Sequence[str], name: str) -> None:
    if content_digest(digests) != facts[_CONTENT]:
        raise InputError(
            "bad-batch",
            f"{name} was changed: its rows are whole, and are not those, in that order, that it was made of.",
        )
