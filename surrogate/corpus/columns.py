"""Which column of a table holds the texts, and whether the columns that were named are there."""

from __future__ import annotations

from collections.abc import Iterable

from surrogate.errors import InputError

__all__ = ["require_columns", "text_column"]

#: Names that a column of texts usually has, the likeliest first.
_TEXT_COLUMNS = ("text", "message", "sentence", "document", "content", "body", "narrative", "title")


def text_column(columns: Iterable[str], name: str) -> str:
    """The column of texts: the one that is called text, message, sentence or the like, or the only one.

    Parameters
    ----------
    columns : iterable of str
    name : str
        Of the file, for the error.

    Raises
    ------
    InputError
        ``bad-corpus`` when there are several columns and none has a usual name.

    Examples
    --------
    >>> text_column(["id", "Message"], "complaints.csv")
    'Message'
    """
    columns = [str(column) for column in columns]
    by_name = {column.casefold(): column for column in columns}
    found = next((by_name[usual] for usual in _TEXT_COLUMNS if usual in by_name), None)
    if found is not None:
        return found
    if len(columns) == 1 and not set(columns[0]) & {";", "\t", "|"}:
        return columns[0]
    if len(columns) == 1:
        raise InputError(
            "bad-corpus",
            f"{name} has the one column {columns[0]!r}, which looks like several. Separate values by commas in a .csv file, and "
            "by tabs in a .tsv file.",
        )
    raise InputError(
        "bad-corpus",
        f"{name} has the columns {', '.join(map(repr, columns))}; say which of them holds the texts (--text COLUMN).",
    )


def require_columns(columns: Iterable[str], wanted: Iterable[str], where: str) -> None:
    """Refuse a table, or a row, that lacks a column.

    Raises
    ------
    InputError
        ``bad-corpus``.

    Examples
    --------
    >>> require_columns(["id", "text"], ["body"], "complaints.csv")
    Traceback (most recent call last):
    surrogate.errors.InputError: complaints.csv has no column 'body'; it has 'id', 'text'. [bad-corpus]
    """
    columns = list(columns)
    for column in wanted:
        if column not in columns:
            raise InputError(
                "bad-corpus", f"{where} has no column {column!r}; it has {', '.join(map(repr, columns)) or 'none'}."
            )
