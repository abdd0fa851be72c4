"""The folder of a report, read with care: plain files with plain names, and no more bytes than can be meant."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.strict_json import MOST_BYTES

__all__ = ["Listing", "is_safe_name", "list_files", "read_content"]

#: A part of a path that means the same everywhere: no separator of another system, no control character, no stream, nothing
#: that Windows keeps for itself or cuts off.
_PART = re.compile(r"[^\x00-\x1f\x7f\\/:*?\"<>|]+")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")

_MANIFEST = "manifest.json"

#: Files and folders beside each other that are looked at.
_MOST_FILES = 10_000


@dataclass(frozen=True)
class Listing:
    """What lies in the folder of a report.

    Parameters
    ----------
    names : tuple of str
        Files, relative, with "/", sorted; hidden ones are none of the report's.
    others : tuple of str
        Folders inside that are reports of their own, since they have a manifest, and hidden files and folders.
    problems : tuple of Problem
        What is no plain file.

    Examples
    --------
    >>> Listing(("report.json",)).others
    ()
    """

    names: tuple[str, ...]
    others: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def is_safe_name(name: str) -> bool:
    """Whether a name is a relative path, with "/", that stays inside its folder on every system.

    Examples
    --------
    >>> [is_safe_name(one) for one in ("exports/rules.dmn", "../report.json", "/etc/passwd", "a//b", "C:x", "nul.txt", "a ")]
    [True, False, False, False, False, False, False]
    """
    return len(name) <= 255 and all(
        _PART.fullmatch(part)
        and part[0] != "."
        and part[-1] != "."
        and part == part.strip()
        and not _DEVICES.fullmatch(part)
        for part in name.split("/")
    )


def list_files(folder: Path) -> Listing:
    """What lies in a folder.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    UnreadableError
        When it is no folder, or cannot be listed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = (Path(name) / "run.json").write_text("{}")
    ...     list_files(Path(name)).names
    ('run.json',)
    """
    names: list[str] = []
    others: list[str] = []
    links: list[Problem] = []
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        for entry in _entries(folder, inside):
            name = f"{inside}/{entry.name}" if inside else entry.name
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                links.append(Problem((name,), "It is no plain file but a link, a pipe or a device."))
            elif entry.name.startswith(".") or (
                entry.is_dir() and os.path.lexists(os.path.join(entry.path, _MANIFEST))
            ):
                others.append(name)
            elif entry.is_dir():
                waiting.append(name)
            else:
                names.append(name)
        if len(names) + len(waiting) > _MOST_FILES:
            raise UnreadableError(".", f"The folder holds more than {_MOST_FILES:,} files.")
    return Listing(tuple(sorted(names)), tuple(sorted(others)), tuple(links))


def _entries(folder: Path, inside: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder / inside) as found:
            return sorted(found, key=lambda one: one.name)
    except OSError as error:
        raise UnreadableError(inside or ".", f"The folder cannot be read: {error.strerror or error}.") from error


def read_content(folder: Path, name: str, most_bytes: int = MOST_BYTES) -> bytes:
    """Bytes of one file, no link followed.

    Raises
    ------
    UnreadableError
        When it is no plain file, is too large, or cannot be read.
    """
    # not there on Windows, where links are rare and told by list_files
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(folder / name, flags), "rb") as stream:
            about = os.fstat(stream.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise UnreadableError(name, "It is no plain file.")
            content = stream.read(most_bytes + 1)
    except OSError as error:
        raise UnreadableError(name, f"It cannot be read: {error.strerror or error}.") from error
    if len(content) > most_bytes:
        raise UnreadableError(name, f"It has more than {most_bytes:,} bytes.")
    return content
