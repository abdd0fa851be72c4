"""Which column of a table holds the texts, and whether the columns that were named are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surrogate.errors import InputError

__all__ = ["require_columns", "text_column"]

#: Names that a column of texts usually has, the likeliest first.
_TEXT_COLUMNS = ("text", "message", "sentence", "document", "content", "body", "narrative", "title")

#: Characters and words of the longest name of a column, and the names that a sentence lists.
_SHOWN, _WORDS, _LISTED = 40, 4, 30


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
        ``bad-corpus`` when there are several columns and none has a usual name, or two have the same in other letters.

    Examples
    --------
    >>> text_column(["id", "Message"], "complaints.csv")
    'Message'
    """
    columns = list(dict.fromkeys(str(column) for column in columns))
    named = ([column for column in columns if column.casefold() == usual] for usual in _TEXT_COLUMNS)
    found = next(filter(None, named), [])
    if len(found) == 1:
        return found[0]
    if len(columns) == 1:
        return _only(columns[0], name)
    raise InputError(
        "bad-corpus", f"{name} has the columns {_listed(columns)}; say which of them holds the texts (--text COLUMN)."
    )


def _only(column: str, name: str) -> str:
    """The only column, unless it is hardly one: the first text would be lost as a header, or the ids read as texts."""
    if set(column) & {";", "\t", "|"}:
        raise InputError(
            "bad-corpus",
            f"{name} has the one column {_listed([column])}, which looks like several. Separate values by commas in a .csv file, "
            "and by tabs in a .tsv file.",
        )
    if len(column) > _SHOWN or len(column.split()) > _WORDS:
        raise InputError(
            "bad-corpus",
            f"{name} begins with what looks like a text and not like the name of a column. Write a header before it, or name the "
            "column (--text COLUMN).",
        )
    return column


def _listed(columns: Sequence[str]) -> str:
    """Names of columns for a sentence; where a file has no header, they are somebody's text, and cut short."""
    names = [repr(column if len(column) <= _SHOWN else column[:_SHOWN] + "…") for column in columns[:_LISTED]]
    more = [f"and {len(columns) - _LISTED:,} more"] if len(columns) > _LISTED else []
    return ", ".join([*names, *more]) or "none"


def require_columns(columns: Iterable[str], wanted: Iterable[str], where: str) -> None:
    """Refuse a table, or a row, in which a column that is read is not there, or there twice.

    Raises
    ------
    InputError
        ``bad-corpus``.

    Examples
    --------
    >>> require_columns(["id", "text"], ["body"], "complaints.csv")
    Traceback (most recent call last):
    surrogate.errors.InputError: complaints.csv has no column 'body'; it has 'id', 'text'. [bad-corpus]
    >>> require_columns(["text", "text"], ["text"], "complaints.csv")
    Traceback (most recent call last):
    surrogate.errors.InputError: complaints.csv has 2 columns named 'text'. Rename all but one. [bad-corpus]
    """
    columns = [str(column) for column in columns]
    for column in wanted:
        times = columns.count(column)
        if times == 0:
            raise InputError("bad-corpus", f"{where} has no column {column!r}; it has {_listed(columns)}.")
        if times > 1:
            raise InputError("bad-corpus", f"{where} has {times} columns named {column!r}. Rename all but one.")
