"""Records read back from files, and checked before anything in them is used."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.report.record import kind_of
from surrogate.report.record.migrate import migrate

__all__ = ["ReadRecord", "read_json", "read_record", "record_digest"]

#: The most bytes of a record that are read.
_MOST_BYTES = 200_000_000

_WRONG_KIND = {
    "global": "is no record of an audit{other}. Rules of a corpus are in the report.json that surrogate audit writes.",
    "local": "is no record of an explanation{other}. surrogate explain writes one.",
}
_OTHER = {"local": ": it explains a single text", "global": ": it explains a corpus"}


@dataclass(frozen=True, eq=False)
class ReadRecord:
    """A record that was read back.

    Parameters
    ----------
    record : dict
        Of the current version.
    name : str
        Name of its file.
    sha256 : str
        Of the record as it was written, before it was brought to the current version.
    version : str
        Of the record as it was written.

    Examples
    --------
    >>> ReadRecord({}, "report.json", "00", "1.0").version
    '1.0'
    """

    record: dict[str, Any]
    name: str
    sha256: str
    version: str


def read_record(where: str | Path, kind: str | None = None) -> ReadRecord:
    """A record of any kind and any known version, read from its file.

    Parameters
    ----------
    where : str or Path
        ``report.json``, or the folder with it.
    kind : {"local", "global"}, optional
        Which kind is needed; None: any.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-record`` when it is too large, no JSON, no record of this kind, of
        another version, or was changed after it was written: by the digests in ``run.json`` and ``manifest.json``, where they
        lie beside it.

    Examples
    --------
    >>> read_record("nowhere/report.json")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere/report.json cannot be read: No such file or directory. [bad-file]
    """
    path = Path(where)
    path = path / "report.json" if path.is_dir() else path
    record = read_json(path)
    _check_kind(record, path.name, kind)
    sha256 = record_digest(record, path.name)
    _check_unchanged(sha256, path)
    return ReadRecord(migrate(record), path.name, sha256, record["schema_version"])


def read_json(path: Path) -> Any:
    """A JSON file of this package: of no more than 200 MB, without NaN.

    Raises
    ------
    InputError
        ``bad-file`` or ``bad-record``.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError(
            "bad-record", f"{path.name} is larger than any record: it has more than {_MOST_BYTES:,} bytes."
        )
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{path.name} is no JSON: {error}. Name the report.json of a report.") from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _check_kind(record: Any, name: str, kind: str | None) -> None:
    known = isinstance(record, dict) and ("schema" in record or "surrogates" in record)
    found = kind_of(record) if known else None
    if kind is None and not known:
        raise InputError(
            "bad-record", f"{name} is no record. Name the report.json that surrogate explain or audit wrote."
        )
    if known and "redaction" in record:
        raise InputError("bad-record", f"{name} is a view of a record, which hides parts of it. Use the whole record.")
    if kind is not None and found != kind:
        raise InputError("bad-record", f"{name} {_WRONG_KIND[kind].format(other=_OTHER.get(found or '', ''))}")


def _check_unchanged(sha256: str, path: Path) -> None:
    """Compare with the digests that were written beside the record, if any."""
    if path.name != "report.json":
        return
    for beside in ("run.json", "manifest.json"):
        if not (path.parent / beside).is_file():
            continue
        written = _written_digest(read_json(path.parent / beside))
        if written is not None and written != sha256:
            raise InputError(
                "bad-record",
                f"{path.name} was changed after it was written: its SHA-256 is not the one in {beside} beside it. Use the report "
                "as it was written, or make it again.",
            )


def _written_digest(facts: Any) -> Any:
    """SHA-256 of report.json in run.json ("sha256") or in manifest.json (a subject of an in-toto statement)."""
    if not isinstance(facts, dict):
        return None
    digests, subjects = facts.get("sha256"), facts.get("subject")
    if isinstance(digests, dict):
        return digests.get("report.json")
    named = [one for one in subjects if isinstance(one, dict)] if isinstance(subjects, list) else []
    found = next((one.get("digest") for one in named if one.get("name") == "report.json"), None)
    return found.get("sha256") if isinstance(found, dict) else None


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
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{name} holds a value that no record holds: {error}.") from error
