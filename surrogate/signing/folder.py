"""The files of a report folder, as they lie on the disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from surrogate.errors import InputError
from surrogate.signing.names import MANIFEST, SIGNATURES, check_name

__all__ = ["folder_digests", "folder_files", "is_signed", "read_regular"]


def folder_files(folder: str | Path) -> dict[str, Path]:
    """Files of a report by name, sorted; the manifest and the signatures are left out.

    Hidden files are none of the report's, and a sub-folder with a manifest of its own is another report.

    Raises
    ------
    InputError
        ``bad-file`` where there is no such folder; ``bad-manifest`` where something in it is a link or has a name that no
        file of a report may have.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     _ = (Path(there) / "report.json").write_text("{}")
    ...     list(folder_files(there))
    ['report.json']
    """
    top = Path(folder)
    if not top.is_dir():
        raise InputError("bad-file", f"There is no folder {str(top)!r}. Name the folder of a report.")
    try:
        return dict(sorted(_walk(top, "")))
    except OSError as error:
        raise InputError("bad-file", f"The folder {str(top)!r} cannot be read: {error.strerror or error}.") from error


def folder_digests(folder: str | Path, but: Container[str] = ()) -> dict[str, str]:
    """SHA-256 of every file of a report by name, but for some; see :func:`folder_files`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     _ = (Path(there) / "report.json").write_bytes(b"")
    ...     folder_digests(there)["report.json"][:8]
    'e3b0c442'
    """
    return {name: _digest(path) for name, path in folder_files(folder).items() if name not in but}


def is_signed(folder: str | Path) -> bool:
    """Whether there is a signature, or anything else where signatures lie.

    Examples
    --------
    >>> is_signed("not-there")
    False
    """
    place = Path(folder) / SIGNATURES
    return place.is_dir() and any(place.iterdir())


def read_regular(path: Path) -> bytes:
    """The content of a file that is no link.

    Raises
    ------
    InputError
        ``bad-file``.

    Examples
    --------
    >>> read_regular(Path("not-there"))
    Traceback (most recent call last):
    surrogate.errors.InputError: not-there cannot be read: No such file or directory. ... [bad-file]
    """
    with _opened(path) as stream:
        return stream.read()


def _digest(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    with _opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    try:
        # Where the system has it: a link put in the file's place since we looked is not followed.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            yield stream
    except OSError as error:
        raise InputError(
            "bad-file", f"{path.name} cannot be read: {error.strerror or error}. Check that it is a file of yours."
        ) from error


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        found = [entry for entry in entries if not entry.name.startswith(".")]
    for entry in found:
        name = check_name(prefix + entry.name)
        if name in {MANIFEST, SIGNATURES}:
            continue
        if entry.is_file(follow_symlinks=False):
            yield name, Path(entry.path)
        elif entry.is_dir(follow_symlinks=False):
            if not os.path.lexists(os.path.join(entry.path, MANIFEST)):
                yield from _walk(Path(entry.path), f"{name}/")
        else:
            raise InputError(
                "bad-manifest",
                f"{name!r} is a link or no ordinary file. A report holds files only; put the file itself in its place.",
            )
