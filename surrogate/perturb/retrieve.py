"""Retrieve: the nearest real texts of a corpus in the place of altered copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.perturb.observed import Observed, Source
from surrogate.units import Document

__all__ = ["EmbedsTexts", "Retrieve", "nearest"]

#: Rows of the corpus that are compared at a time.
_BLOCK = 4096


class EmbedsTexts(Protocol):
    """Something that turns texts into vectors."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        """Embeddings of texts, shape (n_texts, n_dimensions)."""


class Retrieve(Observed):
    """Real texts: those of a corpus that are nearest to the explained text, as they are, instead of altered copies.

    A row's mask says which of the text's units occur in the neighbour, whatever their case.  These masks were observed and
    not drawn: words that go together in the corpus go together in them, and what the neighbours say besides has no unit.  So
    ``reference`` is "neighbours", and what is fitted or measured speaks of real texts near this one, not of changes to it.

    Parameters
    ----------
    corpus : Documents or sequence of str
    embedder : object with ``embed(texts) -> array of shape (n_texts, n_dimensions)``
        Says what is near, by cosine distance.
    n_samples : int, default 256
        Texts in all: the explained one and its nearest neighbours, each distinct text once.
    split : tuple of int, default (4, 1, 3)
        Shares of fit, select and test; the role of a text comes from a hash of it.
    random_state : int, default 0
    units, accepts_empty, tokenize
        As in :class:`~surrogate.perturb.Delete`.
    max_test : None
        Not used: all neighbours are drawn at once.

    Attributes
    ----------
    documents_ : tuple of Document
    source : Source
        The size of the corpus.

    Examples
    --------
    >>> class Length:
    ...     def embed(self, texts):
    ...         return np.array([[1.0, len(text)] for text in texts])
    >>> corpus = ["pay my fee", "a lost card", "pay it", "my bill is wrong", "pay", "my", "is it so", "so it is"]
    >>> drawn = Retrieve(corpus, embedder=Length(), n_samples=8).draw(["pay my bill"])
    >>> drawn.texts[:3], drawn.masks[0][:3].astype(int).tolist(), drawn.reference
    (('pay my bill', 'a lost card', 'pay my fee'), [[1, 1, 1], [0, 0, 0], [1, 1, 0]], 'neighbours')
    """

    perturbation: ClassVar[str] = "retrieve"
    gives: ClassVar[str] = "finds real texts"
    _takes_strings = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Observed._parameter_constraints,
        "corpus": "no_validation",  # type: ignore[dict-item]
        "embedder": "no_validation",  # type: ignore[dict-item]
    }

    def __init__(
        self,
        corpus: Any = None,
        *,
        embedder: Any = None,
        units: str = "word",
        n_samples: int = 256,
        split: tuple[int, int, int] = (4, 1, 3),
        max_test: int | None = None,
        random_state: int = 0,
        accepts_empty: bool = True,
        tokenize: Callable[[str], Sequence[tuple[int, int]]] | None = None,
    ) -> None:
        self.corpus = corpus
        self.embedder = embedder
        self.units = units
        self.n_samples = n_samples
        self.split = split
        self.max_test = max_test
        self.random_state = random_state
        self.accepts_empty = accepts_empty
        self.tokenize = tokenize

    @property
    def source(self) -> Source:
        """What a report says of where the texts come from."""
        return Source(f"a corpus of {len(self._distinct()):,} texts")

    def observed(self, document: Document) -> list[str]:
        """The nearest texts, nearest first."""
        others = self.others(document)
        vectors = self._embedded([document.text, *others])
        return [others[row] for row in nearest(vectors[0], vectors[1:], others, int(self.n_samples) - 1)]

    def others(self, document: Document) -> list[str]:
        """The different texts of the corpus that are not the explained one.

        Raises
        ------
        InputError
            ``bad-corpus`` when there are fewer than are wanted.
        """
        others = [text for text in self._distinct() if text != document.text and (self.accepts_empty or text.strip())]
        needed = int(self.n_samples) - 1
        if len(others) < needed:
            raise InputError(
                "bad-corpus",
                f"Retrieve needs {needed:,} different texts beside the explained one, and the corpus has {len(others):,}. Give "
                f"more texts, or ask for fewer (n_samples={len(others) + 1}).",
            )
        return others

    def _distinct(self) -> list[str]:
        texts = self.corpus.texts if isinstance(self.corpus, Documents) else self.corpus
        if texts is None or isinstance(texts, str):
            raise InputError("bad-corpus", "Retrieve needs a corpus: Documents, or a list of texts.")
        return list(dict.fromkeys(texts))

    def _embedded(self, texts: list[str]) -> NDArray[np.float64]:
        if not hasattr(self.embedder, "embed"):
            raise InputError(
                "bad-parameter", f"Retrieve needs an embedder, an object with embed(texts); got {self.embedder!r}."
            )
        vectors = np.asarray(self.embedder.embed(texts), dtype=np.float64)
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise InputError(
                "bad-parameter",
                f"The embedder must give {len(texts):,} rows of finite numbers, one for each text; it gave an array of shape "
                f"{vectors.shape}{'' if np.isfinite(vectors).all() else ' with NaN or infinite numbers'}.",
            )
        return vectors


def nearest(
    origin: NDArray[np.float64], vectors: NDArray[np.float64], texts: Sequence[str], n_nearest: int
) -> list[int]:
    """Rows of the nearest vectors by cosine distance, nearest first; those equally near in the order of their texts.

    Parameters
    ----------
    origin : ndarray of float, shape (n_dimensions,)
    vectors : ndarray of float, shape (n, n_dimensions)
        A vector of zeros is at distance one from everything.
    texts : sequence of str, length n
    n_nearest : int

    Returns
    -------
    list of int, length ``n_nearest``

    Examples
    --------
    >>> nearest(np.array([1.0, 0.0]), np.array([[0.0, 1.0], [2.0, 0.1], [1.0, 1.0]]), ["a", "b", "c"], 2)
    [1, 2]
    """
    distances = np.concatenate(
        [_distances(origin, vectors[start : start + _BLOCK]) for start in range(0, max(len(vectors), 1), _BLOCK)]
    )
    # Rounded, so that what is equally near is told apart by its text and not by the last bit of a sum.
    rounded = distances.round(12)
    return sorted(range(len(texts)), key=lambda row: (rounded[row], texts[row]))[:n_nearest]


def _distances(origin: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(origin)
    # One row at a time in the same order of additions, whatever the other rows.
    products = np.einsum("ij,j->i", vectors, origin)
    return 1.0 - np.divide(products, norms, out=np.zeros(len(vectors)), where=norms > 0)
