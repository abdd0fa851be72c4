"""One driver at a time in a folder."""

from __future__ import annotations

import os
from pathlib import Path

from surrogate.errors import InputError

__all__ = ["NAME", "Lock", "take"]

#: Of the file that is locked, in the folder ``.work``.
NAME = "lock"


class Lock:
    """A lock that is held until it is released, or until its process ends, however that happens.

    Parameters
    ----------
    path : Path
    handle : int
        Of the open file.
    """

    def __init__(self, path: Path, handle: int) -> None:
        self._path, self._handle = path, handle

    @property
    def held(self) -> bool:
        """Whether it is still held."""
        return self._handle >= 0

    def release(self) -> None:
        """Let others take it; a second time does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def remove(self) -> None:
        """Remove the file while it is locked, and release it."""
        self._path.unlink(missing_ok=True)
        self.release()


def take(folder: Path) -> Lock:
    """Lock a folder of a batch.

    Raises
    ------
    InputError
        ``batch-running``, with the process that has it.
    OSError
        The file system has no locks, or the file is a link.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     (Path(there) / ".work").mkdir()
    ...     lock = take(Path(there))
    ...     try:
    ...         take(Path(there))
    ...     except InputError as error:
    ...         print(error.code)
    ...     lock.release()
    batch-running
    """
    path = folder / ".work" / NAME
    while True:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            # Not through a link: the file that it leads to would be written over.
            handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except FileNotFoundError:
            continue  # The driver that had it has just removed the folder.
        try:
            if not _locked(handle):
                raise _running(folder, handle)
            if _is_still(path, handle):
                os.ftruncate(handle, 0)
                os.write(handle, str(os.getpid()).encode())
                return Lock(path, handle)
        except BaseException:
            os.close(handle)
            raise
        # Likewise the file: what was locked here is no longer there.
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return _locked_on_windows(handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_on_windows(handle: int) -> bool:
    import msvcrt

    try:
        # A byte far behind the process number, which others read.
        os.lseek(handle, 1024, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        os.lseek(handle, 0, os.SEEK_SET)
    except PermissionError:
        return False
    return True


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _running(folder: Path, handle: int) -> InputError:
    process = os.pread(handle, 32, 0).decode("ascii", "replace") if hasattr(os, "pread") else ""
    who = f" by process {process}" if process.isdigit() else ""
    return InputError(
        "batch-running",
        f"{folder} is being written to{who}. Wait until that batch is done or end it; nothing was changed.",
    )
