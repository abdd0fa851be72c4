"""Embeddings of documents, on one scale: each dimension standardised, then each document of length one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from surrogate.describe.inputs import Inputs
from surrogate.errors import InputError

__all__ = ["Directions", "Embedder", "embeddings_of", "order_of_content"]

Array = NDArray[np.float64]


class Embedder(Protocol):
    """Whatever gives embeddings of texts."""

    def embed(self, texts: Sequence[str]) -> NDArray[Any]:
        """Embeddings, shape (n_texts, n_dimensions)."""
        ...


def embeddings_of(inputs: Inputs, embedder: Embedder | None) -> Array:
    """Embeddings of rows: an embedder's where one is given and there are texts, else those that came with the rows.

    Returns
    -------
    ndarray of float, shape (n_rows, n_dimensions)

    Raises
    ------
    InputError
        ``missing-embedder`` when there are neither, ``bad-embeddings`` for a wrong number of them or not-a-number among them.

    Examples
    --------
    >>> embeddings_of(Inputs(2, embeddings=np.eye(2)), None).shape
    (2, 2)
    """
    if not inputs.n_rows:
        return np.zeros((0, 0))
    if embedder is not None and inputs.texts is not None:
        found = embedder.embed(inputs.texts)
    elif inputs.embeddings is not None:
        found = inputs.embeddings
    else:
        raise InputError(
            "missing-embedder",
            "Concepts are found in embeddings, and the texts came without. Pass embedder=…, an object with embed(texts), or a "
            "sample answered by a model that gives embeddings.",
        )
    vectors = np.asarray(found, dtype=np.float64)
    if vectors.ndim != 2 or len(vectors) != inputs.n_rows:
        raise InputError(
            "bad-embeddings", f"{inputs.n_rows:,} rows need embeddings of as many rows; got the shape {vectors.shape}."
        )
    if not np.isfinite(vectors).all():
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise InputError("bad-embeddings", f"The embedding of row {row} holds a value that is no number.")
    return vectors


@dataclass(frozen=True, eq=False)
class Directions:
    """The scale of a corpus: mean and standard deviation of each dimension.

    Parameters
    ----------
    mean, scale : ndarray of float, shape (n_dimensions,)

    Examples
    --------
    >>> directions = Directions.of(np.array([[0.0, 1.0], [2.0, 1.0]]))
    >>> directions.standardised(np.array([[4.0, 1.0]])).tolist(), directions.unit(np.array([[4.0, 1.0]])).tolist()
    ([[3.0, 0.0]], [[1.0, 0.0]])
    """

    mean: Array
    scale: Array

    @classmethod
    def of(cls, vectors: Array) -> Directions:
        """The scale of these embeddings; a dimension that does not vary keeps its own."""
        scale = vectors.std(axis=0)
        # A dimension that varies by rounding alone is no direction.
        constant = scale <= 1e-9 * np.maximum(1.0, np.abs(vectors).max(axis=0))
        return cls(vectors.mean(axis=0), np.where(constant, 1.0, scale))

    def standardised(self, vectors: Array) -> Array:
        """Mean zero, standard deviation one, shape of ``vectors``.

        Raises
        ------
        InputError
            ``bad-embeddings`` for another number of dimensions than the corpus has.
        """
        if vectors.shape[1] != len(self.mean):
            raise InputError(
                "bad-embeddings",
                f"These embeddings have {vectors.shape[1]} dimensions; the corpus was embedded in {len(self.mean)}. Use the "
                "same model.",
            )
        return (vectors - self.mean) / self.scale

    def unit(self, vectors: Array) -> Array:
        """Standardised and of length one; a row in the middle of everything stays zero."""
        standardised = self.standardised(vectors)
        length = np.linalg.norm(standardised, axis=1, keepdims=True)
        return np.divide(standardised, length, out=np.zeros_like(standardised), where=length > 0)


def order_of_content(vectors: Array) -> tuple[NDArray[np.intp], int]:
    """An order of rows that depends on what they hold and not on how they came, and the number of different rows.

    Examples
    --------
    >>> rows = np.array([[1.0], [2.0], [1.0]])
    >>> order, n_distinct = order_of_content(rows)
    >>> backwards = rows[::-1]
    >>> n_distinct, bool((rows[order] == backwards[order_of_content(backwards)[0]]).all())
    (2, True)
    """
    digests = [hashlib.sha256(row.tobytes()).digest() for row in np.ascontiguousarray(vectors)]
    order = sorted(range(len(digests)), key=digests.__getitem__)
    return np.array(order, dtype=np.intp), len(set(digests))
