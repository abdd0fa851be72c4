"""Records of CSV and TSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TextIO

from surrogate.corpus.columns import require_columns
from surrogate.corpus.records import MOST_VALUE, Fault, Record, opened
from surrogate.errors import InputError

__all__ = ["read_delimited"]

#: A record with so many characters leaves a buffer behind that is too large to keep.
_LARGE = 1_000_000

#: Held while the limit of the csv module is changed: other threads may read other files.
_LIMIT = Lock()


def read_delimited(path: Path, columns: Sequence[str] | None, errors: str) -> Iterator[Record]:
    r"""Read the records of a CSV file, or of a TSV file by the end of its name.

    Parameters
    ----------
    path : Path
    columns : sequence of str or None
        Those to read; None: all.
    errors : {"strict", "surrogateescape"}

    Yields
    ------
    tuple of (int, dict or Fault)
        The line that a record ends in, and its values by column.

    Raises
    ------
    InputError
        ``bad-corpus`` for an empty file, for quotes that cannot be told apart, and for a column that is not there,
        or there twice.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text('id,text\n1,"a\nb"\n2\n', encoding="utf-8")
    ...     (first, row), (second, fault) = read_delimited(path, ["text"], "strict")
    >>> first, row, second, fault.code
    (3, {'text': 'a\nb'}, 4, 'bad-corpus')
    """
    with opened(path, errors, newline="") as stream:
        lines = _values(stream, path)
        header = next((values for _, values in lines if values), None)
        if header is None:
            raise InputError("bad-corpus", f"{path.name} is empty. A header and a row to a document are needed.")
        places = _places(header, columns, path)
        for number, values in lines:
            if len(values) == len(header):
                yield number, {column: values[place] for column, place in places}
            elif values:
                yield number, _misfit(values, header)


def _values(stream: TextIO, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The values of each record, with the line that it ends in."""
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    lines, before = _lines(stream, path), 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        while (values := _next(reader)) is not None:
            yield before + reader.line_num, values
            if sum(map(len, values)) > _LARGE:
                # A reader keeps the memory of its longest value, four bytes to a character; the next one starts afresh.
                before += reader.line_num
                reader = csv.reader(lines, delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise InputError(
            "bad-corpus",
            f"{path.name}, line {before + reader.line_num}: the file is no proper CSV: {error}. Is a quote not closed, or a "
            "quote inside a text not doubled?",
        ) from error


def _lines(stream: TextIO, path: Path) -> Iterator[str]:
    """Lines as they are, none without end."""
    while line := stream.readline(MOST_VALUE):
        if len(line) == MOST_VALUE:
            raise InputError(
                "bad-corpus",
                f"{path.name} has a line of {MOST_VALUE:,} characters or more, so it is hardly a CSV file. A row to a line "
                "is needed.",
            )
        yield line


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    """The next record, whose values may be long; the limit of the csv module is of the whole process, and put back at once."""
    with _LIMIT:
        before = csv.field_size_limit(MOST_VALUE)
        try:
            return next(reader, None)
        finally:
            csv.field_size_limit(before)


def _places(header: Sequence[str], columns: Sequence[str] | None, path: Path) -> list[tuple[str, int]]:
    require_columns(header, columns or (), path.name)
    return [(name, place) for place, name in enumerate(header) if columns is None or name in columns]


def _misfit(values: Sequence[str], header: Sequence[str]) -> Fault:
    return Fault(
        "bad-corpus",
        f"has not as many values ({len(values):,}) as the header has columns ({len(header):,}). Is a text with a comma, a quote "
        "or a line break not in quotes?",
        "\n".join(values),
    )
