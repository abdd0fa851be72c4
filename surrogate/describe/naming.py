"""Naming: which words tell the documents of a group from the others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.describe.stems import stemmer
from surrogate.describe.stop_words import NEGATIONS, stop_words
from surrogate.describe.tokens import BREAK, is_unspaced, words_of

__all__ = ["N_TERMS", "Naming"]

#: Terms of a name.
N_TERMS = 4

# Terms by which the naming share goes, and the least share of a group's documents that a term is in.
_N_TELLING = 3
_SHARE = 0.05


class Naming:
    """Names groups of documents by class-based TF-IDF.

    A term is a word, or a pair of adjacent words, without stop words and denials, in at least 5 % of the group's documents
    (and two) and more frequent there than in all.  It scores its share of the group's documents times the logarithm of one
    plus the inverse of its share of all; one that shares a stem with a better one is passed over.

    Parameters
    ----------
    texts : sequence of str
        All documents.
    listed : collection of str, optional
        Stop words in lower case; None: the English ones.
    language : str, default "auto"
        Of the stemmer.

    References
    ----------
    Grootendorst, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure", arXiv 2203.05794, section 3.3.

    Examples
    --------
    >>> naming = Naming(["a new card", "my card is lost", "card lost", "a fee", "the fee", "fees again"])
    >>> naming.terms(np.array([True, True, True, False, False, False]))
    ('card', 'lost')
    >>> naming.share(("card", "lost"), [0, 1, 3])
    0.666...
    """

    def __init__(self, texts: Sequence[str], listed: Collection[str] | None = None, language: str = "auto") -> None:
        self._stem = stemmer(language)
        self._stop = frozenset(stop_words() | NEGATIONS if listed is None else listed)
        words = [words_of(text) for text in texts]
        self._stems = [self._stems_of(each) for each in words]
        self._terms = [self._terms_of(each) for each in words]
        self._documents = Counter(term for terms in self._terms for term in terms)

    def terms(self, members: NDArray[np.bool_]) -> tuple[str, ...]:
        """The most telling terms of the documents of a group (bool, shape (n_documents,)), at most four."""
        n_documents, n_members = len(members), int(members.sum())
        inside = Counter(term for row in np.flatnonzero(members) for term in self._terms[row])
        scores: dict[str, float] = {}
        for term, count in inside.items():
            share, overall = count / n_members, self._documents[term] / n_documents
            if count >= max(2.0, _SHARE * n_members) and share > overall:
                scores[term] = share * math.log1p(1 / overall)
        taken: list[str] = []
        stems: set[str] = set()
        for term in sorted(scores, key=lambda term: (-scores[term], term)):
            own = self._stems_of(term.split())
            if not own & stems:
                taken.append(term)
                stems |= own
            if len(taken) == N_TERMS:
                break
        return tuple(taken)

    def share(self, terms: Sequence[str], rows: Sequence[int]) -> float:
        """Share of some documents that hold a word of one of the first three terms, in any form."""
        stems = self._stems_of(word for term in terms[:_N_TELLING] for word in term.split())
        return sum(bool(self._stems[row] & stems) for row in rows) / len(rows) if rows else 0.0

    def _stems_of(self, words: Iterable[str]) -> set[str]:
        return {self._stem(word) or word for word in words if word != BREAK}

    def _terms_of(self, words: Sequence[str]) -> set[str]:
        """Words and pairs of adjacent words that mean something."""
        telling = [self._tells(word) for word in words]
        single = {word for word, tells in zip(words, telling, strict=True) if tells}
        pairs = zip(words, words[1:], telling, telling[1:], strict=False)
        return single | {f"{first} {second}" for first, second, one, other in pairs if one and other}

    def _tells(self, word: str) -> bool:
        return word not in self._stop and (len(word) > 1 or (word != BREAK and is_unspaced(word)))
