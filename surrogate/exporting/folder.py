"""Folder: the exports of a report folder, written into its folder "exports": all of them, or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.exporting.export import FORMATS, export_record
from surrogate.exporting.held_out import read_held_out
from surrogate.placing import place_files
from surrogate.report.record.reading import read_record
from surrogate.report.write import add_files
from surrogate.signing.names import MANIFEST

__all__ = ["FOLDER", "export_folder"]

#: The folder of the exports inside that of the report.
FOLDER = "exports"

#: Files that are there whatever was asked for.
_ALWAYS = ("exports.json", "features.json", "vectors.csv")


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
        ``bad-file``, ``bad-record``, ``unknown-format``, ``bad-parameter``, ``output-exists``, ``signed-report`` or
        ``cannot-write``; then nothing is changed.

    Examples
    --------
    >>> export_folder("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere/report.json cannot be read: No such file or directory. [bad-file]
    """
    source = Path(folder)
    found = read_record(source / "report.json")
    files = export_record(found.record, formats, read_held_out(source), members, sha256=found.sha256)
    _check_replaceable(source / FOLDER, files, overwrite)
    gone = [f"{FOLDER}/{name}" for name in sorted(_ours(source / FOLDER) - set(files))]
    _write(source, {f"{FOLDER}/{name}": content for name, content in files.items()}, gone, overwrite)
    listing: dict[str, Any] = json.loads(files["exports.json"])
    return listing


def _write(folder: Path, files: dict[str, bytes], gone: list[str], overwrite: bool) -> None:
    if (folder / MANIFEST).is_file():
        add_files(folder, files, overwrite=overwrite, remove=gone)
        return
    try:
        # Reports of version 1.0 have no manifest.
        place_files(folder, files, gone)
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"The exports cannot be written to {str(folder)!r}: {error.strerror or error}. Make the folder of the report one "
            "that you may write to, on a disk with space left.",
        ) from error


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
