"""A report folder against its manifest: how they differ, and how files that were added come to be listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from surrogate.errors import InputError
from surrogate.placing import place_files
from surrogate.signing.folder import folder_digests
from surrogate.signing.manifest import Manifest, read_manifest
from surrogate.signing.names import MANIFEST, check_name, left_out, record_file
from surrogate.signing.statement import check_distinct

__all__ = ["changed", "compare", "refresh_manifest", "write_manifest"]


def refresh_manifest(folder: str | Path, replaced: Iterable[str] = ()) -> Path:
    """List files that were added to a report, after those already listed were found unchanged.

    Parameters
    ----------
    folder : str or Path
    replaced : iterable of str
        Listed files that were replaced or removed on purpose; the record cannot be.

    Returns
    -------
    Path
        Of the manifest.

    Raises
    ------
    InputError
        ``changed-report`` where a listed file has changed or is gone; then the manifest stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> from surrogate.signing.manifest import make_manifest
    >>> with tempfile.TemporaryDirectory() as there:
    ...     place_files(Path(there), {"report.json": b"{}", "manifest.json": make_manifest({"report.json": b"{}"}, {})})
    ...     place_files(Path(there), {"report.txt": b"fine"})
    ...     _ = refresh_manifest(there)
    ...     list(read_manifest(there).files)
    ['report.json', 'report.txt']
    """
    manifest = read_manifest(folder)
    there = folder_digests(folder, left_out(manifest.files))
    allowed = {check_name(name) for name in replaced} - {record_file(manifest.kind)}
    for name, known in manifest.files.items():
        if name not in allowed and there.get(name) != known:
            raise changed(name, name in there)
    check_distinct(there)
    write_manifest(folder, replace(manifest, files=there))
    return Path(folder) / MANIFEST


def write_manifest(folder: str | Path, manifest: Manifest) -> None:
    """Put a manifest in place.

    Raises
    ------
    InputError
        ``cannot-write``; then the one that was there still is.
    """
    try:
        place_files(Path(folder), {MANIFEST: manifest.to_bytes()})
    except OSError as error:
        raise InputError(
            "cannot-write", f"manifest.json cannot be written to {str(folder)!r}: {error.strerror or error}."
        ) from error


def compare(folder: str | Path, files: Mapping[str, str]) -> dict[str, list[str]]:
    """How a folder differs from a list of digests: names of files that are changed, missing and unlisted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     compare(there, {"report.json": "0" * 64})
    {'changed': [], 'missing': ['report.json'], 'unlisted': []}
    """
    there = folder_digests(folder, left_out(files))
    return {
        "changed": [name for name, known in files.items() if there.get(name, known) != known],
        "missing": [name for name in files if name not in there],
        "unlisted": [name for name in there if name not in files],
    }


def changed(name: str, there: bool) -> InputError:
    """The error for a file that is not as the manifest lists it."""
    what = "has changed since the manifest was written" if there else "is listed in the manifest and is gone"
    return InputError(
        "changed-report",
        f"{name!r} {what}. Put back the file as it was, or write the report again; a changed report is neither signed nor "
        "added to.",
    )
