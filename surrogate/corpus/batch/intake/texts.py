"""Whether a value of the input is a text that can be explained, and the digest that stands for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

__all__ = ["MOST_CHARACTERS", "TextOf", "text_of", "without_text"]

#: The most characters of a text: fifty for each of the most units (20,000) that a text may have.
MOST_CHARACTERS = 1_000_000

#: No UTF-8 begins so: what stands in the place of a text never has the digest of one.
_NO_TEXT = b"\xff"


@dataclass(frozen=True, slots=True)
class TextOf:
    """A text that can be used, or why it cannot.

    Parameters
    ----------
    text : str or None
    sha256 : str
        Of the text in UTF-8, or of what stands in its place.
    problem : tuple of (str, str) or None
        Error code and sentence.

    Examples
    --------
    >>> TextOf("lost card", "ab" * 32).problem is None
    True
    """

    text: str | None
    sha256: str
    problem: tuple[str, str] | None = None


def text_of(value: Any) -> TextOf:
    r"""What a value of the column of texts is; a missing value is the empty text.

    Examples
    --------
    >>> text_of("lost card").problem is None
    True
    >>> text_of(" ").problem
    ('empty-text', 'The text is empty or only white space.')
    >>> text_of(3).problem
    ('not-text', 'The text is no string but a value of the type int.')
    >>> text_of("f\udcfcr").problem[0]
    'not-utf8'
    """
    if value is None:
        value = ""
    if not isinstance(value, str):
        said = ("not-text", f"The text is no string but a value of the type {type(value).__name__}.")
        return without_text(repr(value), said)
    try:
        sha256 = hashlib.sha256(value.encode("utf-8")).hexdigest()
    except UnicodeEncodeError:
        # Bytes that are none were read as lone surrogates; JSON can write them, too.
        return without_text(value, ("not-utf8", "The text is not UTF-8. Convert it first."))
    if len(value) > MOST_CHARACTERS:
        return TextOf(None, sha256, ("text-too-long", _too_long(len(value))))
    if not value.strip():
        return TextOf(None, sha256, ("empty-text", "The text is empty or only white space."))
    return TextOf(value, sha256)


def without_text(content: str, problem: tuple[str, str]) -> TextOf:
    """What stands for a row without a text.

    Examples
    --------
    >>> without_text("{", ("bad-corpus", "The line is no JSON.")).text is None
    True
    """
    return TextOf(None, hashlib.sha256(_NO_TEXT + content.encode("utf-8", "surrogatepass")).hexdigest(), problem)


def _too_long(n_characters: int) -> str:
    return (
        f"The text has {n_characters:,} characters; at most {MOST_CHARACTERS:,} can be explained. Give the passage that "
        "matters."
    )
