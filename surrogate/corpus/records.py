"""Records: what the rows of a file of any format are read as, and what stops the reading of a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from surrogate.errors import InputError

__all__ = ["MOST_VALUE", "Fault", "Record", "Row", "is_utf8", "not_utf8", "opened"]

#: The most characters of a line, or of a value of it, that are read at all: beyond, a file is not what its name says.
MOST_VALUE = 100_000_000

#: Bytes at the beginning of a file that tell its encoding; of UTF-16 in any script, more than so many and such a share are NUL.
_HEAD, _NULS, _NUL_SHARE = 4096, 7, 0.1

Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """Why one record cannot be read.

    Parameters
    ----------
    code : str
    words : str
        What is wrong with it, as the end of a sentence that names it; quotes nothing of it.
    content : str
        What stands in its place, as far as it could be read.

    Examples
    --------
    >>> Fault("bad-corpus", "is no JSON object.", "[1]").code
    'bad-corpus'
    """

    code: str
    words: str
    content: str = ""


#: The number of the line that it ends in, or of the row; and what was read.
Record = tuple[int, Row | Fault]


@contextmanager
def opened(path: Path, errors: str, newline: str | None = None) -> Iterator[TextIO]:
    """A file of lines in UTF-8.

    Parameters
    ----------
    path : Path
    errors : {"strict", "surrogateescape"}
        What becomes of bytes that are not UTF-8.
    newline : str, optional

    Raises
    ------
    InputError
        ``not-utf8`` for other encodings.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text("text", encoding="utf-16")
    ...     with opened(path, "strict") as stream:
    ...         pass
    Traceback (most recent call last):
    surrogate.errors.InputError: a.csv is not UTF-8 (it looks like UTF-16 or UTF-32). ... [not-utf8]
    """
    try:
        with path.open("rb") as stream:
            head = stream.peek(_HEAD)[:_HEAD]
            # A text may hold a NUL; a file in which every second or third byte is one is in UTF-16 or UTF-32.
            if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > max(_NULS, _NUL_SHARE * len(head)):
                raise not_utf8(path, "it looks like UTF-16 or UTF-32", "UTF-16")
            yield TextIOWrapper(stream, encoding="utf-8-sig", errors=errors, newline=newline)
    except UnicodeDecodeError as error:
        raise not_utf8(path, error.reason) from error


def is_utf8(text: str) -> bool:
    r"""Whether a string can be written in UTF-8: it holds no lone surrogates, which stand for bytes that are not.

    Examples
    --------
    >>> is_utf8("für 😀"), is_utf8("f\udcfcr")
    (True, False)
    """
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def not_utf8(path: Path, reason: str, encoding: str = "LATIN1") -> InputError:
    """The error for a file that is not UTF-8.

    Examples
    --------
    >>> not_utf8(Path("a.csv"), "invalid start byte").code
    'not-utf8'
    """
    return InputError(
        "not-utf8",
        f"{path.name} is not UTF-8 ({reason}). Convert it first, for instance with iconv -f {encoding} -t UTF-8.",
    )
