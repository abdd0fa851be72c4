"""Rows of two batches side by side: the same text in both, or the same id with another text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from surrogate.corpus.batch.summary.opened import OpenedBatch
from surrogate.corpus.batch.summary.shifts import share_of

__all__ = ["MOVED", "match_rows"]

Record = dict[str, Any]

#: Changed rows that are listed, those whose fidelity or probability moved the most first; and kinds of change.
MOVED, _TRANSITIONS = 20, 50

_COLUMNS = ["text_sha256", "id", "status", "decision", "probability", "fidelity"]

_CREATE = """
CREATE TABLE {side} (text_sha256 TEXT PRIMARY KEY, id TEXT, status TEXT, decision TEXT, probability REAL, fidelity REAL)
WITHOUT ROWID
"""

#: Rows of one text say the same; the first id stands for all of them, but where ids are compared.
_ADD = "INSERT INTO {side} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (text_sha256) DO UPDATE SET id = min(id, excluded.id)"

_BOTH = "before AS b JOIN after AS a ON b.text_sha256 = a.text_sha256"
_DECIDED = "b.decision IS NOT NULL AND a.decision IS NOT NULL"

#: Texts that only one of the batches has, under an id that both have.
_OTHER_TEXT = """
FROM before_ids AS i JOIN after_ids AS j ON i.id = j.id
JOIN before AS b ON b.text_sha256 = i.text_sha256 JOIN after AS a ON a.text_sha256 = j.text_sha256
WHERE i.text_sha256 <> j.text_sha256
AND NOT EXISTS (SELECT 1 FROM after AS c WHERE c.text_sha256 = b.text_sha256)
AND NOT EXISTS (SELECT 1 FROM before AS c WHERE c.text_sha256 = a.text_sha256)
"""


def match_rows(before: OpenedBatch, after: OpenedBatch) -> Record:
    """Compare two batches text by text, and id by id where the texts are others; in a temporary database on disk.

    Parameters
    ----------
    before, after : OpenedBatch

    Returns
    -------
    dict
        "texts": how many distinct texts each has and both have, how many of these are decided otherwise or judged otherwise,
        from what to what, and those that moved the most.  "ids": how many ids have another text, and another decision.

    Raises
    ------
    InputError
        ``bad-batch``.
    """
    with closing(sqlite3.connect("")) as database:
        database.execute("PRAGMA journal_mode = OFF")
        for side, opened in (("before", before), ("after", after)):
            database.execute(_CREATE.format(side=side))
            database.execute(f"CREATE TABLE {side}_ids (id TEXT, text_sha256 TEXT)")
            for values in _values(opened):
                database.executemany(_ADD.format(side=side), values)
                database.executemany(
                    f"INSERT INTO {side}_ids VALUES (?, ?)", [(name, text) for text, name, *_ in values]
                )
            database.execute(f"CREATE INDEX {side}_by_id ON {side}_ids (id)")
        return {"texts": _texts(database), "ids": _ids(database)}


def _values(opened: OpenedBatch) -> Iterator[list[tuple[Any, ...]]]:
    """The columns of a few thousand rows at a time."""
    for rows in opened.rows(_COLUMNS):
        yield [tuple(row[name] for name in _COLUMNS) for row in rows]


def _texts(database: sqlite3.Connection) -> Record:
    n_before, n_after = (_number(database, f"FROM {side}") for side in ("before", "after"))
    n_both, n_decided = _number(database, f"FROM {_BOTH}"), _number(database, f"FROM {_BOTH} WHERE {_DECIDED}")
    changed = f"FROM {_BOTH} WHERE {_DECIDED} AND b.decision <> a.decision"
    return {
        "n_before": n_before,
        "n_after": n_after,
        "n_both": n_both,
        "decision_changed": share_of(_number(database, changed), n_decided),
        "status_changed": share_of(_number(database, f"FROM {_BOTH} WHERE b.status <> a.status"), n_both),
        "decisions": _transitions(database, "decision", f"{_DECIDED} AND b.decision <> a.decision"),
        "statuses": _transitions(database, "status", "b.status <> a.status"),
        "moved": _moved(database),
    }


def _ids(database: sqlite3.Connection) -> Record:
    n_decided = _number(database, f"{_OTHER_TEXT} AND {_DECIDED}")
    changed = _number(database, f"{_OTHER_TEXT} AND {_DECIDED} AND b.decision <> a.decision")
    return {"n_both": _number(database, _OTHER_TEXT), "decision_changed": share_of(changed, n_decided)}


def _number(database: sqlite3.Connection, what: str) -> int:
    return int(database.execute(f"SELECT count(*) {what}").fetchone()[0])


def _transitions(database: sqlite3.Connection, name: str, where: str) -> list[Record]:
    rows = database.execute(
        f"SELECT b.{name}, a.{name}, count(*) AS n FROM {_BOTH} WHERE {where} "
        f"GROUP BY b.{name}, a.{name} ORDER BY n DESC, b.{name}, a.{name} LIMIT {_TRANSITIONS}"
    )
    return [{"before": one, "after": other, "n": n} for one, other, n in rows]


def _moved(database: sqlite3.Connection) -> list[Record]:
    """Texts whose decision changed, the surest ones first: a close call that tips over says less."""
    rows = database.execute(
        "SELECT a.text_sha256, b.id, a.id, b.decision, a.decision, b.probability, a.probability "
        f"FROM {_BOTH} WHERE {_DECIDED} AND b.decision <> a.decision "
        f"ORDER BY min(b.probability, a.probability) DESC, a.text_sha256 LIMIT {MOVED}"
    )
    return [
        {
            "text_sha256": text,
            "before": {"id": ids[0], "decision": ids[2], "probability": ids[4]},
            "after": {"id": ids[1], "decision": ids[3], "probability": ids[5]},
        }
        for text, *ids in rows
    ]
