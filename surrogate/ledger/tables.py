"""The tables of a ledger, and the triggers that keep it append-only."""

from __future__ import annotations

import sqlite3

from surrogate.ledger.entry import COLUMNS, FIRST

__all__ = ["APPLICATION", "INSERT", "VERSION", "guards_stand", "make_tables"]

#: Says in the file's header that it is a ledger, and of which version.
APPLICATION, VERSION = 0x5355524C, 1

INSERT = f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"

_TABLES = (
    "CREATE TABLE entries (sequence INTEGER PRIMARY KEY NOT NULL, date TEXT NOT NULL, event TEXT NOT NULL, report TEXT, "
    "manifest TEXT, kind TEXT, note TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE)",
    "CREATE TABLE about (key_check TEXT NOT NULL)",
)

_REFUSE = "BEGIN SELECT RAISE(ABORT, 'a ledger is append-only'); END"

_GUARDS = {
    **{
        f"{table}_no_{word.lower()}": f"CREATE TRIGGER {table}_no_{word.lower()} BEFORE {word} ON {table} {_REFUSE}"
        for table in ("entries", "about")
        for word in ("UPDATE", "DELETE")
    },
    "about_once": "CREATE TRIGGER about_once BEFORE INSERT ON about WHEN EXISTS (SELECT 1 FROM about) " + _REFUSE,
    # INSERT OR REPLACE would delete without asking the trigger for deletions: what is not next in the chain is refused.
    "entries_in_turn": "CREATE TRIGGER entries_in_turn BEFORE INSERT ON entries WHEN "
    "NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM entries) OR "
    f"NEW.previous IS NOT COALESCE((SELECT hash FROM entries ORDER BY sequence DESC LIMIT 1), '{FIRST}') OR "
    f"EXISTS (SELECT 1 FROM entries WHERE hash = NEW.hash) {_REFUSE}",
}


def make_tables(connection: sqlite3.Connection, key_check: str) -> None:
    """Make the tables of a new ledger.

    Examples
    --------
    >>> connection = sqlite3.connect(":memory:")
    >>> make_tables(connection, "")
    >>> guards_stand(connection)
    True
    >>> connection.execute("DELETE FROM about")
    Traceback (most recent call last):
    sqlite3.IntegrityError: a ledger is append-only
    """
    with connection:
        for statement in (*_TABLES, *_GUARDS.values()):
            connection.execute(statement)
        connection.execute("INSERT INTO about VALUES (?)", (key_check,))
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")


def guards_stand(connection: sqlite3.Connection) -> bool:
    """Whether all triggers are there, as they were made, and no others."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    return dict(found) == _GUARDS
