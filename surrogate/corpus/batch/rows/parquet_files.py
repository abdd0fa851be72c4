"""Parquet files opened for reading, with errors that say what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from surrogate.errors import InputError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["naming_damage", "open_file", "opened"]

_MAGIC = b"PAR1"


def open_file(path: Path) -> BufferedReader:
    """A file of a batch, to be read.

    Raises
    ------
    InputError
        ``bad-batch``: it is not there, cannot be read, or is a pipe or a device, which would be waited for.

    Examples
    --------
    >>> open_file(Path("nowhere"))
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere cannot be read: No such file or directory. [bad-batch]
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise InputError("bad-batch", f"{path.name} is no file but a pipe or a device, which no batch holds.")
        return path.open("rb")
    except OSError as error:
        raise InputError("bad-batch", f"{path.name} cannot be read: {error.strerror or error}.") from error


@contextmanager
def opened(part: str | Path | bytes) -> Iterator[tuple[pq.ParquetFile, str]]:
    """A Parquet file of a batch, and what errors call it.

    Parameters
    ----------
    part : str, Path or bytes
        The file, or its content.

    Raises
    ------
    InputError
        ``bad-batch``: it cannot be read, is no Parquet file, was cut short, or is damaged.

    Examples
    --------
    >>> with opened(b"id,text"):
    ...     pass
    Traceback (most recent call last):
    surrogate.errors.InputError: The file is no Parquet file, so it does not belong to a batch. ... [bad-batch]
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    name = "The file" if isinstance(part, bytes) else Path(part).name
    source: Any = pa.BufferReader(part) if isinstance(part, bytes) else open_file(Path(part))
    with source:
        try:
            file = pq.ParquetFile(source, page_checksum_verification=True)
            _ = file.schema_arrow  # A damaged schema is found when it is first asked for.
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputError("bad-batch", _why_not_parquet(source, name)) from error
        yield file, name


def _why_not_parquet(source: BinaryIO, name: str) -> str:
    source.seek(0)
    if source.read(len(_MAGIC)) != _MAGIC:
        return f"{name} is no Parquet file, so it does not belong to a batch. Put the right file in its place, or remove it."
    size = source.seek(0, os.SEEK_END)
    source.seek(max(size - len(_MAGIC), 0))
    if source.read() != _MAGIC:
        return f"{name} was cut short: its end is missing. Run the batch again; the file is then made again."
    return _damaged(name)


def _damaged(name: str) -> str:
    return (
        f"{name} is damaged: its bytes are not as they were written. Run the batch again; the file is then made again."
    )


@contextmanager
def naming_damage(name: str) -> Iterator[None]:
    """What pyarrow finds wrong with the pages of a file is told as an error that names the file.

    Examples
    --------
    >>> with naming_damage("part-00001.parquet"):
    ...     raise OSError("CRC checksum verification failed")
    Traceback (most recent call last):
    surrogate.errors.InputError: part-00001.parquet is damaged: its bytes are not as they were written. ... [bad-batch]
    """
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise InputError("bad-batch", _damaged(name)) from error
