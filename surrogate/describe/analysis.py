"""Analysis: the terms of a text; its words, their stems and beginnings, phrases, and characters where words have no spaces."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from surrogate.describe.stems import Stem
from surrogate.describe.tokens import BREAK, is_unspaced, words_of

__all__ = ["Analysis", "Term"]

#: Kind and key of a feature.
Term = tuple[str, str]


class Analysis:
    """Finds the terms of texts, each with the form it has there.

    Parameters
    ----------
    stem : callable (word) -> str or None
    stems : bool
        Whether stems are terms, and phrases made of them; words always are.
    prefixes, characters : (int, int) or None
        Shortest and longest beginning of a word, in letters; shortest and longest run of characters in a script without spaces.
    phrases : int
        Most words of a phrase; 0 or 1: none.

    Examples
    --------
    >>> from surrogate.describe.stems import stemmer
    >>> sorted(Analysis(stemmer("auto"), True, (4, 4), None, 2)("Charged fees"))
    [(('phrase', 'charg fee'), 'charged fees'), (('prefix', 'char'), 'charged'), (('prefix', 'fees'), 'fees'),
     (('stem', 'charg'), 'charged'), (('stem', 'fee'), 'fees'), (('word', 'charged'), 'charged'), (('word', 'fees'), 'fees')]
    """

    def __init__(
        self,
        stem: Stem,
        stems: bool,
        prefixes: tuple[int, int] | None,
        characters: tuple[int, int] | None,
        phrases: int,
    ) -> None:
        self.stem, self.stems = stem, stems
        self.prefixes, self.characters, self.phrases = prefixes, characters, phrases
        # A corpus has few distinct words; each is analysed once.
        self._cached = lru_cache(maxsize=200_000)(self._of_word)

    def __call__(self, text: str) -> set[tuple[Term, str]]:
        """The terms of a text, each once for every form."""
        words = words_of(text)
        found: set[tuple[Term, str]] = set()
        for word in words:
            found.update(self._cached(word))
        if self.phrases > 1:
            found.update(self._phrases(words))
        if self.characters is not None and not text.isascii():
            found.update(self._characters(words))
        return found

    def _of_word(self, word: str) -> tuple[tuple[Term, str], ...]:
        if word == BREAK:
            return ()
        terms: list[Term] = [("word", word)]
        stem = self.stem(word) if self.stems else None
        if stem:
            terms.append(("stem", stem))
        if self.prefixes is not None and not is_unspaced(word):
            terms += [("prefix", word[:length]) for length in self._cuts(word)]
        return tuple((term, word) for term in terms)

    def _cuts(self, word: str) -> Iterator[int]:
        """Lengths of the beginnings of a word, none of which parts a letter from its marks."""
        shortest, longest = self.prefixes or (1, 0)
        if "가" <= word[0] <= "힣":
            # A Korean syllable is written with two or three letters.
            shortest, longest = (shortest + 1) // 2, (longest + 1) // 2
        for length in range(shortest, min(longest, len(word)) + 1):
            if not unicodedata.category(word[length : length + 1] or "a").startswith("M") and word[length - 1] != "'":
                yield length

    def _phrases(self, words: list[str]) -> Iterator[tuple[Term, str]]:
        for size in range(2, self.phrases + 1):
            for start in range(len(words) - size + 1):
                form = words[start : start + size]
                if BREAK not in form:
                    key = [(self.stem(word) if self.stems else None) or word for word in form]
                    yield ("phrase", " ".join(key)), " ".join(form)

    def _characters(self, words: list[str]) -> Iterator[tuple[Term, str]]:
        """Runs of characters, also across the borders of words, which no reader sees."""
        shortest, longest = self.characters or (1, 0)
        for unspaced, run in groupby(words, lambda word: word != BREAK and is_unspaced(word)):
            joined = "".join(run) if unspaced else ""
            for size in range(shortest, longest + 1):
                for start in range(len(joined) - size + 1):
                    piece = joined[start : start + size]
                    yield ("character", piece), piece
