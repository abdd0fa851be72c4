"""How wrong it would be to say each class of a row, between 0 and 1, and the weights of rows, so that sums are exact."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surrogate.table import Table

__all__ = ["exact_weights", "soft_errors"]

#: Errors are multiples of 1/256 and weights of 1/1024: their sums are exact, whatever the order of the rows.
_ERROR_STEPS, _WEIGHT_STEPS = 256, 1024

#: Share of the documents about which the model is less sure than the probability that counts as no error.
_UNSURE = 0.25


def soft_errors(table: Table) -> NDArray[np.float32]:
    """Error of saying a class of a row: what its probability lacks to that of a sure decision, shape (n_rows, n_classes).

    ``clip((s - p_c) / s, 0, 1)``, where s is the lower quartile, over documents, of the probability of the model's decision;
    at least one half for a class that the model does not decide for.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.features import Features
    >>> says = np.array([[.8, .2], [.6, .4]])
    >>> table = Table(Features(csr_matrix((2, 0))), says, ("a", "b"), np.arange(2), np.ones(2, bool))
    >>> soft_errors(table).tolist()
    [[0.0, 0.69140625], [0.078125, 0.5]]
    """
    sure = float(np.quantile(table.probabilities[table.original].max(axis=1), _UNSURE))
    errors = np.clip((sure - table.probabilities) / sure, 0.0, 1.0)
    other = np.ones(errors.shape, dtype=bool)
    other[np.arange(table.n_rows), table.decisions] = False
    errors[other] = np.maximum(errors[other], 0.5)
    return (np.round(errors * _ERROR_STEPS) / _ERROR_STEPS).astype(np.float32)


def exact_weights(table: Table, copy_weight: float) -> NDArray[np.float64]:
    """``table.weights`` to the next 1/1024, shape (n_rows,); a copy keeps some weight.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.features import Features
    >>> original = np.array([True, False, False, False])
    >>> table = Table(Features(csr_matrix((4, 0))), np.ones((4, 1)), ("a",), np.zeros(4, int), original)
    >>> (exact_weights(table, 5.0) * 1024).tolist()
    [1024.0, 1707.0, 1707.0, 1707.0]
    """
    weights = np.round(table.weights(copy_weight) * _WEIGHT_STEPS) / _WEIGHT_STEPS
    return np.maximum(weights, 1 / _WEIGHT_STEPS)
