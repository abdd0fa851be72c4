"""Terms: stems, beginnings of words and phrases as features of documents."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix
from sklearn.utils._param_validation import Interval

from surrogate.describe.analysis import Analysis, Term
from surrogate.describe.base import Describer, presence_of
from surrogate.describe.inputs import Inputs, texts_of
from surrogate.describe.stems import AUTO, stemmer
from surrogate.describe.stop_words import is_stop, stop_words
from surrogate.errors import InputError
from surrogate.features import Feature

__all__ = ["MAX_FORMS", "Terms"]

#: Beginnings of fewer letters are begun by too many words to stand in a rule.
_SHORT = 4

#: Forms that a feature lists; the most frequent.
MAX_FORMS = 8

# Of terms in exactly the same documents the first of these is kept: a stem also meets forms that were not seen, and a
# word reads better than its beginning.
_RANK = {"stem": 0, "word": 1, "character": 2, "prefix": 3, "phrase": 4}
_LAST = ("prefix", "phrase")


class Terms(Describer):
    """Presence of stems, beginnings of words and, on request, whole words and phrases.

    Words are those of :func:`~surrogate.units.split_units` in lower case, parted at hyphens; an emoji is a word.  Where words
    have no spaces between them (Chinese, Japanese, Thai ...), the terms are the words that ICU's dictionary finds and runs of
    one and two characters, since dictionaries cut the same characters now so, now so.

    A term in every document or in fewer than ``min_documents`` is left out.  Of terms in exactly the same documents one is
    kept: a stem or word rather than a beginning, no stop word if there is another, then the shortest; ``merged_`` says which
    it stands for.  So a beginning that only one word has is shown as that word.  Stop words and
    beginnings of three letters are kept, since a linear model needs them, but are ``common``: rules do not name them.

    Parameters
    ----------
    words : bool, default False
        Whole words beside their stems.
    stems : bool, default True
        What the forms of a word share (charge, charged, charges).
    prefixes : (int, int) or None, default (3, 7)
        Shortest and longest beginning of a word, in letters.
    phrases : int, default 0
        Most words of a phrase (2: pairs); 0: none.
    characters : (int, int) or None, default (1, 2)
        Shortest and longest run of characters; only in scripts without spaces.
    min_documents : int or float, default 2
        Fewest documents with a term; below 1: as a share of the documents.
    max_features : int, optional
        Most features: those in the most documents.
    language : str, default "auto"
        Whose stemmer: a language of Snowball; "auto": English for words in Latin letters, none for others; "none".

    Attributes
    ----------
    features_ : tuple of Feature, length n_features
        With the forms found, the most frequent first.
    merged_ : dict of str to tuple of str
        By the name of a feature, the names of the terms that are in exactly the same documents.

    Examples
    --------
    >>> terms = Terms(prefixes=(4, 5)).fit(["charged a fee", "a charge", "a card", "fees", "fraud", "fraudster"])
    >>> [feature.label for feature in terms.features_]
    ['a', 'charge', 'fee', 'frau…']
    >>> terms.features_[3].forms, terms.merged_["prefix:frau"]
    (('fraud', 'fraudster'), ('prefix:fraud',))
    >>> terms.transform(["Charging fraudulent sums", ""]).toarray().tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "words": ["boolean"],
        "stems": ["boolean"],
        "prefixes": [tuple, list, None],
        "phrases": [Interval(Integral, 0, 5, closed="both")],
        "characters": [tuple, list, None],
        "min_documents": [Interval(Integral, 1, None, closed="left"), Interval(Real, 0, 1, closed="neither")],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "language": [str],
    }

    def __init__(
        self,
        *,
        words: bool = False,
        stems: bool = True,
        prefixes: tuple[int, int] | None = (3, 7),
        phrases: int = 0,
        characters: tuple[int, int] | None = (1, 2),
        min_documents: int | float = 2,
        max_features: int | None = None,
        language: str = AUTO,
    ) -> None:
        self.words = words
        self.stems = stems
        self.prefixes = prefixes
        self.phrases = phrases
        self.characters = characters
        self.min_documents = min_documents
        self.max_features = max_features
        self.language = language

    def _fit(self, inputs: Inputs) -> None:
        analysis = self._analysis()
        presence, terms, forms = _counted(analysis(text) for text in texts_of(inputs))
        documents, others = _merged(presence, self._frequent(presence, terms, analysis))
        wanted = [term for term in documents if self._wants(term, analysis) or _names_beginning(others[":".join(term)])]
        kept = sorted(wanted, key=lambda term: -documents[term])[: self.max_features]
        self.features_ = _features(sorted(kept, key=lambda term: (_RANK[term[0]], term[1])), forms)
        self.merged_ = {feature.name: others[feature.name] for feature in self.features_ if others[feature.name]}

    def _transform(self, inputs: Inputs) -> csr_matrix:
        analysis = self._analysis()
        rows = ({term for term, _ in analysis(text)} for text in texts_of(inputs))
        return presence_of(rows, {(feature.kind, feature.key): i for i, feature in enumerate(self.features_)})

    def _wants(self, term: Term, analysis: Analysis) -> bool:
        """Whether a term was asked for: a whole word, or one that has no stem to stand for it."""
        kind, key = term
        return kind != "word" or self.words or (self.stems and not analysis.stem(key))

    def _analysis(self) -> Analysis:
        return Analysis(
            stemmer(self.language),
            self.stems,
            _lengths("prefixes", self.prefixes),
            _lengths("characters", self.characters),
            int(self.phrases),
        )

    def _frequent(self, presence: csc_matrix, terms: list[Term], analysis: Analysis) -> dict[Term, int]:
        """Columns of the terms in enough documents and not in all, those that read best first."""
        n_documents = presence.shape[0]
        fewest = self.min_documents if self.min_documents >= 1 else self.min_documents * n_documents
        counts = np.diff(presence.indptr).tolist()
        kept = {term: column for column, term in enumerate(terms) if fewest <= counts[column] < n_documents}
        stop = stop_words() | {analysis.stem(word) for word in stop_words()}

        def reads(term: Term) -> tuple[bool, bool, int, int, str]:
            return term[0] in _LAST, term[1] in stop, _RANK[term[0]], len(term[1]), term[1]

        return {term: kept[term] for term in sorted(kept, key=reads)}


