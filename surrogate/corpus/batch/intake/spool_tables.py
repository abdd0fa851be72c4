"""The tables of a spool: how the file is made, and what it says about itself."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.values import SpooledRow
from surrogate.errors import InputError

__all__ = ["connected", "content_of", "fill", "finish", "read_state", "writing"]

#: Name and version of the tables.
_SCHEMA = "surrogate-spool/1"

#: A file that is not finished is thrown away, so nothing is written twice; and the memory is the same for any number of rows.
_WHILE_FILLED = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -8000",
    "PRAGMA locking_mode = EXCLUSIVE",
)

_TABLES = (
    "CREATE TABLE rows "
    "(number INTEGER PRIMARY KEY, text_sha256 BLOB NOT NULL, id TEXT NOT NULL, code TEXT, said TEXT, text BLOB)",
    "CREATE TABLE state (content TEXT NOT NULL)",
)

#: Made at the end, by sorting: faster than keeping them while rows come in, and in the same memory.
_INDEXES = (
    "CREATE INDEX by_id ON rows (id)",
    "CREATE INDEX by_text ON rows (text_sha256, id, code)",
)


def fill(path: Path, rows: Iterable[SpooledRow]) -> None:
    """Make a file and write rows into it, one at a time; only its owner may read it.

    Raises
    ------
    InputError
        ``cannot-write``; also whatever reading the rows raises.
    """
    with writing(path), closing(_made(path)) as connection:
        for statement in (*_WHILE_FILLED, *_TABLES):
            connection.execute(statement)
        with connection:
            connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", map(_columns, rows))
        for statement in _INDEXES:
            connection.execute(statement)


def _made(path: Path) -> sqlite3.Connection:
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    return sqlite3.connect(path)


def _columns(row: SpooledRow) -> tuple[Any, ...]:
    code, said = row.problem or (None, None)
    text = None if row.text is None else row.text.encode("utf-8")
    return row.number, bytes.fromhex(row.text_sha256), row.id, code, said, text


def finish(path: Path, final: Path, state: dict[str, Any]) -> None:
    """Write what a file says about itself, and put it in its place at once: a file that is there is complete.

    Raises
    ------
    InputError
        ``cannot-write``.
    """
    content = {"schema": _SCHEMA, **state}
    with writing(path):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO state VALUES (?)", (json.dumps(content),))
        with path.open("r+b") as stream:
            os.fsync(stream.fileno())
        path.replace(final)


def read_state(path: Path) -> dict[str, Any] | None:
    """What a file says about itself; None where there is none, or it is damaged or of another version.

    Examples
    --------
    >>> read_state(Path("nowhere.sqlite")) is None
    True
    """
    if not path.is_file():
        return None
    try:
        with closing(_reading(path)) as connection:
            found = connection.execute("SELECT content FROM state").fetchone()
        state = json.loads(found[0]) if found else None
    except (sqlite3.Error, ValueError, TypeError):
        return None
    return state if isinstance(state, dict) and state.get("schema") == _SCHEMA else None


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to read with, for one purpose: threads and processes may have one each.

    Raises
    ------
    InputError
        ``bad-file`` when the file is damaged or gone.
    """
    try:
        with closing(_reading(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise InputError(
            "bad-file",
            f"{path}, where the rows of the input are kept while a batch runs, cannot be read: {error}. Remove it and give the "
            "same command again; it is made anew from the input.",
        ) from error


def _reading(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.execute("PRAGMA cache_size = -8000")
    return connection


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """A file that cannot be written, for instance because the disk is full, is an error that says how to go on.

    Raises
    ------
    InputError
        ``cannot-write``.
    """
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "disk is full" in str(error)
        what = "no room is left on the disk" if full else str(error)
        raise InputError(
            "cannot-write",
            f"The rows of the input cannot be kept in {path.parent}: {what}. About twice the room is needed that the input "
            "takes. Make room, or name a folder elsewhere, and give the same command again.",
        ) from error


def content_of(path: Path) -> dict[str, Any]:
    """Numbers of rows, of different texts and of problems, and the digest of all texts and ids, whatever their order.

    Returns
    -------
    dict
        ``n_rows``, ``n_texts``, ``n_problems`` and ``content_sha256``: SHA-256 over the pairs (digest of the text, id) in
        their order, each written as ``digest length:id`` with the length in bytes.
    """
    n_rows = n_texts = n_problems = 0
    before, hashed = None, hashlib.sha256()
    with connected(path) as connection:
        for text_sha256, name, code in connection.execute(
            "SELECT text_sha256, id, code FROM rows ORDER BY text_sha256, id"
        ):
            n_rows += 1
            n_texts += text_sha256 != before
            n_problems += code is not None
            before, content = text_sha256, name.encode("utf-8")
            hashed.update(b"%s %d:%s\n" % (text_sha256.hex().encode(), len(content), content))
    return {
        "n_rows": n_rows,
        "n_texts": n_texts,
        "n_problems": n_problems,
        "content_sha256": hashed.hexdigest(),
    }
