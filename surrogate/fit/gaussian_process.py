"""A Gaussian process on masks: the strong proxy from which readable surrogates are distilled.

The kernel is a linear one plus an exponential of the weighted Hamming distance, with one relevance per unit found by
maximum marginal likelihood; on masks the latter is a product over units, so interactions of every order are in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from surrogate.rows import Rows

__all__ = ["GaussianProcess", "fit_gaussian_process"]

#: Rows from which the relevances are found; the process itself is fitted to up to ``_MOST_ROWS``.
_TUNING_ROWS = 384
_MOST_ROWS = 3000

#: Differences (units times pairs of rows) that are kept in memory while the relevances are found.
_MOST_DIFFERENCES = 15_000_000
_ITERATIONS = 30

# For refits to parts of rows that have been fitted as a whole.
_REFIT_ROWS = 192
_REFIT_ITERATIONS = 10

# Log-normal prior of a unit's relevance: about two units of distance over a whole text, within a factor of 4.5.
_PRIOR_TOTAL = 2.0
_PRIOR_SPREAD = 1.5


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """Posterior mean of a Gaussian process fitted to values and margins of masks.

    Parameters
    ----------
    masks : ndarray of float, shape (n, n_units)
        The fitting rows, zeros and ones.
    relevance : ndarray of float, shape (n_units,)
        How much the answers differ when only this unit does.
    variances : tuple of float
        Of the exponential part and of the linear part.
    dual : ndarray of float, shape (n, 2)
    centre, spread : ndarray of float, shape (2,)
        Mean and standard deviation of values and margins.
    left_out : float
        Weighted squared error of the values when each pair is predicted without itself.
    noise : float
        Variance of the noise.

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0], [0, 1]] * 2, bool)
    >>> values = masks @ [2.0, 1.0]
    >>> rows = Rows(masks, values, values, np.ones(8), np.array([0, 0, 1, 1, 2, 2, 3, 3]), ("a", "b"))
    >>> process = fit_gaussian_process(rows)
    >>> process.predict(masks[:2])[:, 0].round(1).tolist()
    [3.0, 0.0]
    """

    masks: NDArray[np.float64]
    relevance: NDArray[np.float64]
    variances: tuple[float, float]
    dual: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    left_out: float
    noise: float = 0.05
    name: str = "Gaussian process"

    def predict(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value and margin of masks (bool, shape (m, n_units)), shape (m, 2)."""
        wanted = masks.astype(np.float64)
        ours = self.masks * self.relevance
        distance = wanted @ (self.relevance - ours).T + (1.0 - wanted) @ ours.T
        linear = (2.0 * wanted - 1.0) @ (2.0 * self.masks - 1.0).T / self.masks.shape[1]
        kernel = self.variances[0] * np.exp(-distance) + self.variances[1] * linear
        return kernel @ self.dual * self.spread + self.centre


def fit_gaussian_process(rows: Rows, like: GaussianProcess | None = None) -> GaussianProcess:
    """Find the relevances by maximum marginal likelihood, then condition on the answers.

    Parameters
    ----------
    rows : Rows
        At least two, with values that vary.  Their weights count in the left-out error only: the process interpolates.
    like : GaussianProcess, optional
        Where the search for the relevances starts, and then ends sooner: for refits to parts of the same rows.

    Returns
    -------
    GaussianProcess

    References
    ----------
    Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006: equations 2.25 (mean), 5.9 (gradient of the
    marginal likelihood), 5.12 (leaving out, here a pair at a time).
    """
    rows = _first(rows, _MOST_ROWS)
    masks = rows.masks.astype(np.float64)
    targets = np.column_stack([rows.values, rows.margins])
    centre, spread = targets.mean(axis=0), np.maximum(targets.std(axis=0), 1e-12)
    scaled = (targets - centre) / spread
    most = _TUNING_ROWS if like is None else _REFIT_ROWS
    n = min(len(masks), most, int(np.sqrt(2 * _MOST_DIFFERENCES / rows.n_units)))
    log_parameters = _maximise(masks[:n], scaled[:n, 0], like)
    relevance, exponential, noise, linear = _split(log_parameters)
    kernel = _Kernel(masks).matrix(relevance, exponential, linear)
    kernel[np.diag_indices(len(masks))] += noise
    inverse = cho_solve(cho_factor(kernel, lower=True), np.eye(len(masks)))
    dual = inverse @ scaled
    error = _left_out_error(inverse, dual[:, 0], rows) * float(spread[0]) ** 2
    return GaussianProcess(masks, relevance, (exponential, linear), dual, centre, spread, error, noise)


