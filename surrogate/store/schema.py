"""The tables of the answer store, and how an older file becomes a newer one."""

from __future__ import annotations

import sqlite3
import time

from surrogate.store.rows import COLUMNS, checksum

__all__ = ["INSERT", "VERSION", "open_schema"]

#: Version of the tables, in the file's ``user_version``.
VERSION = 3

_NAMES = ("fingerprint", "text_sha256", "draw", *COLUMNS, "asked_at", "checksum")

#: Adds an answer; a new one takes the place of one that has expired or is damaged.
INSERT = f"INSERT OR REPLACE INTO answers ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"

#: How often, and after how many seconds, the change to a write-ahead log is tried while another process holds the file.
_TRIES, _PAUSE = 200, 0.05

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS answers (
        fingerprint TEXT NOT NULL, text_sha256 BLOB NOT NULL, draw INTEGER NOT NULL,
        log_probabilities BLOB NOT NULL, embedding BLOB, label_mass REAL,
        refused INTEGER NOT NULL, truncated INTEGER NOT NULL, votes BLOB,
        asked_at INTEGER NOT NULL, checksum BLOB NOT NULL,
        PRIMARY KEY (fingerprint, text_sha256, draw)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE IF NOT EXISTS models (fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID",
)


def open_schema(connection: sqlite3.Connection) -> None:
    """Make the tables where they are missing, and bring an older file up to date.

    Raises
    ------
    sqlite3.OperationalError
        When a newer release wrote the file: it is left as it is.

    Examples
    --------
    >>> connection = sqlite3.connect(":memory:")
    >>> open_schema(connection)
    >>> connection.execute("PRAGMA user_version").fetchone()
    (3,)
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise sqlite3.OperationalError(f"a newer release wrote it, version {version} of the tables")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    if version == VERSION:
        return
    with connection:
        # Of processes that open a new file at the same time one makes the tables, and the others wait.
        connection.execute("BEGIN IMMEDIATE")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version == VERSION:
            return
        if version == 2:
            connection.execute("ALTER TABLE answers ADD COLUMN votes BLOB")
            connection.execute(f"PRAGMA user_version = {VERSION}")
            return
        old = connection.execute("SELECT name FROM sqlite_master WHERE name = 'answers'").fetchone()
        if old is not None:
            connection.execute("ALTER TABLE answers RENAME TO answers_before")
        for statement in _TABLES:
            connection.execute(statement)
        if old is not None:
            _copy(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log; of processes that open a new file at once each waits its turn.

    SQLite does not wait for the exclusive lock of this change by itself, whatever the timeout.
    """
    for left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not left or "locked" not in str(error):
                raise
            time.sleep(_PAUSE)


def _copy(connection: sqlite3.Connection) -> None:
    """Answers of the first tables, which knew neither times nor checksums."""
    now = int(time.time())
    names = ", ".join(name for name in COLUMNS if name != "votes")
    rows = connection.execute(f"SELECT fingerprint, text_sha256, draw, {names} FROM answers_before").fetchall()
    connection.executemany(
        INSERT, [(*row, None, now, checksum(row[0], row[1], row[2], (*row[3:], None))) for row in rows]
    )
    connection.execute("DROP TABLE answers_before")
