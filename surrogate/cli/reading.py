"""Where the text to be explained comes from: an argument, a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from surrogate.errors import InputError

__all__ = ["read_text"]

#: The most bytes that are read; a text of so many words is refused anyway.
_MOST_BYTES = 5_000_000


def read_text(text: str | None, file: Path | None) -> str:
    """Read the text: as given, from a file, or from standard input where it is ``-`` or nothing.

    Raises
    ------
    InputError
        ``bad-parameter``, ``bad-file``, ``empty-text``, ``text-too-long`` or ``not-utf8``.

    Examples
    --------
    >>> read_text("I lost my card", None)
    'I lost my card'
    """
    if file is not None and text is not None:
        raise InputError("bad-parameter", "Give the text or --file, not both.")
    if file is not None:
        try:
            with file.open("rb") as stream:
                return _decoded(stream.read(_MOST_BYTES + 1), file.name)
        except OSError as error:
            raise InputError("bad-file", f"{file} cannot be read: {error.strerror}.") from error
    if text is not None and text != "-":
        return text
    if text is None and sys.stdin.isatty():
        raise InputError("empty-text", "Give a text, --file FILE, or pipe the text into standard input.")
    return _decoded(sys.stdin.buffer.read(_MOST_BYTES + 1), "standard input")


def _decoded(content: bytes, where: str) -> str:
    """UTF-8 without a byte order mark and without the line end that editors add."""
    if len(content) > _MOST_BYTES:
        raise InputError(
            "text-too-long",
            f"{where} is larger than {_MOST_BYTES // 1_000_000} MB, which is no text that can be explained word by word. "
            "Give the passage that matters.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "not-utf8",
            f"{where} is not UTF-8 (byte {error.start} is {content[error.start]:#04x}). Convert it first, "
            "for instance with iconv -f LATIN1 -t UTF-8.",
        ) from error
    return text.removesuffix("\n").removesuffix("\r")
