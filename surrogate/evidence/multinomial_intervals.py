"""Intervals of the coefficients of a sparse multinomial surrogate: how they would vary with other documents."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["standard_errors"]

Array = NDArray[np.float64]


def standard_errors(
    columns: Array,
    classes: NDArray[np.int64],
    fitted: Array,
    targets: Array,
    weights: Array,
    documents: NDArray[np.int64],
    ridge: float,
) -> Array:
    """Standard error of each coefficient, for the chosen terms, shape (n_coefficients,).

    A sandwich over documents: a document and its altered copies are one draw.

    Parameters
    ----------
    columns : ndarray, shape (n_rows, n_coefficients)
        The feature of each coefficient.
    classes : ndarray of int, shape (n_coefficients,)
        Its class.
    fitted, targets : ndarray, shape (n_rows, n_classes)
        Probabilities of the surrogate and of the model.
    weights : ndarray, shape (n_rows,)
    documents : ndarray of int, shape (n_rows,)
        The document of each row.
    ridge : float
        Weight of the squared coefficients beside the deviance of weights that sum to one.

    References
    ----------
    Huber, "The behavior of maximum likelihood estimates under nonstandard conditions", 1967; Cameron and Miller, "A
    practitioner's guide to cluster-robust inference", Journal of Human Resources 2015, section II.

    Examples
    --------
    >>> draws = np.random.default_rng(0)
    >>> x = draws.integers(0, 2, 400).astype(float)
    >>> p = 1 / (1 + np.exp(-(x - .5)))
    >>> y = (draws.random(400) < p).astype(float)
    >>> error = standard_errors(x[:, None], np.array([1]), np.c_[1 - p, p], np.c_[1 - y, y], np.ones(400), np.arange(400), 0.0)
    >>> bool(0.19 < error[0] < 0.23)
    True
    """
    n_classes = fitted.shape[1]
    share = weights / weights.sum()
    # intercepts are coefficients of a feature that is always there
    design = np.hstack([columns, np.ones((len(columns), n_classes))])
    of_class = np.concatenate([classes, np.arange(n_classes)])
    spread = design * fitted[:, of_class]
    curvature = -(spread * share[:, None]).T @ spread
    for number in range(n_classes):
        own = np.flatnonzero(of_class == number)
        block = design[:, own]
        curvature[np.ix_(own, own)] += (block * (share * fitted[:, number])[:, None]).T @ block
    curvature[np.diag_indices(len(classes))] += ridge
    scores = design * (targets - fitted)[:, of_class] * share[:, None]
    by_document = _sums(scores, documents)
    # the intercepts are known but for a common constant, hence no plain inverse
    inverse: Any = np.linalg.pinv(curvature, hermitian=True)
    n = len(by_document)
    covariance = inverse @ (by_document.T @ by_document) @ inverse * (n / max(n - 1, 1))
    return np.sqrt(np.maximum(np.diag(covariance)[: len(classes)], 0.0))


def _sums(rows: Array, documents: NDArray[np.int64]) -> Array:
    """Sum of the rows of each document, in the order in which the documents come."""
    _, first, place = np.unique(documents, return_index=True, return_inverse=True)
    sums = np.zeros((len(first), rows.shape[1]))
    np.add.at(sums, np.argsort(np.argsort(first))[place], rows)
    return sums
