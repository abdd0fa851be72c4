"""Erase what a report holds about a person, and say that it was erased."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.placing import place_files
from surrogate.signing.erasable import erasable_files
from surrogate.signing.folder import read_regular
from surrogate.signing.manifest import Manifest, read_manifest
from surrogate.signing.names import ERASURE, EVIDENCE, MANIFEST, RECORD
from surrogate.signing.signature import checked_day

if TYPE_CHECKING:
    from surrogate.ledger import Ledger

__all__ = ["WHAT", "Erased", "erase_report", "read_erasure"]

#: What can be erased.
WHAT = ("evidence", "all")


@dataclass(frozen=True)
class Erased:
    """What was erased.

    Parameters
    ----------
    files : tuple of str
    path : Path
        Of ``erasure.json``.
    """

    files: tuple[str, ...]
    path: Path


def erase_report(
    folder: str | Path, what: str = "evidence", *, date: str, reason: str, ledger: Ledger | None = None
) -> Erased:
    """Remove the evidence of a report, or all of it, and leave ``erasure.json`` in its place.

    Removing a file takes it out of the folder; its blocks stay on the disk until they are used again.  Writing over them
    first would be theatre: journalling and copy-on-write file systems and flash memory write elsewhere.  Where that matters,
    the disk must be encrypted and its key be destroyed.  Backups, copies and the answer store are not touched either.

    With the evidence gone the record stays, and that of one text quotes it: only ``all`` removes a person's words.  Then
    manifest and signatures go too, since whoever has the model can guess a short text from plain digests of its record.

    Parameters
    ----------
    folder : str or Path
    what : {"evidence", "all"}
    date : str
        YYYY-MM-DD.
    reason : str
        Why; it stays, so it should name nobody.
    ledger : Ledger, optional
        Where the erasure is entered; the digests that stay are keyed with its key then.

    Raises
    ------
    InputError
        ``bad-parameter``; ``bad-file``, where there is nothing to erase or no report; ``changed-report``, where the folder
        holds other files too, which would be left or lost; ``broken-ledger``; ``cannot-write``.
    """
    if what not in WHAT:
        raise InputError("bad-parameter", f"{what!a} cannot be erased; what can is: {', '.join(WHAT)}.")
    if not reason.strip():
        raise InputError("bad-parameter", "An erasure needs a reason, such as 'request under GDPR Article 17'.")
    top, checked = Path(folder), checked_day(date, "date")
    if ledger is not None:
        ledger.require_whole()
    manifest = _manifest(top, what)
    files = [EVIDENCE] if what == "evidence" else erasable_files(top, manifest)
    if not files or (what == "evidence" and not (top / EVIDENCE).is_file()):
        raise InputError(
            "bad-file", f"{str(folder)!r} holds nothing that could be erased. Name the folder of a report."
        )
    told = _told(top, files, what, checked, reason, ledger)
    entry = _entry(top, manifest)
    _erase(top, files, told, manifest if what == "evidence" else None)
    if ledger is not None:
        ledger.append("erased", **entry, date=checked, note=f"{what}: {reason}")
    return Erased(tuple(files), top / ERASURE)


def read_erasure(folder: str | Path) -> dict[str, Any] | None:
    """What ``erasure.json`` says; None, where nothing was erased.

    Raises
    ------
    InputError
        ``bad-file``.

    Examples
    --------
    >>> read_erasure("not-there") is None
    True
    """
    path = Path(folder) / ERASURE
    if not path.is_file():
        return None
    content = read_regular(path)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError("bad-file", f"{ERASURE} cannot be read: it is not JSON.") from error
    if not isinstance(told, dict) or told.get("schema") != "surrogate-erasure":
        raise InputError("bad-file", f"{ERASURE} does not say what was erased; something else wrote it.")
    return told


def _manifest(top: Path, what: str) -> Manifest | None:
    """The manifest; a report without one can only be erased as a whole."""
    if what == "all" and not (top / MANIFEST).exists():
        return None
    try:
        return read_manifest(top)
    except InputError:
        if what == "all":  # A broken manifest must not keep a person's words alive.
            return None
        raise


def _entry(top: Path, manifest: Manifest | None) -> dict[str, Any]:
    """What a ledger says about the report, taken before it is gone."""
    if manifest is not None:
        return {"record": manifest.record_sha256, "manifest": manifest.sha256, "kind": manifest.kind}
    record = top / RECORD
    return {"record": digest(read_regular(record)) if record.is_file() else None}


def _told(top: Path, files: list[str], what: str, date: str, reason: str, ledger: Ledger | None) -> bytes:
    before = read_erasure(top) or {}
    rows = {row["name"]: row for row in before.get("files", []) if isinstance(row, dict) and "name" in row}
    for name in files:
        rows[name] = {"name": name, **_kept_digest(digest(_content(top / name)), what, ledger)}
    if what == "all":
        rows.pop(ERASURE, None)
        rows = {name: {key: row[key] for key in ("name", "hmac") if key in row} for name, row in rows.items()}
    told = {
        "schema": "surrogate-erasure",
        "schema_version": "1.0",
        "what": what,
        "date": date,
        "reason": reason,
        "files": [rows[name] for name in sorted(rows)],
    }
    try:
        return canonical_bytes(told)
    except ValueError as error:
        raise InputError("bad-parameter", f"The reason cannot be written as Unicode ({error}).") from error


def _content(path: Path) -> bytes:
    return b"" if path.is_symlink() else read_regular(path)  # A link is removed; what it points to is not the report's.


def _kept_digest(plain: str, what: str, ledger: Ledger | None) -> dict[str, str]:
    """Keyed, where there is a key.  Earlier signatures list the plain digest of erased evidence, so that it adds nothing."""
    if ledger is not None:
        return {"hmac": ledger.keyed(plain)}
    return {"sha256": plain} if what == "evidence" else {}


def _erase(top: Path, files: list[str], told: bytes, manifest: Manifest | None) -> None:
    new = {ERASURE: told}
    if manifest is not None:
        # Only what was erased changes in the list: another file that was changed before is found as it was.
        listed: Mapping[str, str] = {name: known for name, known in manifest.files.items() if name not in files}
        new[MANIFEST] = replace(manifest, files={**listed, ERASURE: digest(told)}).to_bytes()
    try:
        place_files(top, new, [name for name in files if name not in new])
    except OSError as error:
        raise InputError("cannot-write", f"{str(top)!r} cannot be changed: {error.strerror or error}.") from error
    for parent in sorted({parent for name in files for parent in Path(name).parents[:-1]}, reverse=True):
        with contextlib.suppress(OSError):  # Not empty: something else lies in it.
            (top / parent).rmdir()
