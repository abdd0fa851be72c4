"""Several files put in place together: all of them, or none."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["place_files"]


def place_files(folder: Path, files: Mapping[str, bytes], remove: Iterable[str] = ()) -> None:
    """Write every file under a temporary name, then put all in place, in their order; when anything fails, all is as it was.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    files : mapping of str to bytes
        Content by name; a name may have sub-folders, as ``exports/rules.sql``.  Files are of mode 0600, folders made here
        are readable by their owner only, but ``folder`` itself.
    remove : iterable of str
        Names of files to remove in the end.

    Raises
    ------
    OSError
        Nothing is changed then.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     place_files(Path(there) / "a", {"b/c.txt": b"hello"})
    ...     (Path(there) / "a" / "b" / "c.txt").read_bytes()
    b'hello'
    """
    made: list[Path] = []
    waiting: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    done = False
    try:
        _make_folders(folder, files, made)
        gone = [folder / name for name in remove]
        before = {path: _content(path) for path in (*(folder / name for name in files), *gone)}
        for name, content in files.items():
            _write_aside(folder / name, content, waiting)
        for final, path in waiting.items():
            os.replace(path, final)
        for path in gone:
            path.unlink(missing_ok=True)
        done = True
    finally:
        # Also when Ctrl-C comes in between: no half of a report, and no file with a person's text under another name.
        if not done:
            _undo(made, waiting, before)


def _make_folders(folder: Path, files: Mapping[str, bytes], made: list[Path]) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        made.append(folder)
    elif not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    for name in files:
        for parent in reversed(Path(name).parents[:-1]):
            path = folder / parent
            if path.is_symlink():  # What is written through a link lies elsewhere.
                raise OSError(errno.ELOOP, f"{parent} is a link", str(path))
            if not path.is_dir():
                path.mkdir(mode=0o700)
                made.append(path)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _write_aside(final: Path, content: bytes, waiting: dict[Path, Path]) -> None:
    handle, name = tempfile.mkstemp(prefix=".surrogate-", dir=final.parent)  # Mode 0600.
    waiting[final] = Path(name)
    try:
        stream = os.fdopen(handle, "wb")
    except OSError:
        os.close(handle)
        raise
    with stream:
        stream.write(content)
        # What other files state the digest of must not be empty after a power cut.
        stream.flush()
        os.fsync(stream.fileno())


def _undo(made: list[Path], waiting: dict[Path, Path], before: dict[Path, bytes | None]) -> None:
    for path in waiting.values():
        path.unlink(missing_ok=True)
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
            path.chmod(0o600)
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir()
