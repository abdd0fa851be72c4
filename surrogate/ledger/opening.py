"""Open the file of a ledger and its key, or begin them."""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from surrogate.errors import InputError
from surrogate.ledger.entry import keyed
from surrogate.ledger.tables import APPLICATION, VERSION, make_tables
from surrogate.signing.secret_files import make_file, read_secret

__all__ = ["UNREADABLE", "begin", "connect", "key_of"]

#: What reading a damaged file raises; the second where damaged names are part of SQLite's own message.
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)


def begin(path: Path, key_file: Path) -> None:
    """Begin a ledger with a new key of its own, both of mode 0600.

    Raises
    ------
    InputError
        ``bad-ledger`` where a key is there without its ledger, or ``cannot-write``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     begin(Path(there) / "ledger.sqlite", Path(there) / "ledger.sqlite.key")
    ...     sorted(one.name for one in Path(there).iterdir())
    ['ledger.sqlite', 'ledger.sqlite.key']
    """
    if os.path.lexists(key_file):
        # To begin anew in silence would hide that a ledger was removed.
        raise InputError(
            "bad-ledger",
            f"{key_file} is the key of a ledger, and the ledger {path.name} is gone. Put it back; to begin a new one, "
            "move that key away.",
        )
    key = secrets.token_bytes(32)
    make_file(key_file, key.hex().encode("ascii") + b"\n")
    try:
        make_file(path, b"")
        with closing(sqlite3.connect(path)) as connection:
            make_tables(connection, key_check(key))
    except (InputError, sqlite3.Error) as error:
        key_file.unlink()
        if isinstance(error, InputError):
            raise
        raise InputError("cannot-write", f"The ledger {path} cannot be written: {error}.") from error


def key_of(key_file: Path) -> bytes:
    """The key of a ledger.

    Raises
    ------
    InputError
        ``open-key``, ``bad-key`` or ``wrong-key``.
    """
    content = read_secret(key_file)
    try:
        key = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise InputError("wrong-key", f"{key_file} is no key of a ledger. Its key lies beside it and ends in .key.")
    return key


def connect(path: Path, key: bytes) -> sqlite3.Connection:
    """Open a ledger that is there, and make sure that it is one, and of this key.

    Raises
    ------
    InputError
        ``bad-ledger`` or ``wrong-key``.
    """
    if not path.is_file():
        raise InputError(
            "bad-ledger", f"There is no ledger {str(path)!r}. The first entry begins one; or check the path."
        )
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30.0, isolation_level=None
        )
    except sqlite3.Error as error:
        raise InputError("bad-ledger", f"The ledger {path.name} cannot be opened: {error}.") from error
    try:
        _check(path, connection, key)
    except InputError:
        connection.close()
        raise
    return connection


def key_check(key: bytes) -> str:
    """What tells a key without giving it away."""
    return keyed(key, "ledger")


def _check(path: Path, connection: sqlite3.Connection, key: bytes) -> None:
    try:
        kind = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        told = connection.execute("SELECT key_check FROM about").fetchone() if kind == APPLICATION else None
    except UNREADABLE as error:
        raise InputError("bad-ledger", f"{path.name} is no ledger, or is damaged: {error}.") from error
    if kind != APPLICATION or version != VERSION:
        newer = kind == APPLICATION and version > VERSION
        why = "a newer release wrote it" if newer else "it is some other file"
        raise InputError("bad-ledger", f"{path.name} is no ledger that can be read: {why}.")
    if told is None or told[0] != key_check(key):
        raise InputError(
            "wrong-key",
            f"The key is not that of the ledger {path.name}. It lies beside the ledger, as {path.name}.key, unless it was "
            "put elsewhere.",
        )
