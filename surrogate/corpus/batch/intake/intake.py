"""Rows of an input of any size, one at a time; a row that cannot be used says why and stops nothing."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.intake.texts import TextOf, text_of, without_text
from surrogate.corpus.batch.values import SpooledRow
from surrogate.corpus.columns import require_columns, text_column
from surrogate.corpus.formats import read_records, readable
from surrogate.corpus.parquet_files import parquet_columns
from surrogate.corpus.records import Fault, Row, is_utf8, not_utf8
from surrogate.errors import InputError

__all__ = ["MOST_ID", "Columns", "find_columns", "read_rows"]

#: The most characters of an id.
MOST_ID = 1000

#: Records at the beginning of a file that are looked at for their columns.
_LOOKED_AT = 100


@dataclass(frozen=True)
class Columns:
    """Which columns of the input are read.

    Parameters
    ----------
    text : str
    id : str or None
        None: rows are called by their number.

    Examples
    --------
    >>> Columns("message").id is None
    True
    """

    text: str
    id: str | None = None


def find_columns(path: str | Path, *, text: str | None = None, id: str | None = None) -> Columns:  # noqa: A002
    r"""The columns of texts and of ids, before anything is read.

    Parameters
    ----------
    path : str or Path
    text : str, optional
        None: the column that is called text, message, sentence or the like.
    id : str, optional

    Raises
    ------
    InputError
        ``bad-corpus`` when a column is not there, with the names of those that are, or when the file holds no row;
        ``bad-file``, ``not-utf8``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text("nr,message\n7,a card\n", encoding="utf-8")
    ...     find_columns(path, id="nr")
    Columns(text='message', id='nr')
    """
    path = Path(path)
    found = _columns_of(path)
    if not all(map(is_utf8, found)):
        raise not_utf8(path, "in the names of its columns")
    if text is None:
        text = text_column(found, path.name)
    require_columns(found, [text] if id is None else [text, id], path.name)
    return Columns(text, id)


def _columns_of(path: Path) -> list[str]:
    if path.suffix.lower() == ".parquet":
        with readable(path):
            return parquet_columns(path)
    found: dict[str, None] = {}
    faults: list[Fault] = []
    number = first = 0
    with closing(read_records(path, errors="surrogateescape")) as records:
        for number, row in islice(records, _LOOKED_AT):
            if isinstance(row, Fault):
                faults.append(row)
                first = first or number
            else:
                found.update(dict.fromkeys(row))
    if not number:
        raise _empty(path)
    if faults and re.match(r"\s*\[\s*(\{|$)", faults[0].content):
        raise InputError(
            "bad-corpus", f"{path.name} is one JSON array. Give one object to a line, for instance with jq -c '.[]'."
        )
    if not found:
        said = f"{path.name}, line {first} {faults[0].words}" if faults else f"{path.name} has rows without columns."
        raise InputError("bad-corpus", said)
    return list(found)


def read_rows(
    path: str | Path,
    *,
    text: str | None = None,
    id: str | None = None,  # noqa: A002 - the name of the option
    limit: int | None = None,
) -> Generator[SpooledRow, None, None]:
    r"""Read the rows of a file, one at a time.

    A row that cannot be used has no text and a problem: ``empty-text``, ``not-text``, ``not-utf8``, ``text-too-long``, or
    ``bad-corpus`` for a broken line.  What a problem says depends on the row alone and quotes nothing of its text.

    Parameters
    ----------
    path : str or Path
        ``.csv`` or ``.tsv`` with a header, ``.jsonl`` with an object to a line, or ``.parquet``; UTF-8.
    text : str, optional
        The column with the texts; None: the one that is called text, message, sentence or the like.
    id : str, optional
        The column with the names of the rows; None: their numbers from 1.
    limit : int, optional
        Rows to read; None: all.

    Returns
    -------
    iterator of SpooledRow
        In the order of the file.  The id is empty where the column holds none, and ``line 7`` for a broken line.

    Raises
    ------
    InputError
        At once for what concerns the whole file: ``bad-file``, ``bad-corpus`` for a missing column or an empty file,
        ``not-utf8`` for UTF-16, ``bad-parameter``.  Later for quotes in a CSV that cannot be told apart (``bad-corpus``).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_bytes(b"id,text\na,lost card\nb,\nc,f\xfcr\n")
    ...     rows = list(read_rows(path, id="id"))
    >>> [(row.id, row.text, row.problem and row.problem[0]) for row in rows]
    [('a', 'lost card', None), ('b', None, 'empty-text'), ('c', None, 'not-utf8')]
    """
    if limit is not None and limit < 1:
        raise InputError("bad-parameter", f"The number of rows to read must be at least 1; got {limit!r}.")
    path = Path(path)
    return _rows(path, find_columns(path, text=text, id=id), limit)


def _rows(path: Path, columns: Columns, limit: int | None) -> Generator[SpooledRow, None, None]:
    wanted = list(dict.fromkeys(name for name in (columns.text, columns.id) if name is not None))
    number = 0
    with closing(read_records(path, wanted, "surrogateescape")) as records:
        for number, (line, row) in enumerate(islice(records, limit), 1):
            if isinstance(row, Fault):
                name = str(number) if columns.id is None else f"line {line}"
                found = without_text(row.content, (row.code, f"The line {row.words}"))
            else:
                name = str(number) if columns.id is None else _id(row, columns.id, number)
                found = _text(row, columns.text)
            yield SpooledRow(name, found.text, found.sha256, number, found.problem)
    if not number:
        raise _empty(path)


def _text(row: Row, column: str) -> TextOf:
    if column not in row:
        return without_text("", ("bad-corpus", f"The row has no column {column!r}."))
    return text_of(row[column])


def _id(row: Row, column: str, number: int) -> str:
    """The id of a row; empty where there is none, which is counted later."""
    value = row.get(column)
    if not _names_a_row(value):
        return ""
    name = str(value)
    if not is_utf8(name):
        raise InputError(
            "not-utf8",
            f"The id of row {number:,} (column {column!r}) is not UTF-8. Convert the file first, for instance with "
            "iconv -f LATIN1 -t UTF-8.",
        )
    if len(name) > MOST_ID:
        raise InputError(
            "bad-corpus",
            f"The id of row {number:,} has {len(name):,} characters, and may have {MOST_ID:,}. Is {column!r} the column of ids?",
        )
    return name if name.strip() else ""


def _names_a_row(value: Any) -> bool:
    # Not-a-number is how tables say that there is no value.
    return value is not None and not isinstance(value, dict | list | bytes) and value == value


def _empty(path: Path) -> InputError:
    return InputError("bad-corpus", f"{path.name} is empty: it holds no row. A row to a text is needed.")
