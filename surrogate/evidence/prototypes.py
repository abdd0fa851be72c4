"""Prototypes and criticisms: a few documents that stand for a class, and a few that it does not describe well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["criticisms", "prototypes", "rbf_similarity"]

Array = NDArray[np.float64]


def rbf_similarity(embeddings: NDArray[np.floating]) -> Array:
    """Similarity exp(-d^2 / (2 s^2)) of all pairs, where s is the median distance, shape (n, n).

    Examples
    --------
    >>> rbf_similarity(np.array([[0.0], [1.0]])).round(3).tolist()
    [[1.0, 0.607], [0.607, 1.0]]
    """
    points = embeddings.astype(np.float64)
    norms = (points**2).sum(axis=1)
    squared = np.maximum(norms[:, None] + norms[None, :] - 2 * points @ points.T, 0.0)
    np.fill_diagonal(squared, 0.0)
    apart = squared[np.triu_indices(len(points), 1)]
    width = float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
    return np.exp(-squared / (2 * width))


def prototypes(similarity: Array, n: int) -> list[int]:
    """Rows that together look most like all rows: greedy choice by maximum mean discrepancy.

    Parameters
    ----------
    similarity : ndarray, shape (n_rows, n_rows)
        A positive definite kernel.
    n : int

    References
    ----------
    Kim, Khanna and Koyejo, "Examples are not enough, learn to criticize!", NeurIPS 2016, algorithm 1.

    Examples
    --------
    >>> prototypes(rbf_similarity(np.array([[0.0], [0.1], [0.2], [5.0], [5.1]])), 2)
    [2, 3]
    """
    to_all = 2 * similarity.mean(axis=0)
    chosen: list[int] = []
    within = 0.0
    for _ in range(min(n, len(similarity))):
        size = len(chosen) + 1
        added = to_all[chosen].sum() + to_all
        overlap = within + 2 * similarity[chosen].sum(axis=0) + np.diag(similarity)
        gain = added / size - overlap / size**2
        gain[chosen] = -np.inf
        best = int(np.argmax(np.round(gain, 12)))
        within = float(overlap[best])
        chosen.append(best)
    return chosen


def criticisms(similarity: Array, shown: list[int], n: int) -> list[int]:
    """Rows that the prototypes stand for the least: where the witness function is largest, and far from each other.

    Parameters
    ----------
    similarity : ndarray, shape (n_rows, n_rows)
    shown : list of int
        The prototypes.
    n : int

    References
    ----------
    Kim, Khanna and Koyejo, NeurIPS 2016, equation 3, with the log-determinant regulariser; of the witness
    function only what the prototypes leave out counts, not what they say too often.

    Examples
    --------
    >>> points = rbf_similarity(np.array([[0.0], [0.1], [0.2], [0.1], [9.0]]))
    >>> criticisms(points, prototypes(points, 1), 1)
    [4]
    """
    if not shown:
        return []
    witness = similarity.mean(axis=0) - similarity[shown].mean(axis=0)
    chosen: list[int] = []
    for _ in range(min(n, len(similarity) - len(shown))):
        score = witness.copy()
        if chosen:
            inverse = np.linalg.pinv(similarity[np.ix_(chosen, chosen)], hermitian=True)
            beside = similarity[:, chosen]
            left = np.diag(similarity) - np.einsum("ij,jk,ik->i", beside, inverse, beside)
            score += np.log(np.maximum(left, 1e-9))
        score[shown + chosen] = -np.inf
        chosen.append(int(np.argmax(np.round(score, 12))))
    return chosen
