"""Stems: what the forms of a word share, by the Snowball stemmers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import regex

from surrogate.errors import InputError

__all__ = ["AUTO", "NONE", "Stem", "stemmer"]

#: English for words in Latin letters, no stems for others: a rule, not a guess about each text.
AUTO = "auto"
NONE = "none"

_LATIN = regex.compile(r"[\p{Latin}']+")

#: Gives the stem of a word, or None for a word that has none.
Stem = Callable[[str], str | None]


def stemmer(language: str) -> Stem:
    """The stemmer of a language.

    Parameters
    ----------
    language : str
        A language of Snowball, such as "english", "german" or "arabic"; "auto": English for words in Latin letters, no stems
        for other words; "none": no stems.

    Raises
    ------
    InputError
        ``bad-parameter`` for a language that Snowball has no stemmer for.

    References
    ----------
    Porter, "Snowball: A language for stemming algorithms", 2001.

    Examples
    --------
    >>> stem = stemmer("auto")
    >>> stem("charged"), stem("charges"), stem("карта")
    ('charg', 'charg', None)
    >>> stemmer("russian")("карты")
    'карт'
    """
    import snowballstemmer

    known = snowballstemmer.algorithms()
    if language not in (AUTO, NONE, *known):
        raise InputError(
            "bad-parameter",
            f"There is no stemmer for {language!r}. Use auto, none or one of {', '.join(sorted(known))}.",
        )
    snowball = snowballstemmer.stemmer("english" if language in (AUTO, NONE) else language)
    latin_only = language == AUTO

    @lru_cache(maxsize=100_000)
    def stem(word: str) -> str | None:
        if language == NONE or (latin_only and not _LATIN.fullmatch(word)):
            return None
        return str(snowball.stemWord(word)) or None

    return stem
