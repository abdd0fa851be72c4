"""A Gaussian process on masks: the strong proxy from which readable surrogates are distilled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from surrogate.fit.gaussian_kernel import Kernel
from surrogate.fit.gaussian_likelihood import most_likely
from surrogate.rows import Rows

__all__ = ["GaussianProcess", "fit_gaussian_process"]

#: Rows from which the relevances are found; the process itself is fitted to up to ``_MOST_ROWS``.
_TUNING_ROWS = 384
_MOST_ROWS = 3000
_ITERATIONS = 30

# For refits to parts of rows that have been fitted as a whole.
_REFIT_ROWS = 192
_REFIT_ITERATIONS = 10

#: How much all other outputs together count beside the fitted one when the relevances are found.
_OTHERS_WEIGHT = 1.6

#: Log-probabilities count from here up, as the fitted quantity does.
_LEAST_LOG_PROBABILITY = float(np.log(1e-6))


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """Posterior mean of a Gaussian process fitted to values and margins of masks.

    Parameters
    ----------
    masks : ndarray of float, shape (n, n_units)
        The fitting rows, zeros and ones.
    kernel : Kernel
    dual : ndarray of float, shape (n, 2)
    centre, spread : ndarray of float, shape (2,)
        Mean and standard deviation of values and margins.
    left_out : float
        Weighted squared error of the values when each pair is predicted without itself.
    noise : float
        Variance of the noise that was found, in units of the spread; the known noise of the rows comes on top.

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
    kernel: Kernel
    dual: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    left_out: float
    noise: float
    name: str = "Gaussian process"

    @property
    def relevance(self) -> NDArray[np.float64]:
        """How much the answers differ when only this unit does, shape (n_units,)."""
        return self.kernel.relevance

    @property
    def variances(self) -> tuple[float, float]:
        """Variances of the exponential part and of the linear part."""
        return self.kernel.exponential, self.kernel.linear

    def predict(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value and margin of masks (bool, shape (m, n_units)), shape (m, 2)."""
        return self.kernel.matrix(masks.astype(np.float64), self.masks) @ self.dual * self.spread + self.centre


def fit_gaussian_process(
    rows: Rows,
    like: GaussianProcess | None = None,
    *,
    tilted: bool = False,
    others: NDArray[np.float64] | None = None,
) -> GaussianProcess:
    """Find the relevances by maximum marginal likelihood, then condition on the answers.

    Parameters
    ----------
    rows : Rows
        At least two, with values that vary.  Their weights count in the left-out error only: the process interpolates.
        Their known ``variances`` are the least noise of each row.
    like : GaussianProcess, optional
        Where the search for the relevances starts, and then ends sooner: for refits to parts of the same rows.
    tilted : bool, default False
        Whether the kernel's linear part follows the relevances and its exponential part may be tilted; see ``Kernel``.
        It predicts better, and has no closed form for Shapley values here.
    others : ndarray of float, shape (n, n_classes), optional
        Log-probabilities of every class.  What moves them tells which units matter, so they help to find the relevances
        where calls are few; of two classes they say no more than the values do and are not used.

    Returns
    -------
    GaussianProcess

    References
    ----------
    Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006: equations 2.25 (mean), 5.9 (gradient of the
    marginal likelihood), 5.12 (leaving out, here a pair at a time); Goldberg, Williams and Bishop, "Regression with
    input-dependent noise", NIPS 1997 (noise of each row on the diagonal).
    """
    rows = _first(rows, _MOST_ROWS)
    masks = rows.masks.astype(np.float64)
    targets = np.column_stack([rows.values, rows.margins])
    centre, spread = targets.mean(axis=0), np.maximum(targets.std(axis=0), 1e-12)
    scaled = (targets - centre) / spread
    n = min(len(masks), _TUNING_ROWS if like is None else _REFIT_ROWS)
    outputs, weights = _outputs(scaled[:n, 0], None if others is None else others[:n])
    start = None if like is None else (like.kernel, like.noise)
    iterations = _ITERATIONS if like is None else _REFIT_ITERATIONS
    known = None if rows.variances is None else rows.variances / float(spread[0]) ** 2
    few = None if known is None else known[:n]
    kernel, noise = most_likely(masks[:n], outputs, weights, tilted, start, iterations, few)
    matrix = kernel.matrix(masks, masks)
    matrix[np.diag_indices(len(masks))] += noise if known is None else noise + known
    inverse = cho_solve(cho_factor(matrix, lower=True), np.eye(len(masks)))
    dual = inverse @ scaled
    error = _left_out_error(inverse, dual[:, 0], rows) * float(spread[0]) ** 2
    return GaussianProcess(masks, kernel, dual, centre, spread, error, noise)


def _outputs(
    target: NDArray[np.float64], others: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The outputs that share the kernel, each with standard deviation 1, and how much each counts."""
    alone = target[:, None], np.ones(1)
    if others is None or others.shape[1] < 3:
        return alone
    logs = np.maximum(others, _LEAST_LOG_PROBABILITY)
    logs = logs[:, logs.std(axis=0) > 1e-9]
    if not logs.shape[1]:
        return alone
    outputs = np.column_stack([target, (logs - logs.mean(axis=0)) / logs.std(axis=0)])
    return outputs, np.array([1.0, *[_OTHERS_WEIGHT / logs.shape[1]] * logs.shape[1]])


def _left_out_error(inverse: NDArray[np.float64], dual: NDArray[np.float64], rows: Rows) -> float:
    order = np.argsort(rows.pairs, kind="stable")
    blocks = np.split(order, np.flatnonzero(np.diff(rows.pairs[order])) + 1)
    sizes = np.array([len(block) for block in blocks])
    errors = np.zeros(len(blocks))
    for size in np.unique(sizes):
        rows_of = np.array([blocks[number] for number in np.flatnonzero(sizes == size)])
        within = inverse[rows_of[:, :, None], rows_of[:, None, :]]
        residuals = np.linalg.solve(within, dual[rows_of][..., None])[..., 0]
        errors[sizes == size] = (rows.weights[rows_of] * residuals**2).sum(axis=1)
    # One pair after the other, so that the sum does not depend on how many there are of each size.
    return float(np.cumsum(errors)[-1])


def _first(rows: Rows, n: int) -> Rows:
    """The first rows of the sequence: as good a sample as any, and the same one every time."""
    if len(rows.values) <= n:
        return rows
    return replace(
        rows,
        masks=rows.masks[:n],
        values=rows.values[:n],
        margins=rows.margins[:n],
        weights=rows.weights[:n],
        pairs=rows.pairs[:n],
        kernel=None,
        others=None,
        variances=None if rows.variances is None else rows.variances[:n],
        votes=None if rows.votes is None else rows.votes[:n],
    )
