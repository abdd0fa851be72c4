"""Corpus: many texts as they are, each with a few altered copies that show what its words do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._param_validation import Interval, StrOptions

from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.neighborhood import Neighborhood
from surrogate.perturb.base import as_split
from surrogate.seeding import content_generator
from surrogate.units import UNIT_KINDS, Document, split_units

__all__ = ["Corpus", "role_of"]

#: Altered copies over the whole corpus that "auto" aims at.
_COPIES = 15_000

#: How often a copy is drawn again when its text was seen before.
_TRIES = 20


def role_of(text: str, split: Sequence[int], random_state: int = 0) -> str:
    """What a document is for: by the hash of its text, so that equal texts are never apart and order does not matter.

    Parameters
    ----------
    text : str
    split : sequence of int
        Shares of "fit", "select" and "test".
    random_state : int

    Examples
    --------
    >>> role_of("where is my card", (5, 2, 3)) == role_of("where is my card", (5, 2, 3))
    True
    """
    digest = hashlib.sha256(f"{random_state}\0{text}".encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64 * sum(split)
    first, second, _ = split
    return "fit" if place < first else "select" if place < first + second else "test"


class Corpus(StepMixin, TransformerMixin, BaseEstimator):
    """The texts of a corpus, and altered copies of those that are fitted on.

    ``fit_transform`` yields every text, with copies, for fitting; ``transform`` yields texts as they are, to be scored or
    predicted; so ordinary cross-validation applies.  :meth:`draw` splits one corpus into documents to fit, to select and to
    test on, by the hashes of their texts.

    The copies have words deleted.  They tell what a word does in documents where it always comes with others, as in local
    explanations; the documents themselves are what fidelity is measured on.

    Parameters
    ----------
    units : str, default "word"
        What is deleted from copies.
    n_copies : int or "auto", default "auto"
        Altered copies of each document; "auto": 2 to 10, fewer for larger corpora.
    max_removed : float, default 0.5
        Largest share of the units that a copy lacks; the share is uniform up to it.
    split : tuple of int, default (5, 2, 3)
        Shares of fit, select and test, for :meth:`draw`.
    random_state : int, default 0

    Attributes
    ----------
    n_documents_ : int
        Number of texts it was fitted on.

    Examples
    --------
    >>> sample = Corpus(n_copies=2).fit_transform(["where is my card", "a fee"])
    >>> [len(masks) for masks in sample.masks], sample.texts[0]
    ([3, 3], 'where is my card')
    >>> Corpus().fit(["where is my card"]).transform(["another one"]).texts
    ('another one',)
    """

    _takes_strings = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "units": [StrOptions(set(UNIT_KINDS))],
        "n_copies": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "max_removed": [Interval(Real, 0, 1, closed="neither")],
        "split": ["array-like"],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        units: str = "word",
        n_copies: int | str = "auto",
        max_removed: float = 0.5,
        split: tuple[int, int, int] = (5, 2, 3),
        random_state: int = 0,
    ) -> None:
        self.units = units
        self.n_copies = n_copies
        self.max_removed = max_removed
        self.split = split
        self.random_state = random_state

    @announced
    def fit(self, texts: Iterable[str] | Documents, y: object = None) -> Self:
        """Check the parameters and count the texts.

        Raises
        ------
        InputError
            ``not-text`` for a single string, ``bad-parameter``.
        """
        self._validate_params()
        self.n_documents_ = len(_documents(texts))
        return self

    def fit_transform(self, texts: Iterable[str] | Documents, y: object = None, **params: object) -> Neighborhood:
        """Every text with its altered copies, to be fitted on."""
        documents = _documents(texts)
        self.fit(documents)
        return self._sample(documents, ["fit"] * len(documents))

    def transform(self, texts: Iterable[str] | Documents) -> Neighborhood:
        """The texts as they are, to be scored or predicted."""
        documents = _documents(texts)
        return self._sample(documents, ["select"] * len(documents), n_copies=0)

    def draw(self, texts: Iterable[str] | Documents) -> Neighborhood:
        """One corpus in three parts; those to fit and to select on with altered copies.

        Parameters
        ----------
        texts : iterable of str or Documents, length n_documents

        Returns
        -------
        Neighborhood
            No copy has the text of a document of the test part.
        """
        self._validate_params()
        documents, split = _documents(texts), as_split(self.split)
        return self._sample(documents, [role_of(text, split, int(self.random_state)) for text in documents.texts])

    def _sample(self, documents: Documents, roles: list[str], n_copies: int | None = None) -> Neighborhood:
        held_out = {text for text, role in zip(documents.texts, roles, strict=True) if role == "test"}
        number = _number(self.n_copies, len(documents)) if n_copies is None else n_copies
        parts = [
            self._copies(_split(text, self.units), 0 if role == "test" else number, held_out)
            for text, role in zip(documents.texts, roles, strict=True)
        ]
        lengths = [len(masks) for _, masks, _ in parts]
        return Neighborhood(
            documents=tuple(document for document, _, _ in parts),
            masks=tuple(masks for _, masks, _ in parts),
            texts=tuple(text for _, _, texts in parts for text in texts),
            roles=np.repeat(np.array(roles, dtype=np.str_), lengths),
            pairs=np.concatenate([np.arange(length) for length in lengths]) if lengths else np.zeros(0, np.int64),
            reference_weight=np.ones(sum(lengths)),
            perturbation="corpus",
            reference="corpus",
            metadata=dict(documents.metadata),
        )

    def _copies(
        self, document: Document, n_copies: int, held_out: set[str]
    ) -> tuple[Document, NDArray[np.bool_], list[str]]:
        """The text itself and its copies: prefix-stable, seeded by the text."""
        n_units = document.n_units
        masks, texts = [np.ones(n_units, dtype=bool)], [document.text]
        seen = {document.text}
        draws = content_generator("corpus", document.text, document.spans, int(self.random_state))
        most = int(float(self.max_removed) * n_units)
        for _ in range(n_copies * _TRIES if most else 0):
            if len(texts) > n_copies:
                break
            removed = min(most, 1 + int(draws.random() * most))
            mask = np.ones(n_units, dtype=bool)
            mask[draws.choice(n_units, removed, replace=False)] = False
            text = document.keep(mask)
            if text not in seen and text not in held_out:
                seen.add(text)
                masks.append(mask)
                texts.append(text)
        return document, np.array(masks), texts


def _documents(texts: Iterable[str] | Documents) -> Documents:
    if isinstance(texts, Documents):
        return texts
    if isinstance(texts, str | bytes):
        raise InputError("not-text", "Give a list of texts, not one string: pipe.fit([text, …]).")
    listed = tuple(texts)
    return Documents(listed, tuple(str(number) for number in range(1, len(listed) + 1)))


def _number(n_copies: int | str, n_documents: int) -> int:
    if n_copies == "auto":
        return int(np.clip(_COPIES // max(n_documents, 1), 2, 10))
    return int(n_copies)


def _split(text: str, units: str) -> Document:
    """The units of a text; a text without any, such as a row of signs, is one."""
    try:
        return split_units(text, units, max_units=len(text) + 1)
    except InputError as error:
        if error.code != "empty-text":
            raise
        return Document(text, ((0, len(text)),), units)
