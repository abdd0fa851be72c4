"""Which units become terms of a sparse linear surrogate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SELECTIONS", "left_out_error", "select_lime", "select_ridge"]

#: Ways to choose terms: what serves fidelity best, or exactly as lime 0.2.0.1 does by default.
SELECTIONS = ("auto", "lime")

#: Up to this many features lime chooses by forward selection, beyond it by the largest weights.
_LIME_FORWARD = 6

#: Ridge strengths tried by leave-one-out error when units are ranked.
_ALPHAS = np.logspace(-1, 3, 9)

#: Fitting rows that each term must be able to lean on.
_ROWS_PER_TERM = 4

#: The fewest terms are taken whose left-out error is within this factor of the best.
_TOLERANCE = 1.01


def select_ridge(
    masks: NDArray[np.float64],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    pairs: NDArray[np.int64],
    max_terms: int,
) -> NDArray[np.intp]:
    """Units ranked by a ridge fit of all of them, cut where leaving out one pair at a time says that more do not help.

    Parameters
    ----------
    masks : ndarray of float, shape (n, n_units)
    values, weights : ndarray of float, shape (n,)
    pairs : ndarray of int, shape (n,)
    max_terms : int

    Returns
    -------
    ndarray of int, shape (n_terms,)
        Ascending positions.
    """
    from sklearn.linear_model import RidgeCV

    coefficients = RidgeCV(alphas=_ALPHAS).fit(masks, values, sample_weight=weights).coef_
    most = max(1, min(max_terms, masks.shape[1], len(values) // _ROWS_PER_TERM))
    ranked = np.argsort(-np.abs(coefficients), kind="stable")[:most]
    errors = [left_out_error(masks[:, ranked[:n]], values, weights, pairs) for n in range(1, most + 1)]
    limit = min(errors) * _TOLERANCE + 1e-12
    return np.sort(ranked[: next(n for n, error in enumerate(errors, start=1) if error <= limit)])


def left_out_error(
    columns: NDArray[np.float64], values: NDArray[np.float64], weights: NDArray[np.float64], pairs: NDArray[np.int64]
) -> float:
    """Weighted squared error of least squares with intercept when each pair is predicted without itself.

    References
    ----------
    Allen's PRESS (Technometrics 1974) for blocks: the left-out residual of a block is (I - H_block)^-1 times its residual.

    Examples
    --------
    >>> columns = np.array([[1.0], [0.0], [1.0], [0.0]])
    >>> round(left_out_error(columns, columns[:, 0] * 3, np.ones(4), np.array([0, 0, 1, 1])), 6)
    0.0
    """
    scale = np.sqrt(weights)
    design = np.column_stack([columns, np.ones(len(values))]) * scale[:, None]
    inverse = np.linalg.inv(design.T @ design + 1e-6 * np.eye(design.shape[1]))
    half_hat = design @ inverse
    residual = values * scale - half_hat @ (design.T @ (values * scale))
    order = np.argsort(pairs, kind="stable")
    error = 0.0
    for rows in np.split(order, np.flatnonzero(np.diff(pairs[order])) + 1):
        block = np.eye(len(rows)) - half_hat[rows] @ design[rows].T
        error += float((np.linalg.lstsq(block, residual[rows], rcond=None)[0] ** 2).sum())
    return error


def select_lime(
    masks: NDArray[np.float64], values: NDArray[np.float64], weights: NDArray[np.float64], n: int
) -> NDArray[np.intp]:
    """LIME's choice ("auto"): forward selection for up to six features, otherwise the largest weights.

    References
    ----------
    lime 0.2.0.1, ``lime_base.LimeBase.feature_selection``: ridge with alpha 0 and 0.01 respectively.
    """
    n = min(n, masks.shape[1])
    if n <= _LIME_FORWARD:
        return _forward(masks, values, weights, n)
    from sklearn.linear_model import Ridge

    coefficients = Ridge(alpha=0.01, fit_intercept=True).fit(masks, values, sample_weight=weights).coef_
    # LIME multiplies by the first row, the original text, in which every unit is kept.
    return np.sort(np.argsort(-np.abs(coefficients), kind="stable")[:n])


def _forward(
    masks: NDArray[np.float64], values: NDArray[np.float64], weights: NDArray[np.float64], n: int
) -> NDArray[np.intp]:
    from sklearn.linear_model import Ridge

    chosen: list[int] = []
    for _ in range(n):
        best, best_score = -1, -np.inf
        for feature in range(masks.shape[1]):
            if feature in chosen:
                continue
            columns = masks[:, [*chosen, feature]]
            model = Ridge(alpha=0, fit_intercept=True).fit(columns, values, sample_weight=weights)
            score = model.score(columns, values, sample_weight=weights)
            if score > best_score:
                best, best_score = feature, score
        chosen.append(best)
    return np.array(chosen, dtype=np.intp)
