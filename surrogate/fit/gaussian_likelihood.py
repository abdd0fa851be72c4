"""The kernel's parameters by maximum marginal likelihood times prior."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError
from scipy.linalg.lapack import dpotrf, dpotrs
from scipy.optimize import minimize

from surrogate.fit.gaussian_kernel import Kernel, signs

__all__ = ["LogPosterior", "most_likely"]

# Log-normal prior of a unit's relevance: about two units of distance over a whole text, within a factor of 3.3.
_PRIOR_TOTAL = 2.0
_PRIOR_SPREAD = 1.2

#: Standard deviation of the normal prior of the tilt.
_TILT_SPREAD = 0.5

#: Bounds of the logarithms of a relevance, the exponential part, the noise and the linear part, and of the tilt.
_BOUNDS = ((-9.0, 3.0), (-4.0, 4.0), (-9.0, 1.0), (-7.0, 4.0), (-4.0, 4.0))

#: Share of the loss below which a step is the last one; smaller steps change no prediction that can be told from the others.
_TOLERANCE = 1e-4

Array = NDArray[np.float64]


def most_likely(
    masks: Array,
    targets: Array,
    weights: Array,
    tied: bool,
    start: tuple[Kernel, float] | None,
    iterations: int,
    variances: Array | None = None,
) -> tuple[Kernel, float]:
    """Kernel and noise variance with the largest marginal likelihood times prior.

    Parameters
    ----------
    masks : ndarray of float, shape (n, n_units)
        Zeros and ones.
    targets : ndarray of float, shape (n, n_outputs)
        Outputs that share the kernel, each with mean 0 and standard deviation 1.
    weights : ndarray of float, shape (n_outputs,)
        How much the likelihood of each output counts.
    tied : bool
        Whether the linear part follows the relevances and the exponential part may be tilted; see ``Kernel``.
    start : tuple of Kernel and float, optional
        Where the search starts.
    iterations : int
        Most steps of L-BFGS-B.
    variances : ndarray of float, shape (n,), optional
        Known noise of each row, beside the noise that is found.

    Returns
    -------
    kernel : Kernel
    noise : float

    References
    ----------
    Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, equation 5.9; Bonilla, Chai and Williams,
    "Multi-task Gaussian process prediction", NIPS 2007 (outputs that share a kernel).
    """
    posterior = LogPosterior(masks, targets, weights, tied, variances)
    n_units = masks.shape[1]
    relevances, *others, tilt = _BOUNDS
    bounds = [relevances] * n_units + [*others, tilt if tied else (0.0, 0.0)]
    found = minimize(
        posterior.loss,
        posterior.start(start),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": iterations, "ftol": _TOLERANCE},
    )
    return posterior.kernel(found.x)


class LogPosterior:
    """Minus the logarithm of marginal likelihood times prior, with its gradient, at logarithms of the parameters.

    The parameters are the relevances, the variances of the exponential part, of the noise and of the linear part, and the
    tilt (itself, not its logarithm).  See :func:`most_likely`.
    """

    def __init__(
        self, masks: Array, targets: Array, weights: Array, tied: bool, variances: Array | None = None
    ) -> None:
        self.masks, self.targets, self.weights, self.tied = masks, targets, weights, tied
        self.known = 0.0 if variances is None else variances
        self.n, self.n_units = masks.shape
        self.signs = signs(masks)
        self.prior = float(np.log(_PRIOR_TOTAL / self.n_units))

    def start(self, like: tuple[Kernel, float] | None) -> Array:
        """Where the search starts: at the prior, or at what was found before."""
        if like is None:
            return np.array([self.prior + 0.3] * self.n_units + [0.0, np.log(0.05), np.log(0.3), 0.0])
        kernel, noise = like
        logs = np.log([*kernel.relevance, kernel.exponential, noise, kernel.linear])
        return np.array([*logs, kernel.tilt])

    def kernel(self, parameters: Array) -> tuple[Kernel, float]:
        """The kernel and the noise that the parameters stand for."""
        relevance = np.exp(parameters[: self.n_units])
        exponential, noise, linear = np.exp(parameters[self.n_units : -1])
        return Kernel(relevance, float(exponential), float(linear), float(parameters[-1]), self.tied), float(noise)

    def loss(self, parameters: Array) -> tuple[float, Array]:
        """Loss and gradient at the parameters, shape (n_units + 4,)."""
        kernel, noise = self.kernel(parameters)
        smooth = kernel.smooth(self.masks, self.masks)
        line = (self.signs * kernel.shares) @ self.signs.T
        matrix = smooth + kernel.linear * line
        matrix[np.diag_indices(self.n)] += noise + self.known
        factor, inverse = _factor_and_inverse(matrix)
        dual = inverse @ self.targets
        total = float(self.weights.sum())
        # Half the gradient of the likelihood in the covariance, equation 5.9, summed over the outputs.
        slope = 0.5 * (total * inverse - (dual * self.weights) @ dual.T)
        fit = 0.5 * float(self.weights @ (self.targets * dual).sum(axis=0))
        prior_loss, gradient = self._prior(parameters)
        gradient += self._chain(kernel, slope, slope * smooth)
        gradient[-3] += float(np.trace(slope)) * noise
        gradient[-2] += float((slope * line).sum()) * kernel.linear
        return fit + total * float(np.log(np.diag(factor)).sum()) + prior_loss, gradient

    def _prior(self, parameters: Array) -> tuple[float, Array]:
        deviation = (parameters[: self.n_units] - self.prior) / _PRIOR_SPREAD
        tilt = parameters[-1] / _TILT_SPREAD
        gradient = np.zeros(len(parameters))
        gradient[: self.n_units] = deviation / _PRIOR_SPREAD
        gradient[-1] = tilt / _TILT_SPREAD
        return 0.5 * float(deviation @ deviation + tilt**2), gradient

    def _chain(self, kernel: Kernel, slope: Array, smooth: Array) -> Array:
        """Gradient in the relevances, the exponential part and the tilt; ``smooth`` is the slope times that part."""
        gradient = np.zeros(self.n_units + 4)
        rows = smooth.sum(axis=1)
        # Twice the sum over pairs of rows that differ in a unit, without forming which do.
        differ = 2.0 * (rows @ self.masks - ((smooth @ self.masks) * self.masks).sum(axis=0))
        gradient[: self.n_units] = -differ * kernel.relevance
        gradient[self.n_units] = rows.sum()
        if self.tied:
            spread = 2.0 * (rows @ (self.masks - 0.5))
            gradient[-1] = float(spread @ kernel.shares)
            by_share = kernel.linear * ((slope @ self.signs) * self.signs).sum(axis=0) + kernel.tilt * spread
            gradient[: self.n_units] += kernel.shares * (by_share - kernel.shares @ by_share)
        return gradient


def _factor_and_inverse(matrix: Array) -> tuple[Array, Array]:
    """Lower Cholesky factor (its upper triangle is not cleared) and inverse of a matrix.

    As ``cho_factor`` and ``cho_solve`` give them, which look at their input for longer than LAPACK takes on matrices this small.

    Raises
    ------
    LinAlgError
        When the matrix is not positive definite.
    """
    factor, info = dpotrf(matrix, lower=1, overwrite_a=1, clean=0)
    if info != 0:
        raise LinAlgError(f"The covariance of the answers is not positive definite (LAPACK's dpotrf said {info}).")
    return factor, dpotrs(factor, np.eye(len(matrix)), lower=1, overwrite_b=1)[0]