def _counted(
    documents: Iterable[set[tuple[Term, str]]],
) -> tuple[csc_matrix, list[Term], Counter[tuple[Term, str]]]:
    """Which documents have which terms (n_documents, n_terms), what the terms are, and in how many each has which form."""
    forms: Counter[tuple[Term, str]] = Counter()
    columns: dict[Term, int] = defaultdict(lambda: len(columns))
    indices, ends = array("i"), array("q", [0])
    for pairs in documents:
        forms.update(pairs)
        indices.extend(sorted({columns[term] for term, _ in pairs}))
        ends.append(len(indices))
    shape = (len(ends) - 1, len(columns))
    arrays = (np.ones(len(indices), dtype=np.float32), np.array(indices, np.int32), np.array(ends, np.int64))
    return csr_matrix(arrays, shape=shape).tocsc(), list(columns), forms


def _merged(presence: csc_matrix, columns: Mapping[Term, int]) -> tuple[dict[Term, int], dict[str, tuple[str, ...]]]:
    """Of terms in the same documents the first, with its number of documents; and which others it stands for."""
    first: dict[bytes, Term] = {}
    kept: dict[Term, int] = {}
    others: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for term, column in columns.items():
        documents = presence.indices[presence.indptr[column] : presence.indptr[column + 1]]
        chosen = first.setdefault(documents.tobytes(), term)
        if chosen == term:
            kept[term] = len(documents)
        else:
            name = ":".join(chosen)
            others[name] += (":".join(term),)
    return kept, others


def _names_beginning(others: tuple[str, ...]) -> bool:
    """Whether a term stands for a beginning that only one word has: the word reads better."""
    return any(name.startswith("prefix:") for name in others)


def _features(terms: list[Term], forms: Mapping[tuple[Term, str], int]) -> tuple[Feature, ...]:
    """The features with the forms that were found, the most frequent first."""
    found: dict[Term, list[tuple[int, str]]] = {term: [] for term in terms}
    for (term, form), count in forms.items():
        if term in found:
            found[term].append((-count, form))
    features = []
    for kind, key in terms:
        listed = tuple(form for _, form in sorted(found[kind, key])[:MAX_FORMS])
        label = f"{key}…" if kind == "prefix" else listed[0]
        feature = Feature(kind, key, label, listed)
        short = kind == "prefix" and len(key) < _SHORT
        features.append(replace(feature, common=short or is_stop(feature)))
    return tuple(features)


def _lengths(name: str, lengths: Any) -> tuple[int, int] | None:
    if lengths is None:
        return None
    whole = [isinstance(length, Integral) and not isinstance(length, bool | np.bool_) for length in lengths]
    if whole != [True, True] or not 1 <= lengths[0] <= lengths[1]:
        raise InputError(
            "bad-parameter", f"{name} is None or a pair such as (3, 7), shortest and longest; got {lengths!r}."
        )
    return int(lengths[0]), int(lengths[1])
