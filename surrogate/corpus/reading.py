"""Read a corpus from a CSV, TSV, JSONL or Parquet file."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from surrogate.documents import Documents, Value
from surrogate.errors import InputError

__all__ = ["FORMATS", "read_corpus"]

#: Names that a column of texts usually has, the likeliest first.
_TEXT_COLUMNS = ("text", "message", "sentence", "document", "content", "body", "narrative", "title")

Row = dict[str, Any]


def read_corpus(
    path: str | Path,
    *,
    text: str | None = None,
    label: str | None = None,
    id: str | None = None,  # noqa: A002 - the name of the option
    metadata: Sequence[str] = (),
    limit: int | None = None,
) -> Documents:
    r"""Read the documents of a file, one to a row.

    Parameters
    ----------
    path : str or Path
        ``.csv`` or ``.tsv`` with a header, ``.jsonl`` with an object to a line, or ``.parquet``; UTF-8.
    text : str, optional
        The column with the texts; None: the one that is called text, message, sentence or the like.
    label, id : str, optional
        The columns with the true labels and with the names of the documents.
    metadata : sequence of str
        Further columns to keep.
    limit : int, optional
        Rows to read; None: all.

    Returns
    -------
    Documents
        Without the rows that hold no text; these are counted.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read, ``not-utf8``, ``bad-corpus`` when a column is missing, a line is broken or
        no row holds a text.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "corpus.csv"
    ...     _ = path.write_text('text,desk,sum\nlost card,cards,1\n,cash,2\na fee,fees,3.5\n', encoding='utf-8')
    ...     corpus = read_corpus(path, label="desk", metadata=["sum"])
    >>> corpus.texts, corpus.labels, corpus.metadata, corpus.n_empty
    (('lost card', 'a fee'), ('cards', 'fees'), {'sum': (1.0, 3.5)}, 1)
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise InputError("bad-file", f"{path.name} is no {', '.join(FORMATS)} file. Convert it to one of these.")
    named = [column for column in (text, label, id) if column is not None] + list(metadata)
    found = _Rows(path, text, named)
    try:
        for where, row in islice(FORMATS[path.suffix.lower()](path), limit):
            found.add(where, row)
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror or error}.") from error
    if not found.texts:
        raise InputError(
            "bad-corpus", f"{path.name} holds no text: {found.n_rows:,} rows, {found.n_empty:,} of them empty."
        )
    return Documents(
        tuple(found.texts),
        tuple(found.numbers) if id is None else tuple(str(value) for value in found.columns[id]),
        None if label is None else tuple(_label(value) for value in found.columns[label]),
        {name: _typed(found.columns[name]) for name in metadata},
        found.n_empty,
    )


class _Rows:
    """What was read so far, column by column."""

    def __init__(self, path: Path, text: str | None, named: Sequence[str]) -> None:
        self.path, self.text = path, text
        self.texts: list[str] = []
        self.numbers: list[str] = []
        self.columns: dict[str, list[Any]] = {column: [] for column in named}
        self.n_rows = self.n_empty = 0

    def add(self, where: str, row: Row) -> None:
        """Keep a row, or count it as empty."""
        self.n_rows += 1
        if self.text is None:
            self.text = _text_column(row, self.path.name)
        _require(row, [self.text, *self.columns], where)
        value = row[self.text]
        if value is None or (isinstance(value, str) and not value.strip()):
            self.n_empty += 1
            return
        if not isinstance(value, str):
            raise InputError(
                "bad-corpus",
                f"{where}: the column {self.text!r} holds {value!r}, which is no text. Name another column.",
            )
        self.texts.append(value)
        self.numbers.append(str(self.n_rows))
        for name, column in self.columns.items():
            column.append(row[name])


def _text_column(row: Row, name: str) -> str:
    by_name = {str(column).casefold(): column for column in row}
    found = next((by_name[usual] for usual in _TEXT_COLUMNS if usual in by_name), None)
    if found is not None:
        return str(found)
    if len(row) == 1:
        return str(next(iter(row)))
    raise InputError(
        "bad-corpus",
        f"{name} has the columns {', '.join(map(repr, row))}; say which of them holds the texts (--text COLUMN).",
    )


def _require(row: Row, columns: Sequence[str], where: str) -> None:
    for column in columns:
        if column not in row:
            raise InputError(
                "bad-corpus", f"{where} has no column {column!r}; it has {', '.join(map(repr, row)) or 'none'}."
            )


def _label(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value).strip() == "":
        return None
    return str(value)


def _typed(column: list[Any]) -> tuple[Value, ...]:
    """Numbers where every value that is there is one, else strings."""
    given = [_label(value) for value in column]
    found = [_number(value) for value in given if value is not None]
    if found and all(value is not None for value in found):
        return tuple(None if value is None else _number(value) for value in given)
    return tuple(given)


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _csv(delimiter: str) -> Callable[[Path], Iterator[tuple[str, Row]]]:
    def rows(path: Path) -> Iterator[tuple[str, Row]]:
        # A text may be as long as a text that can be explained.
        csv.field_size_limit(max(csv.field_size_limit(), 5_000_000))
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                reader = csv.DictReader(stream, delimiter=delimiter, strict=True)
                if not reader.fieldnames:
                    raise InputError(
                        "bad-corpus", f"{path.name} is empty. A header and a row to a document are needed."
                    )
                for row in reader:
                    where = f"{path.name}, line {reader.line_num}"
                    if None in row or None in row.values():
                        raise InputError(
                            "bad-corpus",
                            f"{where} has not as many values as the header has columns ({len(reader.fieldnames)}). Is a text "
                            "with a comma, a quote or a line break not in quotes?",
                        )
                    yield where, row
        except UnicodeDecodeError as error:
            raise _not_utf8(path, error) from error
        except csv.Error as error:
            raise InputError("bad-corpus", f"{path.name} is no proper CSV: {error}.") from error

    return rows


def _jsonl(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                where = f"{path.name}, line {number}"
                try:
                    row = json.loads(line)
                except (json.JSONDecodeError, RecursionError) as error:
                    raise InputError("bad-corpus", f"{where} is no JSON: {error}.") from error
                if not isinstance(row, dict):
                    raise InputError("bad-corpus", f"{where} is no JSON object. Give one object to a line.")
                yield where, row
    except UnicodeDecodeError as error:
        raise _not_utf8(path, error) from error


def _parquet(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise InputError(
            "bad-file", f"{path.name} is Parquet, which needs pyarrow: pip install 'surrogate-explainer[parquet]'."
        ) from error
    try:
        with parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path.name}, row {number}", row
    except pyarrow.ArrowException as error:
        raise InputError("bad-file", f"{path.name} cannot be read as Parquet: {str(error).splitlines()[0]}") from error


def _not_utf8(path: Path, error: UnicodeDecodeError) -> InputError:
    return InputError(
        "not-utf8",
        f"{path.name} is not UTF-8 ({error.reason}). Convert it first, for instance with iconv -f LATIN1 -t UTF-8.",
    )


#: How a file is read, by the end of its name.
FORMATS: dict[str, Callable[[Path], Iterator[tuple[str, Row]]]] = {
    ".csv": _csv(","),
    ".tsv": _csv("\t"),
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}
