"""Answer stores: what a model has said is never asked again.

Answers are kept by (fingerprint of the model, SHA-256 of the text, draw).  No text is stored, only its digest.  A model
without a fingerprint has no identity that outlives the process, so its answers stay in memory.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from surrogate.answers import Answers

__all__ = ["AnswerStore", "MemoryStore", "SqliteStore", "default_store_path"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    fingerprint TEXT NOT NULL, text_sha256 BLOB NOT NULL, draw INTEGER NOT NULL,
    log_probabilities BLOB NOT NULL, embedding BLOB, label_mass REAL,
    refused INTEGER NOT NULL, truncated INTEGER NOT NULL,
    PRIMARY KEY (fingerprint, text_sha256, draw)
) WITHOUT ROWID
"""
T = TypeVar("T")

_COLUMNS = "text_sha256, log_probabilities, embedding, label_mass, refused, truncated"


class AnswerStore(Protocol):
    """Where answers are kept: ``get`` returns what is known, ``put`` adds to it.

    ``draw`` numbers the repeated answers of a model whose answers vary; 0 is the first.
    """

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text."""
        ...

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts, in their order."""
        ...


class MemoryStore:
    """Answers kept for the life of the process; shared, not copied, by clones of a pipeline.

    Examples
    --------
    >>> class Box:
    ...     fingerprint = None
    >>> box, store = Box(), MemoryStore()
    >>> store.put(box, ["hello"], Answers.from_probabilities([[0.5, 0.5]]))
    >>> sorted(store.get(box, ["hello", "bye"]))
    ['hello']
    """

    def __init__(self) -> None:
        self._by_box: WeakKeyDictionary[Any, dict[tuple[int, str], Answers]] = WeakKeyDictionary()

    def __sklearn_clone__(self) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        # Answers are left behind: a step's hash and pickle must not grow with what was asked.
        return {}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._by_box = WeakKeyDictionary()

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text."""
        known = self._by_box.get(black_box, {})
        return {text: known[draw, text] for text in texts if (draw, text) in known}

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts."""
        known = self._by_box.setdefault(black_box, {})
        for row, text in enumerate(texts):
            known[draw, text] = answers.take([row])


class SqliteStore(MemoryStore):
    """Answers kept in one SQLite file, mode 0600, and in memory.

    Parameters
    ----------
    path : str or Path
        The file; it and its folder are made when missing.  A file that is damaged is moved aside with a warning.

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
        self.path = Path(path)
        self.usable = True

    def __getstate__(self) -> dict[str, Any]:
        return {"path": str(self.path)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.path = Path(state["path"])
        self.usable = True

    def get(self, black_box: Any, texts: Sequence[str], draw: int = 0) -> dict[str, Answers]:
        """Known answers, each of length 1, by text; from memory first, then from the file."""
        known = super().get(black_box, texts, draw)
        missing = {_digest(text): text for text in texts if text not in known}
        if missing and black_box.fingerprint is not None:
            rows = (
                self._attempt(lambda connection: _select(connection, black_box.fingerprint, draw, list(missing))) or []
            )
            for digest, *row in rows:
                known[missing[digest]] = answer = _from_row(row)
                super().put(black_box, [missing[digest]], answer, draw)
        return known

    def put(self, black_box: Any, texts: Sequence[str], answers: Answers, draw: int = 0) -> None:
        """Keep the answers to some texts, in one transaction."""
        super().put(black_box, texts, answers, draw)
        if black_box.fingerprint is None:
            return
        rows = [
            (black_box.fingerprint, _digest(text), draw, *_to_row(answers.take([row])))
            for row, text in enumerate(texts)
        ]
        self._attempt(lambda connection: _insert(connection, rows))

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
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_SCHEMA)
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


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()


def _select(connection: sqlite3.Connection, fingerprint: str, draw: int, digests: list[bytes]) -> list[Any]:
    rows = []
    for chunk in _chunks(digests, 500):
        marks = ", ".join("?" * len(chunk))
        query = f"SELECT {_COLUMNS} FROM answers WHERE fingerprint = ? AND draw = ? AND text_sha256 IN ({marks})"
        rows += connection.execute(query, (fingerprint, draw, *chunk)).fetchall()
    return rows


def _insert(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    connection.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _chunks(items: list[bytes], size: int) -> Iterable[list[bytes]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _to_row(answer: Answers) -> tuple[object, ...]:
    embedding = None if answer.embeddings is None else answer.embeddings[0].astype("<f4").tobytes()
    mass = None if answer.label_mass is None else float(answer.label_mass[0])
    logs = answer.log_probabilities[0].astype("<f8").tobytes()
    return logs, embedding, mass, int(answer.refused[0]), int(answer.truncated[0])


def _from_row(row: Sequence[Any]) -> Answers:
    logs, embedding, mass, refused, truncated = row
    return Answers(
        np.frombuffer(logs, dtype="<f8").astype(np.float64)[None, :],
        None if embedding is None else np.frombuffer(embedding, dtype="<f4").astype(np.float32)[None, :],
        None if mass is None else np.array([mass]),
        np.array([bool(refused)]),
        np.array([bool(truncated)]),
    )
