"""Read a corpus from a CSV, TSV, JSONL or Parquet file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from surrogate.corpus.columns import require_columns, text_column
from surrogate.corpus.formats import read_records, readable
from surrogate.corpus.parquet_files import parquet_columns
from surrogate.corpus.records import Fault, Row, is_utf8
from surrogate.documents import Documents, Value
from surrogate.errors import InputError

__all__ = ["read_corpus"]


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
        Rows to read, at least 1; None: all.

    Returns
    -------
    Documents
        Without the rows that hold no text; these are counted.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read, ``not-utf8``, ``bad-corpus`` when a column is missing or there twice, a line
        is broken or no row holds a text; ``bad-parameter``.

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
    if limit is not None and limit < 1:
        raise InputError("bad-parameter", f"The number of rows to read must be at least 1; got {limit!r}.")
    path = Path(path)
    columns = _columns_of(path)
    if columns and text is None:
        text = text_column(columns, path.name)
    wanted = [column for column in dict.fromkeys((text, label, id, *metadata)) if column is not None]
    if columns:
        require_columns(columns, wanted, path.name)
    found = _Rows(text or "", wanted)
    for where, row in _records(path, wanted if columns else None, limit):
        found.add(where, row)
    if not found.texts:
        raise InputError(
            "bad-corpus", f"{path.name} holds no text: {found.n_rows:,} rows, {found.n_empty:,} of them empty."
        )
    return Documents(
        tuple(found.texts),
        tuple(found.numbers)
        if id is None
        else tuple("" if value is None else str(value) for value in found.columns[id]),
        None if label is None else tuple(_label(value) for value in found.columns[label]),
        {name: _typed(found.columns[name]) for name in metadata},
        found.n_empty,
    )


def _columns_of(path: Path) -> list[str]:
    """The columns of a file by its first record that can be read; none where there is no such record."""
    if path.suffix.lower() == ".parquet":
        with readable(path):
            return parquet_columns(path)
    with closing(read_records(path)) as records:
        return next((list(row) for _, row in records if not isinstance(row, Fault)), [])


def _records(path: Path, wanted: Sequence[str] | None, limit: int | None) -> Iterator[tuple[str, Row]]:
    """Records with the place of each; the first that cannot be read is an error."""
    ending = path.suffix.lower()
    counted = "row" if ending == ".parquet" else "line"
    # Objects may differ in their columns: all are read, so that an error can name them.
    with closing(read_records(path, None if ending == ".jsonl" else wanted)) as records:
        for number, row in islice(records, limit):
            where = f"{path.name}, {counted} {number}"
            if isinstance(row, Fault):
                raise InputError(row.code, f"{where} {row.words}")
            yield where, row


class _Rows:
    """What was read so far, column by column."""

    def __init__(self, text: str, wanted: Sequence[str]) -> None:
        self.text = text
        self.texts: list[str] = []
        self.numbers: list[str] = []
        self.columns: dict[str, list[Any]] = {column: [] for column in wanted}
        self.n_rows = self.n_empty = 0

    def add(self, where: str, row: Row) -> None:
        """Keep a row, or count it as empty."""
        self.n_rows += 1
        require_columns(row, self.columns, where)
        value = row[self.text]
        if value is None or (isinstance(value, str) and not value.strip()):
            self.n_empty += 1
            return
        if not isinstance(value, str):
            raise InputError(
                "bad-corpus",
                f"{where}: the column {self.text!r} holds {value!r}, which is no text. Name another column.",
            )
        if not is_utf8(value):
            # JSON can write half of a surrogate pair, and no other format can.
            raise InputError(
                "not-utf8", f"{where}: the column {self.text!r} holds half of a character. Correct the text."
            )
        self.texts.append(value)
        self.numbers.append(str(self.n_rows))
        for name, column in self.columns.items():
            column.append(row[name])


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
