"""Weighted ridge with an intercept: what scikit-learn's Ridge computes, without looking at its input again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, solve

__all__ = ["weighted_ridge"]

Array = NDArray[np.float64]


def weighted_ridge(columns: Array, targets: Array, weights: Array, alpha: float) -> tuple[Array, Array]:
    """Coefficients and intercepts, to the bit those of ``sklearn.linear_model.Ridge``.

    Fewer rows than columns, and columns so nearly dependent that they cannot be told apart by their products, are left to
    scikit-learn itself.

    Parameters
    ----------
    columns : ndarray of float, shape (n, k)
    targets : ndarray of float, shape (n, n_targets)
    weights : ndarray of float, shape (n,)
    alpha : float
        Positive.

    Returns
    -------
    coefficients : ndarray of float, shape (n_targets, k)
    intercepts : ndarray of float, shape (n_targets,)

    References
    ----------
    Hoerl and Kennard, "Ridge regression", Technometrics 1970.

    Examples
    --------
    >>> columns = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    >>> coefficients, intercepts = weighted_ridge(columns, columns @ [[3.0], [2.0]] + 1.0, np.ones(4), 1e-9)
    >>> coefficients.round(6).tolist(), intercepts.round(6).tolist()
    ([[3.0, 2.0]], [1.0])
    """
    if len(columns) < columns.shape[1]:
        return _by_sklearn(columns, targets, weights, alpha)
    centre, target_centre = (np.average(array, axis=0, weights=weights) for array in (columns, targets))
    root = np.sqrt(weights)[:, None]
    centred = (columns - centre) * root
    gram = centred.T @ centred
    gram[np.diag_indices_from(gram)] += alpha
    try:
        coefficients = solve(gram, centred.T @ ((targets - target_centre) * root), assume_a="pos", overwrite_a=True).T
    except LinAlgError:
        return _by_sklearn(columns, targets, weights, alpha)
    return coefficients, target_centre - centre @ coefficients.T


def _by_sklearn(columns: Array, targets: Array, weights: Array, alpha: float) -> tuple[Array, Array]:
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=alpha).fit(columns, targets, sample_weight=weights)
    return np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
