"""Words as features see them: in lower case, without the signs around them."""

from __future__ import annotations

import unicodedata

import regex

from surrogate.units.words import UNSPACED, word_spans

__all__ = ["BREAK", "EDGES", "EMOJI", "HYPHENS", "MAX_LETTERS", "is_unspaced", "words_of"]

#: What stands for punctuation: no phrase reaches across it.
BREAK = ""

#: Longer "words" are encoded data or noise, and no reader could check them.
MAX_LETTERS = 64

_UNSPACED = regex.compile(UNSPACED, regex.VERSION1)
HYPHENS = regex.compile(r"[\-‐‑·]")
EDGES = regex.compile(r"^[^\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}]+$")
EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}")


def words_of(text: str) -> list[str]:
    """The words of a text in order, by the same rules as the units that are explained.

    They are in lower case and composed form (NFC), parted at hyphens, without currency and per cent signs.  An emoji is a
    word.  Punctuation, other symbols and words of more than 64 letters leave a :data:`BREAK`.

    Examples
    --------
    >>> words_of("My top-up of £5 isn’t there!")
    ['my', 'top', 'up', 'of', '5', "isn't", 'there', '']
    >>> words_of("我的银行卡丢了。")
    ['我的', '银行', '卡', '丢', '了', '']
    >>> words_of("")
    []
    """
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    words: list[str] = []
    for start, end in word_spans(text):
        unit = text[start:end].lower()
        if unit.isalpha() and unit.isascii():
            words.append(unit if len(unit) <= MAX_LETTERS else BREAK)
        elif EMOJI.match(unit):
            words.append(unit)
        else:
            words += [_bare(part) for part in HYPHENS.split(unit)]
    return words


def is_unspaced(word: str) -> bool:
    """Whether a word is of a script that is written without spaces.

    Examples
    --------
    >>> is_unspaced("银行"), is_unspaced("bank")
    (True, False)
    """
    return _UNSPACED.match(word) is not None


def _bare(part: str) -> str:
    word = EDGES.sub("", part)
    return word if len(word) <= MAX_LETTERS else BREAK
