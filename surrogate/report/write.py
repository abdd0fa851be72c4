"""Write a report: all of it, or nothing."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError

__all__ = ["FORMATS", "Reportable", "check_formats", "write_files", "write_report"]

#: Renderings by name, with the file each is written to.
FORMATS: dict[str, str] = {
    "html": "report.html",
    "text": "report.txt",
    "md": "report.md",
    "pdf": "report.pdf",
    "docx": "report.docx",
    "xlsx": "report.xlsx",
}

_RECORD, _RUN = "report.json", "run.json"


class Reportable(Protocol):
    """What can be written: a record, and facts of the run that are kept out of it."""

    @property
    def run(self) -> dict[str, Any]:
        """Facts that change from run to run."""

    def to_dict(self) -> dict[str, Any]:
        """The record."""


def write_report(
    explanation: Reportable,
    folder: str | Path,
    formats: Sequence[str] = ("html",),
    *,
    overwrite: bool = False,
) -> Path:
    """Write ``report.json``, ``run.json`` and the renderings asked for.

    Everything is rendered before anything is written.  The files hold a person's text: only their owner may read them.

    Parameters
    ----------
    explanation : Explanation or CorpusExplanation
    folder : str or Path
        Made if it is not there.
    formats : sequence of {"html", "text", "md", "pdf", "docx", "xlsx"}
    overwrite : bool, default False
        Replace another report; its other renderings are removed, since they would belong to no record.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        ``unknown-format``, ``output-exists`` or ``cannot-write``; then nothing is changed.
    """
    record = explanation.to_dict()
    files = {FORMATS[name]: _render(name, record) for name in check_formats(formats)}
    return write_files(folder, files, record, _RECORD, explanation.run, overwrite=overwrite)


def write_files(
    folder: str | Path,
    files: dict[str, bytes],
    record: dict[str, Any],
    name: str,
    run: dict[str, Any] | None = None,
    *,
    overwrite: bool = False,
) -> Path:
    """Write files with the record they belong to, and ``run.json`` with what changes from run to run: all, or nothing.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    files : dict of str to bytes
        Content by file name.
    record : dict
    name : str
        File of the record.
    run : dict, optional
    overwrite : bool, default False

    Raises
    ------
    InputError
        ``output-exists`` or ``cannot-write``; then nothing is changed.
    """
    content = canonical_bytes(record)
    files = {**files, _RUN: _run_facts(run or {}, {name: content, **files})}
    files[name] = content  # Last: while it is missing, the report is not complete.
    target = Path(folder)
    try:
        stale = _stale_files(target, name, files, overwrite)
        _write_all(target, files, stale)
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"The report cannot be written to {str(target)!r}: {error.strerror or error}. "
            "Name a folder that you may write to, on a disk with space left.",
        ) from error
    return target


def check_formats(formats: Sequence[str]) -> list[str]:
    """The formats, each once.

    Parameters
    ----------
    formats : sequence of str
        Names out of :data:`FORMATS`.

    Raises
    ------
    InputError
        ``unknown-format``.

    Examples
    --------
    >>> check_formats(["md", "html", "md"])
    ['md', 'html']
    """
    names = [formats] if isinstance(formats, str) else list(dict.fromkeys(formats))
    for name in names:
        if name not in FORMATS:
            near = difflib.get_close_matches(str(name), FORMATS, n=1, cutoff=0.4)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InputError(
                "unknown-format", f"There is no report format {name!r}. Formats: {', '.join(FORMATS)}.{hint}"
            )
    return names


def _render(name: str, record: dict[str, Any]) -> bytes:
    from surrogate.report.render import render

    return render(name, record)


def _run_facts(run: dict[str, Any], files: dict[str, bytes]) -> bytes:
    """What changes from run to run, kept out of the record."""
    facts = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "sha256": {name: digest(content) for name, content in files.items()},
        "run": canonical(run),
    }
    return (json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def _stale_files(folder: Path, record: str, files: dict[str, bytes], overwrite: bool) -> list[Path]:
    """Renderings of another record that will be replaced by this one."""
    path = folder / record
    if path.is_file() and path.read_bytes() == files[record]:
        return []
    there = [name for name in (record, *files) if (folder / name).is_file()]
    if there and not overwrite:
        raise InputError(
            "output-exists",
            f"{str(folder)!r} already holds {there[0]} of another report. Name another folder, or say that it may be "
            "replaced: --overwrite on the command line, overwrite=True in Python.",
        )
    return [folder / name for name in FORMATS.values() if name not in files and (folder / name).is_file()]


def _write_all(folder: Path, files: dict[str, bytes], stale: list[Path]) -> None:
    """Write every file under a temporary name, then put all in place; when anything fails, all is as it was."""
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    before = {folder / name: _content(folder / name) for name in files}
    waiting: dict[Path, Path] = {}
    try:
        for name, content in files.items():
            waiting[folder / name] = _write_aside(folder, content)
        for final, path in waiting.items():
            os.replace(path, final)
        for path in stale:
            path.unlink()
    except OSError:
        for path in waiting.values():
            path.unlink(missing_ok=True)
        _restore(before)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _write_aside(folder: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=".surrogate-", dir=folder)  # Mode 0600.
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _restore(before: dict[Path, bytes | None]) -> None:
    """Put back what was there; a folder in a file's place is left alone."""
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        elif path.read_bytes() != content:
            path.write_bytes(content)
