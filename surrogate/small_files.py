"""Small files that people write: read whole, with errors that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surrogate.errors import InputError

__all__ = ["naming", "read_small"]

#: The most bytes of such a file that are read.
_MOST_BYTES = 16_000_000


def read_small(path: str | Path, code: str) -> str:
    """The text of a file that somebody wrote by hand.

    Parameters
    ----------
    path : str or Path
    code : str
        Of the error for a file that is too large.

    Raises
    ------
    InputError
        ``bad-file`` when it cannot be read, ``not-utf8``, or the code that is given.

    Examples
    --------
    >>> read_small("nowhere.toml", "bad-recipe")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere.toml cannot be read: No such file or directory. [bad-file]
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("bad-file", f"{file} cannot be read: {error.strerror or error}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError(code, f"{file.name} has more than {_MOST_BYTES:,} bytes; such files are shorter.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "not-utf8", f"{file.name} is not UTF-8: {error.reason} at byte {error.start}. Convert it first."
        ) from error


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Errors of what is in a file say which file.

    Examples
    --------
    >>> with naming("ours.toml"):
    ...     raise InputError("bad-recipe", "There is no table.")
    Traceback (most recent call last):
    surrogate.errors.InputError: ours.toml: There is no table. [bad-recipe]
    """
    try:
        yield
    except InputError as error:
        raise InputError(error.code, f"{name}: {error.message}") from error
