"""Conformance: an export is run on every vector and every held-out row, and must say what the surrogate itself says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.data_files import table_from_json
from surrogate.exporting.engines import Engine, engines_for
from surrogate.exporting.logic import Said
from surrogate.exporting.members import Member, said_by_model
from surrogate.exporting.run_dmn import check_dmn_schema

__all__ = ["Check", "Conformance", "check_export"]


@dataclass(frozen=True)
class Check:
    """What one engine said of the rows.

    Parameters
    ----------
    engine, version : str
    independent : bool
        Whether others wrote the engine.
    vectors, rows : int
        Vectors and held-out rows it was asked about.
    distinct : int
        Different ones among all of them; each is run once.
    disagreements : int or None
        Vectors and rows of which it says otherwise than the surrogate; None: it could not run the export.
    reason : str, optional
        Why it could not, or the first row where it differs.

    Examples
    --------
    >>> Check("SQLite", "3.45.1", True, 10, 5000, 310, 0).agrees
    True
    """

    engine: str
    version: str
    independent: bool
    vectors: int
    rows: int
    distinct: int
    disagreements: int | None
    reason: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether it says of every row what the surrogate says."""
        return self.disagreements == 0


@dataclass(frozen=True)
class Conformance:
    """Whether an export does what the surrogate does.

    Parameters
    ----------
    checks : tuple of Check
    schema : dict or None
        Whether it is valid against its schema, where one is installed.
    reason : str or None
        Why it is not offered; None: it agrees everywhere.

    Examples
    --------
    >>> Conformance((), None, None).agrees
    True
    """

    checks: tuple[Check, ...]
    schema: dict[str, Any] | None
    reason: str | None

    @property
    def agrees(self) -> bool:
        """Whether nothing speaks against it."""
        return self.reason is None


def check_export(
    name: str, content: bytes, member: Member, vectors: NDArray[np.bool_], rows: NDArray[np.bool_] | None = None
) -> Conformance:
    """Run an export and compare it with the surrogate row for row.

    It runs what it is given: a program of Python as a process of its own, with your rights.  Give it only what was written here.

    Parameters
    ----------
    name : {"dmn", "pmml", "sql", "python", "json", "csv"}
    content : bytes
        The file.
    member : Member
        The surrogate.
    vectors : ndarray of bool, shape (n_vectors, n_columns)
    rows : ndarray of bool, shape (n_rows, n_columns), optional
        Features of held-out documents.

    Returns
    -------
    Conformance

    Examples
    --------
    >>> check_export("csv", b"", None, np.zeros((1, 0), bool)).checks
    ()
    """
    if name == "csv":
        return Conformance((), None, None)
    held_out = np.zeros((0, vectors.shape[1]), dtype=bool) if rows is None else rows
    schema = _schema(name, content)
    if schema is not None and schema["valid"] is False:
        return Conformance((), schema, f"It is not valid against its schema: {schema['error']}")
    checks = tuple(_check(engine, content, member, vectors, held_out) for engine in _engines(name, member))
    against = next((check for check in checks if not check.agrees), None)
    return Conformance(checks, schema, None if against is None else f"{against.engine}: {against.reason}")


def _schema(name: str, content: bytes) -> dict[str, Any] | None:
    if name == "dmn":
        return check_dmn_schema(content)
    if name == "pmml":
        return {"valid": None, "source": None, "error": "No installed package brings the XSD of PMML 4.4."}
    return None


def _engines(name: str, member: Member) -> tuple[Engine, ...]:
    if name == "json":
        return (Engine("own reader", "1.0", False, _read_json),)
    return tuple(engines_for(name, member))


def _read_json(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What rules.json says of rows, read back."""
    try:
        return table_from_json(content, member).say(presence)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError("not-exported", f"rules.json cannot be read: {type(error).__name__} at {error}.") from error


def _check(
    engine: Engine, content: bytes, member: Member, vectors: NDArray[np.bool_], rows: NDArray[np.bool_]
) -> Check:
    asked = np.concatenate([vectors, rows])
    # The answer depends on nothing but the columns: rows that are alike are run once and counted each.
    distinct, place = np.unique(asked, axis=0, return_inverse=True) if asked.shape[1] else (asked[:1], None)
    facts = (engine.name, engine.version, engine.independent, len(vectors), len(rows), len(distinct))
    try:
        said = engine.run(content, member, distinct)
    except InputError as error:
        return Check(*facts, None, error.message)
    expected = said_by_model(member, distinct)
    wrong = expected.differs(said)
    if not wrong:
        return Check(*facts, 0)
    every = np.zeros(len(asked), dtype=np.intp) if place is None else place.ravel()
    count = int(np.isin(every, wrong).sum())
    return Check(*facts, count, _difference(expected, said, wrong[0], count))


def _difference(expected: Said, said: Said, row: int, count: int) -> str:
    if len(said.labels) != len(expected.labels):
        return f"It answers {len(said.labels):,} rows where {len(expected.labels):,} were asked."
    return (
        f"It says otherwise than the surrogate of {count:,} rows, such as {said.labels[row]!r} where the surrogate says "
        f"{expected.labels[row]!r}."
    )
