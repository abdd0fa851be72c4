"""Pairwise ridge: the proxy where the model adds up its words and what two of them do together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.rows import Rows

__all__ = ["MOST_PAIRWISE_ROWS", "Pairwise", "fit_pairwise"]

#: Beyond this many rows a ridge on all pairs takes too long.
MOST_PAIRWISE_ROWS = 1000

#: Ridge strengths tried, where all units together have unit variance.
_ALPHAS = np.logspace(-8, 1, 10)

#: Numbers in memory for the ridge strengths that are tried at once.
_AT_ONCE = 2**18

#: Variance of all pairs together.
_PAIRS = 0.3

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairwise:
    """Ridge on all units and all products of two, in its dual form.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
        The fitting rows.
    dual : ndarray of float, shape (n, 2)
    centre : ndarray of float, shape (2,)
        Mean of values and margins.
    left_out : float
        Weighted squared error of the values when each pair of rows is predicted without itself.

    Examples
    --------
    >>> masks = ((np.arange(32)[:, None] >> np.arange(5)) & 1).astype(bool)
    >>> values = 1.0 * (masks[:, 0] & masks[:, 1])
    >>> rows = Rows(masks[:24], values[:24], values[:24], np.ones(24), np.arange(24) // 2, tuple("abcde"))
    >>> bool(np.allclose(fit_pairwise(rows).predict(masks)[:, 0], values, atol=1e-3))
    True
    """

    masks: NDArray[np.bool_]
    dual: Array
    centre: Array
    left_out: float
    name: str = "pairwise model"

    def predict(self, masks: NDArray[np.bool_]) -> Array:
        """Value and margin of masks (bool, shape (m, n_units)), shape (m, 2)."""
        return _kernel(masks, self.masks) @ self.dual + self.centre


def fit_pairwise(rows: Rows, precision: Array | None = None) -> Pairwise:
    """Ridge whose strength predicts left-out pairs of rows best.

    Parameters
    ----------
    rows : Rows
        At most ``MOST_PAIRWISE_ROWS``.  As for the Gaussian process, their weights count in the left-out error only.
    precision : ndarray of float, shape (n,), optional
        How much each row counts in the fit by the inverse of its noise, already in its weight; None: all alike.

    Returns
    -------
    Pairwise

    References
    ----------
    Saunders, Gammerman and Vovk, "Ridge regression learning algorithm in dual variables", ICML 1998; the left-out residual
    of a block is the inverse of its block of the inverse, times its dual: Rasmussen and Williams, 2006, equation 5.12.
    """
    targets = np.column_stack([rows.values, rows.margins])
    centre = targets.mean(axis=0) if precision is None else np.average(targets, axis=0, weights=precision)
    kernel, left, weights = _kernel(rows.masks, rows.masks), targets - centre, rows.weights
    root = None if precision is None else np.sqrt(precision)
    if root is not None:
        # Rows times the root of their precision all have the same noise.
        kernel, left, weights = root[:, None] * kernel * root, root[:, None] * left, weights / root**2
    spectrum, vectors = np.linalg.eigh(kernel)
    spectrum = np.maximum(spectrum, 0.0)
    rotated = vectors.T @ left
    couples, singles = _blocks(rows.pairs)
    errors: list[float] = []
    for alphas in np.array_split(_ALPHAS, min(len(_ALPHAS), 1 + len(_ALPHAS) * kernel.size // _AT_ONCE)):
        strengthened = spectrum + alphas[:, None]
        halves = vectors / np.sqrt(strengthened)[:, None, :]
        duals = (vectors @ (rotated[:, 0] / strengthened)[:, :, None])[:, :, 0]
        errors += _left_out_errors(halves, duals, weights, couples, singles)
    best = int(np.argmin(errors))
    dual = vectors @ (rotated / (spectrum + _ALPHAS[best])[:, None])
    return Pairwise(rows.masks, dual if root is None else root[:, None] * dual, centre, errors[best])


def _kernel(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Array:
    """A constant, the units, and the products of two different ones, all as signs, shape (m, n)."""
    n_units = first.shape[1]
    products = (2.0 * first - 1.0) @ (2.0 * second - 1.0).T
    n_pairs = max(n_units * (n_units - 1) / 2, 1.0)
    return np.asarray(1.0 + products / n_units + _PAIRS * (products**2 - n_units) / (2.0 * n_pairs))


def _blocks(pairs: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that are two of a pair, shape (n_couples, 2), and rows whose other half is missing."""
    order = np.argsort(pairs, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(pairs[order])) + 1)
    couples = [group for group in groups if len(group) == 2]
    others = [row for group in groups if len(group) != 2 for row in group]
    return np.array(couples, dtype=np.intp).reshape(-1, 2), np.array(others, dtype=np.intp)


def _left_out_errors(
    halves: Array, duals: Array, weights: Array, couples: NDArray[np.intp], singles: NDArray[np.intp]
) -> list[float]:
    """For each ridge strength; each of ``halves`` times its transpose is the inverse of kernel plus ridge."""
    first = halves[:, couples]
    blocks = np.einsum("apik,apjk->apij", first, first)
    residuals = np.linalg.solve(blocks, duals[:, couples][..., None])[..., 0]
    alone = duals[:, singles] / (halves[:, singles] ** 2).sum(axis=2)
    return [
        float((weights[couples] * residual**2).sum() + (weights[singles] * left**2).sum())
        for residual, left in zip(residuals, alone, strict=True)
    ]