class _Kernel:
    """Kernel matrices of fixed masks; distances are kept for the upper triangle only."""

    def __init__(self, masks: NDArray[np.float64]) -> None:
        self.n = len(masks)
        self.upper = np.triu_indices(self.n, 1)
        signs = 2.0 * masks - 1.0
        self.linear = signs @ signs.T / masks.shape[1]
        self.masks = masks

    def differences(self) -> NDArray[np.float32]:
        """Whether two masks differ in a unit, shape (n_units, n_pairs_of_rows)."""
        first, second = self.upper
        return (self.masks[first] != self.masks[second]).T.astype(np.float32)

    def exponential(self, distance: NDArray[np.floating]) -> NDArray[np.float64]:
        """Square matrix of exp(-distance) from the upper triangle."""
        matrix = np.zeros((self.n, self.n))
        matrix[self.upper] = np.exp(-distance)
        return matrix + matrix.T + np.eye(self.n)

    def matrix(self, relevance: NDArray[np.float64], exponential: float, linear: float) -> NDArray[np.float64]:
        """The whole kernel, without noise."""
        weighted = self.masks * relevance
        total = weighted.sum(axis=1)
        distance = total[:, None] + total[None, :] - 2.0 * weighted @ self.masks.T
        return exponential * np.exp(-np.maximum(distance, 0.0)) + linear * self.linear


def _split(parameters: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, float, float]:
    """Relevances, variance of the exponential part, noise, variance of the linear part."""
    values = np.exp(parameters)
    return values[:-3], float(values[-3]), float(values[-2]), float(values[-1])


def _maximise(
    masks: NDArray[np.float64], target: NDArray[np.float64], like: GaussianProcess | None = None
) -> NDArray[np.float64]:
    """Logarithms of the parameters with the largest marginal likelihood times prior."""
    n_units = masks.shape[1]
    kernel = _Kernel(masks)
    differences = kernel.differences()
    prior = float(np.log(_PRIOR_TOTAL / n_units))

    def objective(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        relevance, exponential, noise, linear = _split(parameters)
        smooth = exponential * kernel.exponential(relevance.astype(np.float32) @ differences)
        matrix = smooth + linear * kernel.linear
        matrix[np.diag_indices(kernel.n)] += noise
        factor = cho_factor(matrix, lower=True)
        inverse = cho_solve(factor, np.eye(kernel.n))
        dual = inverse @ target
        outer = inverse - np.outer(dual, dual)
        shared = outer * smooth
        deviation = parameters[:-3] - prior
        loss = 0.5 * target @ dual + np.log(np.diag(factor[0])).sum() + (deviation**2).sum() / (2 * _PRIOR_SPREAD**2)
        gradient = np.empty_like(parameters)
        gradient[:-3] = -(differences @ shared[kernel.upper].astype(np.float32)) * relevance
        gradient[:-3] += deviation / _PRIOR_SPREAD**2
        gradient[-3] = 0.5 * shared.sum()
        gradient[-2] = 0.5 * np.diag(outer).sum() * noise
        gradient[-1] = 0.5 * (outer * kernel.linear).sum() * linear
        return float(loss), gradient

    start = np.array([prior + 0.3] * n_units + [0.0, np.log(0.05), np.log(0.3)])
    if like is not None:
        start = np.log(np.array([*like.relevance, like.variances[0], like.noise, like.variances[1]]))
    bounds = [(-9.0, 3.0)] * n_units + [(-4.0, 4.0), (-9.0, 1.0), (-7.0, 4.0)]
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": _ITERATIONS if like is None else _REFIT_ITERATIONS},
    )
    return np.asarray(found.x, dtype=np.float64)


def _left_out_error(inverse: NDArray[np.float64], dual: NDArray[np.float64], rows: Rows) -> float:
    order = np.argsort(rows.pairs, kind="stable")
    error = 0.0
    for block in np.split(order, np.flatnonzero(np.diff(rows.pairs[order])) + 1):
        residual = np.linalg.solve(inverse[np.ix_(block, block)], dual[block])
        error += float((rows.weights[block] * residual**2).sum())
    return error


def _first(rows: Rows, n: int) -> Rows:
    """The first rows of the sequence: as good a sample as any, and the same one every time."""
    if len(rows.values) <= n:
        return rows
    return Rows(
        rows.masks[:n], rows.values[:n], rows.margins[:n], rows.weights[:n], rows.pairs[:n], rows.units, rows.exact
    )
