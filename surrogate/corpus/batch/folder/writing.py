"""Files and folders put in place whole, and kept through a crash of the machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from surrogate.errors import InputError

__all__ = ["durable_file", "making", "put_bytes", "put_folder", "remove_owned", "sync_folder"]

#: What of a folder belongs to a batch, beside its description and what lies in these folders.
_OWNED = (
    "manifest.json",
    "index.json",
    "index.parquet",
    "summary.json",
    "summary.html",
    "summary.csv",
    "proxy.npz",
    "run.json",
)
_OWNED_IN = {"rows": "part-*.parquet", "reports": "[0-9a-f]" * 16}


@contextmanager
def making(folder: Path) -> Iterator[None]:
    """Errors of the file system say what stays and what to do.

    Examples
    --------
    >>> with making(Path("out")):
    ...     raise OSError(28, "No space left on device")
    Traceback (most recent call last):
    surrogate.errors.InputError: out cannot be written to: No space left on device. The parts that are finished stay: when
    there is room and leave to write, the same command goes on from there. [cannot-write]
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"{folder} cannot be written to: {error.strerror or error}. The parts that are finished stay: when there is "
            "room and leave to write, the same command goes on from there.",
        ) from error


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
        with _placed(final, final.parent, prefix=".surrogate-") as stream:
            yield stream
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"{final} cannot be written: {error.strerror or error}. Make room or make the folder writable, and run again.",
        ) from error


def put_bytes(final: Path, content: bytes, aside: Path) -> None:
    """Write a file under another name, on the disk, and then give it its own.

    Parameters
    ----------
    final : Path
    content : bytes
    aside : Path
        A folder of the same file system.

    Raises
    ------
    OSError
        The file under the other name is removed.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     put_bytes(Path(there) / "a.json", b"{}", Path(there))
    ...     [path.name for path in Path(there).iterdir()]
    ['a.json']
    """
    with _placed(final, aside) as stream:
        _write(stream.fileno(), content)


@contextmanager
def _placed(final: Path, aside: Path, prefix: str | None = None) -> Iterator[BinaryIO]:
    """A file under another name, given its own once it is on the disk; when anything fails, it is removed."""
    handle, name = tempfile.mkstemp(prefix=prefix, dir=aside)  # Mode 0600.
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, final)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(final.parent)


def put_folder(final: Path, files: Mapping[str, bytes], aside: Path) -> None:
    """Write a folder under another name, on the disk, and then give it its own; one that was there is replaced.

    Parameters
    ----------
    final : Path
    files : mapping of str to bytes
        Content by path below the folder.
    aside : Path
        A folder of the same file system.

    Raises
    ------
    OSError
        The folder under the other name is removed.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     put_folder(Path(there) / "a", {"b/c.txt": b"hello"}, Path(there))
    ...     [path.name for path in Path(there).iterdir()]
    ['a']
    """
    made = Path(tempfile.mkdtemp(dir=aside))  # Mode 0700.
    try:
        for name, content in files.items():
            _write_new(made / name, content)
        for folder, _, _ in os.walk(made):
            sync_folder(Path(folder))
        if final.exists():
            # Of a run that was cut short before the rows that name it were there.
            os.replace(final, made.with_name(f"{made.name}-before"))
        os.replace(made, final)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(made.with_name(f"{made.name}-before"), ignore_errors=True)
    sync_folder(final.parent)


def remove_owned(folder: Path) -> None:
    """Remove what a batch owns but its description, first what says that it is complete, and nothing else.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as there:
    ...     for name in ("index.json", "notes.txt"):
    ...         _ = (Path(there) / name).write_bytes(b"")
    ...     remove_owned(Path(there))
    ...     [path.name for path in Path(there).iterdir()]
    ['notes.txt']
    """
    for name in _OWNED:
        (folder / name).unlink(missing_ok=True)
    for name, pattern in _OWNED_IN.items():
        for path in sorted((folder / name).glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def _write_new(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def sync_folder(folder: Path) -> None:
    """What was put into a folder, or taken out of it, is so after a crash of the machine, too."""
    if os.name == "nt":  # A folder cannot be opened there.
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
