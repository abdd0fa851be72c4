"""What is in a store file, whether it is sound, and how to take answers out of it."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from surrogate.errors import InputError
from surrogate.store.rows import COLUMNS, checksum, from_row, text_digest
from surrogate.store.schema import open_schema

__all__ = ["StoreInfo", "export_store", "purge_store", "store_info", "verify_store"]

_KEYED = f"fingerprint, text_sha256, draw, {', '.join(COLUMNS)}, asked_at, checksum"


@dataclass(frozen=True)
class StoreInfo:
    """One model's answers in a store.

    Parameters
    ----------
    fingerprint, name, kind : str
    answers : int
    oldest, newest : int
        When they were asked, seconds since 1970.

    Examples
    --------
    >>> StoreInfo("toy:1", "toy", "function", 3, 0, 10).answers
    3
    """

    fingerprint: str
    name: str
    kind: str
    answers: int
    oldest: int
    newest: int


def store_info(path: Path) -> list[StoreInfo]:
    """The models of a store file, the one with most answers first; a file that does not exist holds none.

    Raises
    ------
    InputError
        ``bad-store`` when the file is no answer store or cannot be read.
    """
    if not path.exists():
        return []
    query = """
        SELECT answers.fingerprint, coalesce(name, ''), coalesce(kind, ''), count(*), min(asked_at), max(asked_at)
        FROM answers LEFT JOIN models USING (fingerprint) GROUP BY 1 ORDER BY 4 DESC, 1
    """
    with _opened(path) as connection:
        return [StoreInfo(*row) for row in connection.execute(query)]


def verify_store(path: Path) -> tuple[int, int]:
    """Number of sound and of damaged answers in a store file; nothing is changed.

    Raises
    ------
    InputError
        ``bad-store`` when the file itself is damaged.
    """
    if not path.exists():
        return 0, 0
    with _opened(path) as connection:
        state = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if state != "ok":
            raise InputError(
                "bad-store", f"The answer store {path.name} is damaged: {str(state).splitlines()[0]}. {_ADVICE}"
            )
        sound = [_is_sound(row) for row in connection.execute(f"SELECT {_KEYED} FROM answers")]
    return sum(sound), len(sound) - sum(sound)


def purge_store(
    path: Path,
    *,
    older_than: float | None = None,
    texts: Sequence[str] = (),
    fingerprint: str | None = None,
    damaged: bool = False,
) -> int:
    """Remove answers for good: those to which all that is given applies.

    Parameters
    ----------
    path : Path
    older_than : float, optional
        Seconds since they were asked.
    texts : sequence of str
        Answers to these texts.
    fingerprint : str, optional
        Of a model, or how it begins.
    damaged : bool, default False
        Damaged ones only.

    Returns
    -------
    int
        How many were removed.  The freed pages are overwritten.
    """
    if not path.exists():
        return 0
    conditions, values = ["1"], []  # type: tuple[list[str], list[Any]]
    if older_than is not None:
        conditions.append("asked_at < ?")
        values.append(int(time.time() - older_than))
    if texts:
        conditions.append(f"text_sha256 IN ({', '.join('?' * len(texts))})")
        values += [text_digest(text) for text in texts]
    if fingerprint is not None:
        conditions.append("substr(fingerprint, 1, ?) = ?")
        values += [len(fingerprint), fingerprint]
    with _opened(path) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        rows = connection.execute(f"SELECT {_KEYED} FROM answers WHERE {' AND '.join(conditions)}", values).fetchall()
        gone = [row[:3] for row in rows if not damaged or not _is_sound(row)]
        with connection:
            connection.executemany("DELETE FROM answers WHERE fingerprint = ? AND text_sha256 = ? AND draw = ?", gone)
            connection.execute("DELETE FROM models WHERE fingerprint NOT IN (SELECT fingerprint FROM answers)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
    return len(gone)


def export_store(path: Path, fingerprint: str | None = None) -> Iterator[str]:
    """The sound answers of a store as lines of JSON: digests, probabilities and flags; no text is in a store.

    Parameters
    ----------
    path : Path
    fingerprint : str, optional
        Of a model, or how it begins; None: all.
    """
    if not path.exists():
        return
    with _opened(path) as connection:
        for row in connection.execute(f"SELECT {_KEYED} FROM answers ORDER BY fingerprint, text_sha256, draw"):
            if _is_sound(row) and (fingerprint is None or row[0].startswith(fingerprint)):
                yield json.dumps(_told(row), ensure_ascii=False)


def _told(row: Sequence[Any]) -> dict[str, Any]:
    answer = from_row(row[3:9])
    return {
        "fingerprint": row[0],
        "text_sha256": row[1].hex(),
        "draw": row[2],
        # JSON knows no infinity: a probability of zero has no logarithm.
        "log_probabilities": [float(log) if np.isfinite(log) else None for log in answer.log_probabilities[0]],
        "embedding": None if answer.embeddings is None else [float(number) for number in answer.embeddings[0]],
        "label_mass": None if answer.label_mass is None else float(answer.label_mass[0]),
        "refused": bool(answer.refused[0]),
        "truncated": bool(answer.truncated[0]),
        **({} if answer.votes is None else {"votes": answer.votes[0].tolist()}),
        "asked_at": row[9],
    }


def _is_sound(row: Sequence[Any]) -> bool:
    return bool(row[10] == checksum(row[0], row[1], row[2], tuple(row[3:9])))


_ADVICE = "Move it away, or remove it: the answers in it cannot be trusted, and the model will be asked again."


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=30.0)) as connection:
            open_schema(connection)
            yield connection
    except sqlite3.DatabaseError as error:
        raise InputError("bad-store", f"The answer store {path.name} cannot be read ({error}). {_ADVICE}") from error
