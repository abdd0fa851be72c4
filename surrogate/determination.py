"""Determination: the share of the variance that predictions explain, weighted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["r2"]


def r2(values: NDArray[np.float64], predicted: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Weighted coefficient of determination, to the bit scikit-learn's ``r2_score``.

    Parameters
    ----------
    values, predicted, weights : ndarray of float, shape (n,)

        The weights are not all zero.

    Returns
    -------
    float
        Where the values do not vary: 1 if they are predicted exactly, else 0; NaN for fewer than two.

    Raises
    ------
    ZeroDivisionError
        When the weights sum to zero.

    Examples
    --------
    >>> r2(np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.ones(2))
    1.0
    """
    if len(values) < 2:
        return float("nan")
    left = float((weights * (values - predicted) ** 2).sum())
    spread = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    # The weighted mean of equal values is not always that value, to the last bit.
    if spread == 0 or np.ptp(values) == 0:
        return 1.0 if left == 0 else 0.0
    return 1.0 - left / spread
