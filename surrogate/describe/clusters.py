"""Clusters: directions in which the embeddings of documents gather, by k-means or by factors of which the strongest counts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.describe.embedding import Array, Directions
from surrogate.single_thread import single_thread

__all__ = ["METHODS", "Clusters"]

#: k-means is the measured winner; see :class:`~surrogate.describe.Concepts`.
METHODS = ("kmeans", "nmf", "dictionary")


class Clusters:
    """Assign each document to one of ``n`` clusters.

    Parameters
    ----------
    method : {"kmeans", "nmf", "dictionary"}
    n : int
    n_init : int
        Starts of k-means.
    random_state : int

    Examples
    --------
    >>> vectors = np.array([[3.0, 0.1], [2.0, 0.2], [-3.0, 0.1], [-2.0, 0.0]])
    >>> clusters = Clusters("kmeans", 2, 1, 0).fit(vectors)
    >>> first, second, third, fourth = clusters.assign(vectors).tolist()
    >>> first == second, third == fourth, first == third
    (True, True, False)
    """

    def __init__(self, method: str, n: int, n_init: int, random_state: int) -> None:
        self.method, self.n, self.n_init, self.random_state = method, n, n_init, random_state

    def fit(self, vectors: Array) -> Clusters:
        """Find the clusters of embeddings, shape (n_documents, n_dimensions)."""
        self.directions = Directions.of(vectors)
        # One thread: sums come out in the same order, and so do the bits.
        with single_thread():
            self.model = self._model().fit(self._scaled(vectors))
        return self

    def assign(self, vectors: Array) -> NDArray[np.int64]:
        """The cluster of each document, shape (n_documents,); -1 where no factor is active."""
        if not len(vectors):
            return np.zeros(0, dtype=np.int64)
        with single_thread():
            if self.method == "kmeans":
                return self.model.predict(self._scaled(vectors)).astype(np.int64)
            activation = np.abs(self.model.transform(self._scaled(vectors)))
        return np.where(activation.max(axis=1) > 0, activation.argmax(axis=1), -1).astype(np.int64)

    def _scaled(self, vectors: Array) -> Array:
        if self.method != "nmf":
            return self.directions.unit(vectors)
        standardised = self.directions.standardised(vectors)
        # Both halves of every dimension: a factor has no negative parts.
        return np.hstack([standardised.clip(0.0), (-standardised).clip(0.0)])

    def _model(self) -> Any:
        from sklearn.cluster import KMeans
        from sklearn.decomposition import NMF, MiniBatchDictionaryLearning

        if self.method == "kmeans":
            return KMeans(self.n, n_init=self.n_init, random_state=self.random_state)
        if self.method == "nmf":
            return NMF(self.n, init="nndsvda", random_state=self.random_state, max_iter=500, tol=1e-3)
        return MiniBatchDictionaryLearning(
            self.n,
            alpha=0.15,
            max_iter=30,
            batch_size=64,
            random_state=self.random_state,
            positive_code=True,
            fit_algorithm="cd",
            transform_algorithm="lasso_cd",
            transform_alpha=0.1,
        )
