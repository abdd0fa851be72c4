"""A file that is there whole or not at all, even when the power fails."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from surrogate.errors import InputError

__all__ = ["durable_file"]


@contextmanager
def durable_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to write to, put in place when all is written; when anything fails, what was there stays.

    Parameters
    ----------
    path : str or Path
        In a folder that is there.  The file is of mode 0600: it may hold words of people.

    Raises
    ------
    InputError
        ``cannot-write``.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     with durable_file(Path(there) / "a.bin") as stream:
    ...         _ = stream.write(b"hello")
    ...     (Path(there) / "a.bin").read_bytes()
    b'hello'
    """
    final = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=".surrogate-", dir=final.parent)
    except OSError as error:
        raise _cannot_write(final, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, final)
        _settle(final.parent)
    except OSError as error:
        raise _cannot_write(final, error) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """The new name itself must reach the disk, where the system lets a folder be opened for that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError(
        "cannot-write",
        f"{path} cannot be written: {error.strerror or error}. Make room or make the folder writable, and run again.",
    )
