"""Whole words of a vocabulary: the tokens that can stand alone where a word, or a mark of punctuation, was."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["WholeWords"]

#: Signs that a word may have inside, beside letters and digits.
_INSIDE = "'’-"

#: Longest run of punctuation that counts as one mark.
_LONGEST_MARK = 3

#: How tokenizers mark the start of a word: by one of the first two signs before the first token, or by "##" before the others.
_BYTES, _SENTENCE, _CONTINUES = "Ġ", "▁", "##"


@dataclass(frozen=True, eq=False)
class WholeWords:
    """Which tokens can be filled in, and how they are written.

    Parameters
    ----------
    texts : tuple of str, length n_tokens
        Each token as it stands in a text, without the white space before it.
    words, marks : ndarray of bool, shape (n_tokens,)
        Tokens that are whole words, and those that are punctuation.
    same : dict of str to tuple of int
        Numbers of the tokens of one spelling, whatever their case.

    Examples
    --------
    >>> vocabulary = WholeWords.of_tokens(["[MASK]", "card", "##s", "Card", "!"], special={0})
    >>> vocabulary.words.tolist(), vocabulary.marks.tolist()
    ([False, True, False, True, False], [False, False, False, False, True])
    >>> vocabulary.same["card"]
    (1, 3)
    """

    texts: tuple[str, ...]
    words: NDArray[np.bool_]
    marks: NDArray[np.bool_]
    same: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, tokenizer: Any) -> WholeWords:
        """Those of a transformers tokenizer."""
        tokens = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
        spelt = None
        if _style([token or "" for token in tokens]) == _BYTES:
            # bytes are written with other letters
            spelt = [tokenizer.convert_tokens_to_string([token]) if token else "" for token in tokens]
        return cls.of_tokens([token or "" for token in tokens], set(tokenizer.all_special_ids), spelt)

    @classmethod
    def of_tokens(cls, tokens: Sequence[str], special: set[int], spelt: Sequence[str] | None = None) -> WholeWords:
        """Those of a list of tokens.

        Parameters
        ----------
        tokens : sequence of str, length n_tokens
        special : set of int
            Numbers of the tokens that are no text.
        spelt : sequence of str, optional
            How each is written, where the tokens do not say it themselves.
        """
        sign = _style(tokens)
        bare = [token.removeprefix(sign) for token in tokens] if spelt is None else list(spelt)
        texts = tuple(text.strip() for text in bare)
        starts = [_starts(token, text, sign) for token, text in zip(tokens, texts, strict=True)]
        usable = [number not in special for number in range(len(tokens))]
        words = [ok and begins and _is_word(text) for ok, begins, text in zip(usable, starts, texts, strict=True)]
        marks = [ok and _is_mark(text) for ok, text in zip(usable, texts, strict=True)]
        same: dict[str, tuple[int, ...]] = {}
        for number, text in enumerate(texts):
            if words[number] or marks[number]:
                same[text.casefold()] = (*same.get(text.casefold(), ()), number)
        return cls(texts, np.array(words), np.array(marks), same)


def _style(tokens: Sequence[str]) -> str:
    """The sign that most tokens begin with: a few others may begin with another one as text."""
    return max((_CONTINUES, _BYTES, _SENTENCE), key=lambda sign: sum(token.startswith(sign) for token in tokens))


def _starts(token: str, text: str, sign: str) -> bool:
    """Whether a token starts a word; signs of scripts without spaces always do."""
    if sign == _CONTINUES:
        return not token.startswith(_CONTINUES)
    return token.startswith(sign) or (bool(text) and all(_is_unspaced(letter) for letter in text))


def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER"))


def _is_word(text: str) -> bool:
    plain = "".join(letter for letter in text if letter not in _INSIDE)
    return bool(plain) and text[0] not in _INSIDE and text[-1] not in _INSIDE and _is_text(plain)


def _is_text(plain: str) -> bool:
    return all(letter.isalnum() or unicodedata.category(letter).startswith("M") for letter in plain)


def _is_mark(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_MARK and all(unicodedata.category(sign).startswith("P") for sign in text)
