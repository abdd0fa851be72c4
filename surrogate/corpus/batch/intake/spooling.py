"""How an input becomes a spool: read once, checked, and put in place when it is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from surrogate.corpus.batch.intake.intake import find_columns, read_rows
from surrogate.corpus.batch.intake.spool_tables import connected, content_of, fill, finish, writing
from surrogate.corpus.batch.values import SpooledRow
from surrogate.corpus.formats import readable
from surrogate.errors import InputError

__all__ = ["Source", "build_spool"]

#: Rows after which progress is told.
_TOLD = 10_000

_WAY_OUT = "Name a column that tells rows apart (--id COLUMN), or none: rows are then called by their number."


@dataclass(frozen=True)
class Source:
    """Which input a spool holds: its bytes, and how they are read.

    Parameters
    ----------
    sha256 : str
        Of the bytes of the file.
    ending : str
        Of its name, which says the format.
    text, id : str or None
    limit : int or None
    """

    sha256: str
    ending: str
    text: str | None = None
    id: str | None = None
    limit: int | None = None

    @classmethod
    def of(
        cls,
        path: str | Path,
        *,
        text: str | None = None,
        id: str | None = None,  # noqa: A002 - the name of the option
        limit: int | None = None,
    ) -> Self:
        """Of a file, which is read once for it.

        Raises
        ------
        InputError
            ``bad-file``.

        Examples
        --------
        >>> Source.of("nowhere.csv")
        Traceback (most recent call last):
        surrogate.errors.InputError: nowhere.csv cannot be read: No such file or directory. [bad-file]
        """
        path = Path(path)
        with readable(path):
            if path.exists() and not path.is_file() and not path.is_dir():
                raise InputError(
                    "bad-file", f"{path} is no file but a pipe or a device, and is read more than once. Write a file."
                )
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(sha256, path.suffix.lower(), text, id, limit)


def build_spool(
    path: Path, given: Path, source: Source, progress: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Read an input into a file.

    Returns
    -------
    dict
        What the file says about itself.

    Raises
    ------
    InputError
        As :meth:`surrogate.corpus.batch.intake.spool.Spool.build`.
    """
    columns = find_columns(given, text=source.text, id=source.id)
    half = path.with_name(path.name + ".part")
    with writing(path):
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, parents=True)
    try:
        _read(half, given, source, progress)
        if columns.id is not None:
            _check_ids(half, columns.id)
        _check_unchanged(given, source)
        state = {
            "source": asdict(source),
            "text_column": columns.text,
            "id_column": columns.id,
            **content_of(half),
        }
        finish(half, path, state)
    finally:
        half.unlink(missing_ok=True)
    return state


def _read(half: Path, given: Path, source: Source, progress: Callable[[int], None] | None) -> None:
    rows = read_rows(given, text=source.text, id=source.id, limit=source.limit)
    with closing(_told(rows, progress)) as told:
        fill(half, told)


def _told(rows: Iterable[SpooledRow], progress: Callable[[int], None] | None) -> Generator[SpooledRow, None, None]:
    for row in rows:
        yield row
        if progress is not None and row.number % _TOLD == 0:
            progress(row.number)


def _check_ids(half: Path, column: str) -> None:
    with connected(half) as connection:
        empty, first = connection.execute("SELECT count(*), min(number) FROM rows WHERE id = ''").fetchone()
        repeated = 0
        example: tuple[str, int, int] | None = None
        for name, one, other in connection.execute(
            "SELECT id, min(number), max(number) FROM rows GROUP BY id HAVING count(*) > 1"
        ):
            repeated += 1
            if example is None or one < example[1]:
                example = (name, one, other)
    if empty:
        raise InputError(
            "bad-corpus",
            f"Rows have no id in the column {column!r}: {empty:,} of them, the first is row {first:,}. {_WAY_OUT}",
        )
    if example is not None:
        name, one, other = example
        raise InputError(
            "bad-corpus",
            f"Ids of the column {column!r} stand in more than one row: {repeated:,} of them, for instance {name[:60]!r} in rows "
            f"{one:,} and {other:,}. {_WAY_OUT}",
        )


def _check_unchanged(given: Path, source: Source) -> None:
    now = Source.of(given, text=source.text, id=source.id, limit=source.limit)
    if now != source:
        raise InputError(
            "bad-file", f"{given.name} was changed while it was read. Give the same command again when it is finished."
        )
