"""A map of embeddings: two directions in which groups of documents lie apart the most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["embedding_map"]


def embedding_map(embeddings: NDArray[np.floating], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Places of documents on a plane, shape (n_documents, 2), each axis with variance one.

    The plane is that of the first two principal components of the centres of the groups: a linear map, the same for the
    same documents in any order, on which nothing is pulled together or apart as in t-SNE.

    Parameters
    ----------
    embeddings : ndarray, shape (n_documents, n_dimensions)
    groups : ndarray of int, shape (n_documents,)
        The group of each document, such as its concept.

    Examples
    --------
    >>> points = embedding_map(np.array([[0.0, 0, 0], [0, 0, 1], [5, 0, 0], [0, 5, 0]]), np.array([0, 0, 1, 2]))
    >>> points.shape, bool(np.allclose(points.std(axis=0), 1))
    ((4, 2), True)
    """
    points = embeddings.astype(np.float64)
    points = points - points.mean(axis=0)
    names, sizes = np.unique(groups, return_counts=True)
    centres = np.array([points[groups == name].mean(axis=0) for name in names]) * np.sqrt(sizes)[:, None]
    basis = centres if len(names) > 2 else points
    _, _, axes = np.linalg.svd(basis, full_matrices=False)
    axes = axes[:2]
    # the sign of an axis is arbitrary: its largest part points up
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    placed = points @ axes.T
    if placed.shape[1] < 2:
        placed = np.hstack([placed, np.zeros((len(placed), 2 - placed.shape[1]))])
    spread = placed.std(axis=0)
    return np.divide(placed, spread, out=np.zeros_like(placed), where=spread > 0)
