"""A private folder in or beside that of a batch, for the texts that were read; what a killed run left of one is removed."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from surrogate.corpus.batch.folder import locking
from surrogate.corpus.batch.folder.writing import making
from surrogate.errors import InputError

__all__ = ["PREFIX", "private_folder", "remove_left"]

#: How the names of such folders begin.
PREFIX = ".surrogate-batch-"


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A folder that its owner alone may read, locked for as long as it is used, and gone in the end.

    Parameters
    ----------
    parent : Path
        Where it is made.

    Raises
    ------
    InputError
        ``cannot-write``.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     with private_folder(Path(there)) as folder:
    ...         folder.name.startswith(PREFIX), remove_left(Path(there))
    ...     list(Path(there).iterdir())
    (True, 0)
    []
    """
    with making(parent):
        folder, lock = _locked(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()
        # Where an open file cannot be removed.
        shutil.rmtree(folder, ignore_errors=True)


def remove_left(parent: Path) -> int:
    """Remove the private folders whose process has ended, and no others.

    Parameters
    ----------
    parent : Path

    Returns
    -------
    int
        How many were removed.

    Raises
    ------
    OSError
        The folder cannot be listed.
    """
    return sum(_removed(path) for path in sorted(parent.glob(f"{PREFIX}*")) if _is_ours(path))


def _is_ours(path: Path) -> bool:
    try:
        about = path.lstat()
    except FileNotFoundError:  # The run that used it has just removed it.
        return False
    return stat.S_ISDIR(about.st_mode) and (not hasattr(os, "getuid") or about.st_uid == os.getuid())


def _removed(folder: Path) -> bool:
    if not (folder / ".work" / locking.NAME).is_file():
        # Nothing of anybody is in it when its process ended before it locked it.
        with suppress(OSError):
            if (folder / ".work").exists():
                (folder / ".work").rmdir()
            folder.rmdir()
        return not folder.exists()
    try:
        lock = locking.take(folder)
    except (InputError, OSError):  # It is used, or somebody else has just removed it.
        return False
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _locked(parent: Path) -> tuple[Path, locking.Lock]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        try:
            return folder, locking.take(folder)
        except (InputError, FileNotFoundError):
            # Another run saw it before it was locked, and took it for one that was left.
            continue
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
