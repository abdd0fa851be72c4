"""Folder: the exports of a report folder, written into its folder "exports": all of them, or nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.errors import InputError
from surrogate.exporting.export import FORMATS, export_record
from surrogate.exporting.held_out import read_held_out

__all__ = ["FOLDER", "export_folder"]

#: The folder of the exports inside that of the report.
FOLDER = "exports"

#: Files that are there whatever was asked for.
_ALWAYS = ("exports.json", "features.json", "vectors.csv")

#: The most bytes of a record that are read.
_MOST_BYTES = 200_000_000


def export_folder(
    folder: str | Path,
    formats: Sequence[str] = tuple(FORMATS),
    members: Sequence[str] | None = None,
    *,
    overwrite: bool = False,
) -> dict[str, Any]:
    """Export the surrogates of a report folder into its folder ``exports``.

    The exports are compared with the surrogates on the vectors and, where ``evidence.json.gz`` lies beside the record, on every
    held-out document.  Only the owner may read the files.

    Parameters
    ----------
    folder : str or Path
        With ``report.json``.
    formats : sequence of str
        Out of :data:`~surrogate.exporting.FORMATS`.
    members : sequence of str, optional
        Surrogates by name; None: all that the record shows.
    overwrite : bool, default False
        Replace other exports.

    Returns
    -------
    dict
        Content of ``exports.json``.

    Raises
    ------
    InputError
        ``bad-file``, ``bad-record``, ``unknown-format``, ``bad-parameter``, ``output-exists`` or ``cannot-write``; then nothing
        is changed.

    Examples
    --------
    >>> export_folder("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere/report.json cannot be read: No such file or directory. [bad-file]
    """
    source = Path(folder)
    files = export_record(_read_record(source), formats, read_held_out(source), members)
    target = source / FOLDER
    before = _ours(target)
    try:
        _check_replaceable(target, files, overwrite)
        _write(source, target, files)
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"The exports cannot be written to {str(target)!r}: {error.strerror or error}. Make the folder of the report one "
            "that you may write to, on a disk with space left.",
        ) from error
    from surrogate.signing import refresh_manifest

    refresh_manifest(source, [f"{FOLDER}/{name}" for name in sorted(before)])
    listing: dict[str, Any] = json.loads(files["exports.json"])
    return listing


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / "report.json"
    content = _content(path)
    try:
        record = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{path} is no JSON: {error}. Name the folder of a report.") from error
    if not isinstance(record, dict) or not ("members" in record or "surrogates" in record):
        raise InputError("bad-record", f"{path} is no record of a report. Name the folder of a report.")
    _check_unchanged(folder, content)
    return record


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number in JSON")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError("bad-record", f"{path} is larger than any record.")
    return content


def _check_unchanged(folder: Path, content: bytes) -> None:
    """Compare with the digest that was written beside the record, if any."""
    beside = folder / "run.json"
    if not beside.is_file():
        return
    try:
        facts = json.loads(_content(beside))
    except (ValueError, RecursionError) as error:
        raise InputError("bad-record", f"{beside} is no JSON: {error}. Use the report as it was written.") from error
    digests = facts.get("sha256") if isinstance(facts, dict) else None
    written = digests.get("report.json") if isinstance(digests, dict) else None
    if written is not None and written != digest(content):
        raise InputError(
            "bad-record",
            f"{folder / 'report.json'} was changed after it was written: its SHA-256 is not the one in run.json beside it. Use "
            "the report as it was written.",
        )


def _check_replaceable(target: Path, files: dict[str, bytes], overwrite: bool) -> None:
    """Whether what is there may go: the same exports always, others when it was said, what is no export never."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InputError("output-exists", f"{str(target)!r} is no folder. Move it away, then export again.")
    there = {path.name: path for path in target.iterdir()} if target.is_dir() else {}
    foreign = sorted(set(there) - _ours(target) - set(files))
    if foreign:
        raise InputError(
            "output-exists",
            f"{str(target)!r} holds {foreign[0]!r}, which is no export. Move it away: the exports of a report are replaced "
            "as a whole.",
        )
    same = set(there) == set(files) and all(there[name].read_bytes() == content for name, content in files.items())
    if there and not same and not overwrite:
        raise InputError(
            "output-exists",
            f"{str(target)!r} already holds other exports. Say that they may be replaced: --overwrite on the command line, "
            "overwrite=True in Python.",
        )


def _ours(target: Path) -> set[str]:
    """The files that an earlier export says it wrote."""
    try:
        listing = json.loads((target / "exports.json").read_bytes())
        return {*_ALWAYS, *(one["file"] for one in listing["exports"] if one["file"])}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _write(folder: Path, target: Path, files: dict[str, bytes]) -> None:
    """Write a new folder beside the old one and change their names; when anything fails, the old one stands."""
    fresh = Path(tempfile.mkdtemp(prefix=".surrogate-", dir=folder))
    old = fresh / "old"
    try:
        made = fresh / "new"
        made.mkdir(mode=0o700)
        for name, content in files.items():
            with os.fdopen(os.open(made / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(content)
        if target.exists():
            target.rename(old)
        try:
            made.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
