"""Weights of single answers in Shapley values and pairwise interactions.

Both are sums over all masks of a weight times the answer, and the weight depends on the mask's size alone, apart from
which of the units in question it keeps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pair", "pair_weight_square", "pair_weight_sums", "pair_weights", "unit_weight_square", "unit_weights"]

Pair = tuple[int, int]


def unit_weights(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weight of each mask's answer in each unit's Shapley value.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)

    Returns
    -------
    ndarray of float, shape (n_units, n)

    References
    ----------
    Shapley, "A value for n-person games", 1953, equation 13.

    Examples
    --------
    >>> unit_weights(np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool))[0].tolist()
    [0.5, -0.5, 0.5, -0.5]
    """
    n_units = masks.shape[1]
    others = _inverse_binomials(n_units - 1) / n_units
    sizes = masks.sum(axis=1)
    # The other units that are kept: all of the size but this one.
    return np.where(masks.T, others[np.maximum(sizes - 1, 0)], -others[np.minimum(sizes, n_units - 1)])


def pair_weights(masks: NDArray[np.bool_], pairs: Sequence[Pair]) -> NDArray[np.float64]:
    """Weight of each mask's answer in each interaction.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
        Of at least two units.
    pairs : sequence of (int, int), length n_pairs

    Returns
    -------
    ndarray of float, shape (n_pairs, n)

    References
    ----------
    Grabisch and Roubens, International Journal of Game Theory 1999, definition 2 (Shapley interaction index).

    Examples
    --------
    >>> pair_weights(np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool), [(0, 1)])[0].tolist()
    [1.0, 1.0, -1.0, -1.0]
    """
    n_units = masks.shape[1]
    others = _inverse_binomials(n_units - 2) / (n_units - 1)
    sizes = masks.sum(axis=1)
    weights = np.empty((len(pairs), len(masks)))
    for place, (first, second) in enumerate(pairs):
        kept = masks[:, first].astype(np.intp) + masks[:, second]
        weights[place] = np.where(kept == 1, -1.0, 1.0) * others[sizes - kept]
    return weights


def pair_weight_sums(masks: NDArray[np.bool_], answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interactions of every two units in the game that has these answers, and 0 for every other mask.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
        Of at least two units.
    answers : ndarray of float, shape (n,)

    Returns
    -------
    ndarray of float, shape (n_units, n_units)
        Symmetric; the diagonal has no meaning.

    Examples
    --------
    >>> pair_weight_sums(np.array([[1, 1], [1, 0]], bool), np.array([5.0, 2.0]))[0, 1]
    np.float64(3.0)
    """
    sizes = masks.sum(axis=1)
    # Padded, because with both kept, one, or none, a size leaves two, one or no fewer for the others.
    others = np.pad(_inverse_binomials(masks.shape[1] - 2) / (masks.shape[1] - 1), 2)
    both, one, none = (answers * others[sizes + 2 - kept] for kept in (2, 1, 0))
    present, absent = masks.astype(np.float64), 1.0 - masks
    mixed = present.T @ (one[:, None] * absent)
    return present.T @ (both[:, None] * present) - mixed - mixed.T + absent.T @ (none[:, None] * absent)


def unit_weight_square(n_units: int) -> float:
    """Sum over all masks of the squared weights in a Shapley value.

    Examples
    --------
    >>> unit_weight_square(2)
    1.0
    """
    return 2.0 * float(_inverse_binomials(n_units - 1).sum()) / n_units**2


def pair_weight_square(n_units: int) -> float:
    """Sum over all masks of the squared weights in an interaction.

    Examples
    --------
    >>> pair_weight_square(2)
    4.0
    """
    return 4.0 * float(_inverse_binomials(n_units - 2).sum()) / (n_units - 1) ** 2


def _inverse_binomials(n: int) -> NDArray[np.float64]:
    """1 over n choose k, for k = 0 .. n; below the smallest float it is 0."""
    logs = np.array([math.lgamma(k + 1) + math.lgamma(n - k + 1) - math.lgamma(n + 1) for k in range(n + 1)])
    return np.exp(logs)
