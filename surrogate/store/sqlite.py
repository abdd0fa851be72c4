"""Answers in one SQLite file that many processes may share."""

from __future__ import annotations

import os
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakSet

from surrogate.answers import Answers
from surrogate.store.base import MemoryStore
from surrogate.store.rows import COLUMNS, checksum, from_row, text_digest, to_row
from surrogate.store.schema import INSERT, open_schema

__all__ = ["SqliteStore", "default_store_path"]

T = TypeVar("T")

_COLUMNS = f"text_sha256, {', '.join(COLUMNS)}, checksum"


class SqliteStore(MemoryStore):
    """Answers kept in one SQLite file, mode 0600, and in memory.

    Answers of a black box with ``expires_after`` (seconds) are kept no longer than that; see
    :func:`surrogate.store.canary.confirm` for what happens before they are used again.

    Parameters
    ----------
    path : str or Path
        The file; it and its folder are made when missing.  A file that is damaged is moved aside with a warning, and a
        damaged row is asked again.

    Examples
    --------
    >>> import tempfile
    >>> class Box:
    ...     fingerprint = "toy:1"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     SqliteStore(folder + "/answers.sqlite").put(Box(), ["hi"], Answers.from_probabilities([[0.25, 0.75]]))
    ...     later = SqliteStore(folder + "/answers.sqlite").get(Box(), ["hi"])
    >>> later["hi"].probabilities.tolist()
    [[0.25, 0.75]]
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self._begin(Path(path))

    def __getstate__(self) -> dict[str, Any]:
        return {"path": str(self.path)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._begin(Path(state["path"]))

    def _begin(self, path: Path) -> None:
        self.path = path
        self.usable = True
        #: Models of which something was read from the file, and those whose canary answered as before.
        self._read: WeakSet[Any] = WeakSet()
        self._confirmed: WeakSet[Any] = WeakSet()

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text; from memory first, then from the file."""
        known = super().get(black_box, texts, draw)
        missing = {text_digest(text): text for text in texts if text not in known}
        if missing and black_box.fingerprint is not None:
            expires = getattr(black_box, "expires_after", None)
            since = 0 if expires is None else int(time.time() - expires)
            key = (black_box.fingerprint, draw, since)
            found = {
                missing[digest]: from_row(row)
                for digest, *row, told in self._attempt(lambda file: _select(file, key, list(missing))) or []
                if told == checksum(black_box.fingerprint, digest, draw, tuple(row))
            }
            if found:
                self._remember(black_box, found, draw)
                self._read.add(black_box)
            known.update(found)
        return known

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts, in one transaction."""
        super().put(black_box, texts, answers, draw)
        if black_box.fingerprint is None:
            return
        rows, now = [], int(time.time())
        for place, text in enumerate(texts):
            digest, row = text_digest(text), to_row(answers, place)
            told = checksum(black_box.fingerprint, digest, draw, row)
            rows.append((black_box.fingerprint, digest, draw, *row, now, told))
        name = (black_box.fingerprint, str(getattr(black_box, "name", "")), str(getattr(black_box, "kind", "")))
        self._attempt(lambda file: _insert(file, name, rows))

    def forget(self, black_box: Any) -> None:
        """Forget all answers of a model, in memory and in the file."""
        super().forget(black_box)
        if black_box.fingerprint is not None:
            self._attempt(
                lambda file: file.execute("DELETE FROM answers WHERE fingerprint = ?", (black_box.fingerprint,))
            )

    def needs_canary(self, black_box: Any) -> bool:
        """Whether answers of an expiring model were read from the file, and it was not asked since if they still hold."""
        expires = getattr(black_box, "expires_after", None) is not None
        return expires and black_box in self._read and black_box not in self._confirmed

    def confirm(self, black_box: Any) -> None:
        """Take note that a model still answers as it did."""
        self._confirmed.add(black_box)

    def _attempt(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do some work on the file; move a damaged file aside and try once more; go on in memory if it cannot be used."""
        if not self.usable:
            return None
        try:
            return self._work(work)
        except (sqlite3.OperationalError, OSError) as error:
            self.usable = False
            warnings.warn(
                f"The answer store {self.path.name} cannot be used ({error}). Answers are kept in memory only; "
                "nothing paid for is lost while this process runs.",
                stacklevel=4,
            )
            return None
        except sqlite3.DatabaseError as error:
            aside = _move_aside(self.path)
            warnings.warn(
                f"The answer store was damaged ({error}). It was moved to {aside.name} beside it and a new one begun; "
                "the model will be asked again.",
                stacklevel=4,
            )
            return self._work(work)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(self.path, timeout=30.0)) as connection:
            open_schema(connection)
            with connection:
                return work(connection)


def default_store_path() -> Path:
    """Where answers are kept unless told otherwise: ``$XDG_CACHE_HOME/surrogate/answers.sqlite``."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "surrogate" / "answers.sqlite"


def _move_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.replace(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return aside


def _select(connection: sqlite3.Connection, key: tuple[str, int, int], digests: list[bytes]) -> list[Any]:
    rows = []
    for chunk in _chunks(digests, 10_000):
        marks = ", ".join("?" * len(chunk))
        query = (
            f"SELECT {_COLUMNS} FROM answers WHERE fingerprint = ? AND draw = ? AND asked_at >= ? "
            f"AND text_sha256 IN ({marks})"
        )
        rows += connection.execute(query, (*key, *chunk)).fetchall()
    return rows


def _insert(connection: sqlite3.Connection, name: tuple[str, str, str], rows: list[tuple[object, ...]]) -> None:
    connection.execute("INSERT OR IGNORE INTO models VALUES (?, ?, ?)", name)
    connection.executemany(INSERT, rows)


def _chunks(items: list[bytes], size: int) -> Iterable[list[bytes]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
