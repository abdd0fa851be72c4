"""Records of reports, read back from files and checked before anything in them is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError

__all__ = ["check_record", "read_record"]

#: The most bytes of a record that are read.
_MOST_BYTES = 200_000_000

#: What records that can be compared say they are.
_KNOWN = ((None, "1.0"), ("surrogate-corpus-report", "1.0"), ("surrogate-report", "2.0"))


def read_record(where: str | Path) -> tuple[dict[str, Any], str]:
    """A record of either kind, and the name of its file.

    Parameters
    ----------
    where : str or Path
        ``report.json``, or the folder with it.

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-record`` when it is no record of a report, is of another version, or was
        changed after it was written: by the digest in ``run.json`` or ``manifest.json``, where one lies beside it.

    Examples
    --------
    >>> read_record("nowhere/report.json")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere/report.json cannot be read: No such file or directory. [bad-file]
    """
    path = Path(where)
    path = path / "report.json" if path.is_dir() else path
    record = _read(path)
    check_record(record, path.name)
    _check_unchanged(record, path)
    return record, path.name


def check_record(record: Any, name: str) -> None:
    """Refuse what is no record of a known version.

    Raises
    ------
    InputError
        ``bad-record``.

    Examples
    --------
    >>> check_record({"schema": "surrogate-report", "schema_version": "9.0"}, "report.json")
    Traceback (most recent call last):
    surrogate.errors.InputError: report.json is a record of version '9.0'; versions 1.0 and 2.0 can be compared. ... [bad-record]
    """
    known = isinstance(record, dict) and ("schema" in record or "surrogates" in record)
    if not known or record.get("schema") not in {schema for schema, _ in _KNOWN}:
        raise InputError(
            "bad-record",
            f"{name} is no record of a report. Name the report.json that surrogate explain or surrogate audit wrote.",
        )
    version = record.get("schema_version")
    if (record.get("schema"), version) not in _KNOWN:
        raise InputError(
            "bad-record",
            f"{name} is a record of version {version!r}; versions 1.0 and 2.0 can be compared. Make the report again, or use the "
            "version of the package that wrote it.",
        )


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError("bad-record", f"{path.name} is larger than any record of a report.")
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{path.name} is no JSON: {error}. Name the report.json of a report.") from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _check_unchanged(record: dict[str, Any], path: Path) -> None:
    """Compare with the digests that were written beside the record, if any."""
    if path.name != "report.json":
        return
    try:
        own = digest(canonical_bytes(record))
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{path.name} holds a value that no record holds: {error}.") from error
    for beside in ("run.json", "manifest.json"):
        lies_there = (path.parent / beside).is_file()
        written = _written_digest(_read(path.parent / beside)) if lies_there else None
        if written is not None and written != own:
            raise InputError(
                "bad-record",
                f"{path.name} was changed after it was written: its SHA-256 is not the one in {beside} beside it. Use the report "
                "as it was written, or make it again.",
            )


def _written_digest(facts: Any) -> Any:
    """SHA-256 of report.json in run.json, or in manifest.json; None: it is not told."""
    if not isinstance(facts, dict):
        return None
    if isinstance(facts.get("sha256"), dict):
        return facts["sha256"].get("report.json")
    subjects = facts.get("subject")
    named = [one for one in subjects if isinstance(one, dict)] if isinstance(subjects, list) else []
    found = next((one.get("digest") for one in named if one.get("name") == "report.json"), None)
    return found.get("sha256") if isinstance(found, dict) else None
