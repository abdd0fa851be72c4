"""Files with secrets in them: made once, readable by their owner only, refused when others may read them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from surrogate.errors import InputError

__all__ = ["make_file", "read_secret"]


def make_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Make a file that is not there yet; its folder is made too, readable by its owner only.

    Raises
    ------
    InputError
        ``output-exists``, where a file of that name is there: a key is never written over; or ``cannot-write``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     make_file(Path(there) / "a.key", b"secret")
    ...     read_secret(Path(there) / "a.key")
    b'secret'
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise InputError(
            "output-exists", f"{path} is there already; keys are never written over. Give another name."
        ) from error
    except OSError as error:
        raise InputError("cannot-write", f"{path} cannot be written: {error.strerror or error}.") from error


def read_secret(path: Path) -> bytes:
    """Read a file that nobody but its owner may read.

    On systems without POSIX permissions (Windows) who may read it is not checked.

    Raises
    ------
    InputError
        ``open-key``, where others may read or write it; ``bad-key``, where it cannot be read.

    Examples
    --------
    >>> read_secret(Path("not-there.key"))
    Traceback (most recent call last):
    surrogate.errors.InputError: The key not-there.key cannot be read: No such file or directory. ... [bad-key]
    """
    try:
        with path.open("rb") as stream:
            mode = stat.S_IMODE(
                os.fstat(stream.fileno()).st_mode
            )  # Of the file that is read, not of one put in its place.
            if os.name == "posix" and mode & 0o077:
                raise InputError(
                    "open-key",
                    f"The key {path} may be read or written by others (mode {mode:04o}). Make it yours alone: chmod 600 "
                    f"{path.name}. If others may have read it, make a new one.",
                )
            return stream.read()
    except OSError as error:
        raise InputError(
            "bad-key", f"The key {path} cannot be read: {error.strerror or error}. Check the path and the permissions."
        ) from error
