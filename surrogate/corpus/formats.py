"""The formats that a file of texts may have."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from surrogate.corpus.delimited import read_delimited
from surrogate.corpus.json_lines import read_json_lines
from surrogate.corpus.parquet_files import read_parquet
from surrogate.corpus.records import Record
from surrogate.errors import InputError

__all__ = ["FORMATS", "read_records", "readable"]

#: How a file is read, by the end of its name.
FORMATS: dict[str, Callable[[Path, Sequence[str] | None, str], Iterator[Record]]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".jsonl": read_json_lines,
    ".parquet": read_parquet,
}


def read_records(
    path: Path, columns: Sequence[str] | None = None, errors: str = "strict"
) -> Generator[Record, None, None]:
    """Read the records of a file, whatever its format.

    Parameters
    ----------
    path : Path
    columns : sequence of str, optional
        Those to read; None: all.
    errors : {"strict", "surrogateescape"}
        What becomes of bytes that are not UTF-8: an error, or lone surrogates.

    Yields
    ------
    tuple of (int, dict or Fault)
        The line that a record ends in, or the number of its row; and its values by column, or why there are none.

    Raises
    ------
    InputError
        ``bad-file`` for another format and for a file that cannot be read, ``not-utf8``, ``bad-corpus``.

    Examples
    --------
    >>> list(read_records(Path("a.xlsx")))
    Traceback (most recent call last):
    surrogate.errors.InputError: a.xlsx is no .csv, .tsv, .jsonl, .parquet file. Convert it to one of these. [bad-file]
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InputError("bad-file", f"{path.name} is no {', '.join(FORMATS)} file. Convert it to one of these.")
    with readable(path):
        yield from FORMATS[ending](path, columns, errors)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Errors of the system about a file that is read become sentences.

    Raises
    ------
    InputError
        ``bad-file``.

    Examples
    --------
    >>> with readable(Path("nowhere.csv")) as _:
    ...     open("nowhere.csv")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere.csv cannot be read: No such file or directory. [bad-file]
    """
    try:
        yield
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror or error}.") from error
