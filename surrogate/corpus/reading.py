"""Read a corpus from a CSV, TSV, JSONL or Parquet file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from surrogate.corpus.columns import require_columns, text_column
from surrogate.corpus.formats import read_records
from surrogate.corpus.records import Fault, Row
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
    named = [column for column in (text, label, id) if column is not None] + list(metadata)
    found = _Rows(path, text, named)
    counted = "row" if path.suffix.lower() == ".parquet" else "line"
    for number, row in islice(read_records(path), limit):
        where = f"{path.name}, {counted} {number}"
        if isinstance(row, Fault):
            raise InputError(row.code, f"{where} {row.words}")
        found.add(where, row)
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
            self.text = text_column(row, self.path.name)
        require_columns(row, [self.text, *self.columns], where)
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
