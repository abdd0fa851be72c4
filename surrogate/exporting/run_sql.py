"""Run the query in SQLite and in DuckDB, each in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.logic import Said
from surrogate.exporting.members import Member
from surrogate.exporting.sql import CLASS, RULE, identifier

__all__ = ["SQLITE", "run_duckdb", "run_sqlite"]

SQLITE = sqlite3.sqlite_version
_ROW = "surrogate_row"


def run_sqlite(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What the query says of rows in SQLite.

    Parameters
    ----------
    content : bytes
        Of rules.sql.
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)

    Raises
    ------
    InputError
        ``not-exported`` when it does not run.
    """
    names = [column.name for column in member.logic.columns]
    declared = ", ".join([f"{identifier(_ROW)} INTEGER", *(f"{identifier(name)} BOOLEAN" for name in names)])
    places = ", ".join("?" * (len(names) + 1))
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f'CREATE TABLE "features" ({declared})')
        rows = ([number, *row] for number, row in enumerate(presence.astype(int).tolist()))
        connection.executemany(f'INSERT INTO "features" VALUES ({places})', rows)
        found = connection.execute(content.decode("utf-8"))
        return _said([one[0] for one in found.description], found.fetchall())
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise InputError("not-exported", f"SQLite cannot run it: {error}.") from error
    finally:
        connection.close()


def run_duckdb(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What the query says of rows in DuckDB; as :func:`run_sqlite`.

    Parameters
    ----------
    content : bytes
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)
    """
    import duckdb

    names = [column.name for column in member.logic.columns]
    bits = ("".join("1" if one else "0" for one in row) for row in presence.tolist())
    values = ", ".join(f"({number}, '{row}')" for number, row in enumerate(bits))
    # One string of digits a row: a statement for each row would take minutes.
    cells = [f"substr(bits, {place}, 1) = '1' AS {identifier(name)}" for place, name in enumerate(names, 1)]
    columns = ", ".join([f"number AS {identifier(_ROW)}", *cells])
    connection = duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": "false"})
    try:
        if len(presence):
            connection.execute(
                f'CREATE TABLE "features" AS SELECT {columns} FROM (VALUES {values}) AS raw(number, bits)'
            )
        else:
            declared = ", ".join([f"{identifier(_ROW)} INTEGER", *(f"{identifier(name)} BOOLEAN" for name in names)])
            connection.execute(f'CREATE TABLE "features" ({declared})')
        found = connection.execute(content.decode("utf-8"))
        return _said([one[0] for one in found.description or []], found.fetchall())
    except duckdb.Error as error:
        raise InputError("not-exported", f"DuckDB cannot run it: {error}.") from error
    finally:
        connection.close()


def _said(names: list[str], rows: Sequence[Sequence[Any]]) -> Said:
    if _ROW not in names or CLASS not in names:
        raise InputError("not-exported", f"The query does not give the column {CLASS}.")
    place = {name: number for number, name in enumerate(names)}
    ordered = sorted(rows, key=lambda row: row[place[_ROW]])
    labels = tuple(row[place[CLASS]] for row in ordered)
    return Said(labels, tuple(row[place[RULE]] for row in ordered) if RULE in place else None)
