"""Records of audits: read back from a file and checked before anything in them is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.corpus_explanation import SCHEMA_VERSION
from surrogate.errors import InputError

__all__ = ["read_audit_record", "record_digest"]

_SCHEMA = "surrogate-corpus-report"

#: The most bytes of a record that are read.
_MOST_BYTES = 200_000_000


def read_audit_record(where: str | Path) -> tuple[dict[str, Any], str]:
    """The record of an audit, and the name of its file.

    Parameters
    ----------
    where : str or Path
        ``report.json``, or the folder with it.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-record`` when it is no record of an audit, is of another version, or
        was changed after it was written: where ``run.json`` lies beside it, by the digest in there.

    Examples
    --------
    >>> read_audit_record("nowhere/report.json")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere/report.json cannot be read: No such file or directory. [bad-file]
    """
    path = Path(where)
    path = path / "report.json" if path.is_dir() else path
    record = _read(path)
    _check_head(record, path.name)
    _check_unchanged(record, path)
    return record, path.name


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError("bad-record", f"{path.name} is larger than any record of an audit.")
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{path.name} is no JSON: {error}. Name the report.json of an audit.") from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _check_head(record: Any, name: str) -> None:
    schema = record.get("schema") if isinstance(record, dict) else None
    if schema != _SCHEMA:
        local = isinstance(record, dict) and "surrogates" in record
        raise InputError(
            "bad-record",
            f"{name} is no record of an audit{': it explains a single text' if local else ''}. Rules of a corpus are in the "
            "report.json that surrogate audit writes.",
        )
    version = record.get("schema_version")
    if version != SCHEMA_VERSION:
        raise InputError(
            "bad-record",
            f"A record of version {SCHEMA_VERSION} is needed; {name} says {version!r}. Audit the corpus again.",
        )


def _check_unchanged(record: dict[str, Any], path: Path) -> None:
    """Compare with the digest that was written beside the record, if any."""
    beside = path.parent / "run.json"
    if path.name != "report.json" or not beside.is_file():
        return
    facts = _read(beside)
    digests = facts.get("sha256") if isinstance(facts, dict) else None
    written = digests.get("report.json") if isinstance(digests, dict) else None
    if written is not None and written != record_digest(record, path.name):
        raise InputError(
            "bad-record",
            f"{path.name} was changed after it was written: its SHA-256 is not the one in run.json beside it. Use the report as "
            "it was written, or audit the corpus again.",
        )


def record_digest(record: dict[str, Any], name: str) -> str:
    """SHA-256 of the canonical bytes of a record.

    Parameters
    ----------
    record : dict
    name : str
        What an error calls it.

    Raises
    ------
    InputError
        ``bad-record`` for a value that no record holds.

    Examples
    --------
    >>> record_digest({}, "report.json")[:8]
    '44136fa3'
    """
    try:
        return digest(canonical_bytes(record))
    except ValueError as error:
        raise InputError("bad-record", f"{name} holds a value that no record holds: {error}.") from error
