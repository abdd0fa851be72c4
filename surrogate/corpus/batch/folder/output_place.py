"""Where a batch may be written, looked at before anything is read or asked."""

from __future__ import annotations

import os
from pathlib import Path

from surrogate.corpus.batch.folder.private_folder import PREFIX
from surrogate.errors import InputError

__all__ = ["check_is_ours", "check_output", "check_store"]

#: How every SQLite file begins.
_SQLITE = b"SQLite format 3\0"


def check_output(out: Path, given: Path) -> None:
    """Refuse a place that the batch could not be written to, or where its input would be among its own files.

    Parameters
    ----------
    out : Path
        The folder to be; nothing is made or changed.
    given : Path
        The input.

    Raises
    ------
    InputError
        ``cannot-write``, ``output-exists``, ``bad-parameter``.

    Examples
    --------
    >>> check_output(Path("nowhere") / "out", Path("messages.csv"))
    """
    try:
        _check_output(out, given)
    except OSError as error:
        raise InputError(
            "cannot-write", f"{out} cannot be looked into: {error.strerror or error}. Name another folder with --out."
        ) from error


def _check_output(out: Path, given: Path) -> None:
    for place in (out, *out.parents):
        if place.is_dir():
            break
        if place.is_symlink() and not place.exists():
            raise InputError("cannot-write", f"{place} is a link to nothing. Name another folder with --out.")
        if place.exists():
            raise InputError("cannot-write", f"{place} is a file and no folder. Name another folder with --out.")
    if Path(os.path.realpath(given)).is_relative_to(os.path.realpath(out)):  # Path.resolve raises at a loop of links.
        raise InputError(
            "bad-parameter",
            f"The input {given} lies in the folder of the batch, {out}, which is for what the batch writes. Name another "
            "folder with --out.",
        )
    if out.is_dir():
        check_is_ours(out)


def check_store(store: Path) -> None:
    """Refuse a file that was never a store of answers: where a store is damaged it is moved aside, and this one must not be.

    Parameters
    ----------
    store : Path

    Raises
    ------
    InputError
        ``bad-store``.

    Examples
    --------
    >>> check_store(Path("nowhere.sqlite"))
    """
    try:
        with store.open("rb") as stream:
            begins = stream.read(len(_SQLITE))
    except OSError:  # It is made, or the store itself says why it cannot be.
        return
    if begins and begins != _SQLITE:
        raise InputError(
            "bad-store",
            f"{store} is no store of answers but another file; nothing was changed. Name a file with --store that is one, or "
            "that is not there yet.",
        )


def check_is_ours(path: Path) -> None:
    """Refuse a folder of somebody else.

    Raises
    ------
    InputError
        ``output-exists``, ``cannot-write``.
    OSError
        The folder cannot be listed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     _ = (Path(there) / "notes.txt").write_text("mine")
    ...     check_is_ours(Path(there))
    Traceback (most recent call last):
    surrogate.errors.InputError: ... is not empty and holds no batch. ... [output-exists]
    """
    here = {entry.name for entry in path.iterdir() if not entry.name.startswith(PREFIX)}
    if here and "batch.json" not in here and here != {".work"}:
        raise InputError(
            "output-exists",
            f"{path} is not empty and holds no batch. Name another folder with --out; nothing was changed.",
        )
    for name in (".work", "rows", "reports", "batch.json"):
        if (path / name).is_symlink():
            raise InputError(
                "cannot-write", f"{path / name} is a link; what is written through it would lie elsewhere."
            )
