"""Make characters visible that could disturb a page or a terminal, or hide something from its reader."""

from __future__ import annotations

import unicodedata

__all__ = ["shorten", "visible"]

#: Control, format, lone surrogate, private use, unassigned, line and paragraph separator.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

#: Format characters that are drawn: Arabic, Syriac and Kaithi number and verse signs.
_DRAWN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")

#: Joiners: needed inside many scripts and in emoji, a disguise between Latin letters.
_JOINERS = frozenset("\u200c\u200d")


def visible(text: str) -> str:
    r"""The text with control and direction characters replaced by signs; line breaks and tabs stay.

    Control characters become control pictures, every other hidden character its code point in angle quotes.  Joiners stay
    between letters of scripts that need them.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> visible("a\x00b\u202ec\r\n")
    'a␀b‹U+202E›c\n'
    """
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(_sign(text, place) for place in range(len(text)))


def _sign(text: str, place: int) -> str:
    character = text[place]
    if character in "\n\t" or character in _DRAWN or unicodedata.category(character) not in _HIDDEN:
        return character
    if character in _JOINERS and _joins(text, place):
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"‹U+{code:04X}›"


def _joins(text: str, place: int) -> bool:
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return bool(before) and bool(after) and not before.isascii() and not after.isascii()


def shorten(text: str, n_characters: int) -> str:
    """The text on one line, cut in the middle when it is longer than ``n_characters``.

    Examples
    --------
    >>> shorten("a very long word indeed", 11)
    'a very…deed'
    """
    line = " ".join(visible(text).split())
    if len(line) <= n_characters:
        return line
    tail = (n_characters - 1) * 2 // 5
    return f"{line[: n_characters - 1 - tail]}…{line[len(line) - tail :]}"
