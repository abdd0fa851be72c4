"""Which files of a folder belong to a report, and how the manifest comes to list them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.errors import InputError
from surrogate.signing.folder import is_signed
from surrogate.signing.manifest import Manifest, manifest_of, read_manifest
from surrogate.signing.names import ERASURE, EVIDENCE, MANIFEST, RECORD, check_name, is_own

__all__ = ["added", "listed"]

#: What a report leaves behind when another one takes its place; other files that a manifest may list are somebody's own.
_MADE_HERE = re.compile(r"report\.[\w.-]+|evidence\.json\.gz|issuance\.json|exports/[\w.-]+|texts/index\.(html|json)")


def listed(
    folder: Path,
    files: Mapping[str, bytes],
    stale: list[str],
    record: dict[str, Any],
    previous: str | None,
    *,
    is_same: bool,
) -> tuple[dict[str, bytes], list[str]]:
    """The files of a report with its manifest as the last of them, and names of files to remove.

    Parameters
    ----------
    folder : Path
    files : mapping of str to bytes
        The record among them.
    stale : list of str
        Names of files that will be removed anyway.
    record : dict
    previous : str, optional
    is_same : bool
        Whether the folder holds this very record already: then what its manifest lists stays listed, as it was.

    Raises
    ------
    InputError
        ``signed-report`` or ``erased-report``; ``bad-manifest`` for a name that no file can have.

    Examples
    --------
    >>> files, gone = listed(Path("not-there"), {"report.json": b"{}"}, [], {}, None, is_same=False)
    >>> list(files), gone
    (['report.json', 'manifest.json'], [])
    """
    _refuse_settled(folder)
    before = _before(folder, is_same)
    digests = {name: digest(content) for name, content in files.items()}
    there = {name: known for name, known in before.items() if name not in files and (folder / name).is_file()}
    if is_same:
        digests = {**there, **digests}
        previous = previous or _previous(folder)
    else:
        stale = sorted({*stale, *(name for name in there if _MADE_HERE.fullmatch(name))})
    return {**files, MANIFEST: manifest_of(digests, record, previous).to_bytes()}, stale


def added(folder: Path, files: Mapping[str, bytes], overwrite: bool, gone: Collection[str] = ()) -> dict[str, bytes]:
    """Files that are added to a report, with its manifest as the last of them, in which those that will go are not listed.

    Raises
    ------
    InputError
        ``no-manifest``, ``bad-manifest``, ``output-exists``, ``signed-report`` or ``erased-report``.

    Examples
    --------
    >>> added(Path("not-there"), {"report.txt": b""}, False)
    Traceback (most recent call last):
    surrogate.errors.InputError: 'not-there' has no manifest.json, ... [no-manifest]
    """
    manifest = read_manifest(folder)
    digests = {name: digest(content) for name, content in files.items()}
    for name in (*files, *gone):
        if is_own(check_name(name)) or name in {RECORD, ERASURE}:
            raise InputError("bad-manifest", f"{name!r} is no rendering or export, and is neither added nor removed.")
    for name, content in files.items():
        _refuse_other(folder, name, content, overwrite)
    if EVIDENCE in files and (folder / ERASURE).exists():
        raise _erased(folder)
    other = any(manifest.files.get(name, known) != known for name, known in digests.items())
    if (other or set(gone) & set(manifest.files)) and is_signed(folder):
        raise _signed(folder)
    kept = {name: known for name, known in manifest.files.items() if name not in gone}
    return {**files, MANIFEST: replace(manifest, files={**kept, **digests}).to_bytes()}


def _before(folder: Path, is_same: bool) -> Mapping[str, str]:
    """What the manifest of the folder lists; one that is to be replaced with its report need not be in order."""
    if not (folder / MANIFEST).exists():
        return {}
    try:
        return read_manifest(folder).files
    except InputError:
        if is_same:
            raise
        return {}


def _previous(folder: Path) -> str | None:
    return (
        Manifest.from_bytes((folder / MANIFEST).read_bytes()).facts["previous"]
        if (folder / MANIFEST).exists()
        else None
    )


def _refuse_other(folder: Path, name: str, content: bytes, overwrite: bool) -> None:
    path = folder / name
    if not overwrite and path.exists() and (not path.is_file() or path.read_bytes() != content):
        raise InputError(
            "output-exists",
            f"{str(folder)!r} already holds another {name}. Say that it may be replaced: --overwrite on the command line, "
            "overwrite=True in Python.",
        )


def _refuse_settled(folder: Path) -> None:
    """A report that was signed stays as it is, and what was erased is not written again."""
    if is_signed(folder):
        raise _signed(folder)
    if (folder / ERASURE).exists():
        raise _erased(folder)


def _erased(folder: Path) -> InputError:
    return InputError(
        "erased-report", f"Something of the report in {str(folder)!r} was erased ({ERASURE}). Name another folder."
    )


def _signed(folder: Path) -> InputError:
    return InputError(
        "signed-report",
        f"The report in {str(folder)!r} is signed, and would be another one than was signed. Name another folder; new "
        "renderings can be added to a signed report.",
    )
