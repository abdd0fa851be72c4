"""Corrected: what was known before the calls, and a Gaussian process for where the calls say otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.gaussian_process import GaussianProcess, fit_gaussian_process
from surrogate.rows import Rows

__all__ = ["Corrected", "Prior", "fit_corrected"]

#: What was known before: from masks (bool, shape (m, n_units)) to value and margin, shape (m, 2).
Prior = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Corrected:
    """What was known before, plus a Gaussian process of what that leaves.

    Parameters
    ----------
    prior : callable
        From masks (bool, shape (m, n_units)) to value and margin, shape (m, 2).
    residual : GaussianProcess
        Of the differences.

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0], [0, 1]] * 2, bool)
    >>> values = masks @ [2.0, 1.0]
    >>> rows = Rows(masks, values, values, np.ones(8), np.array([0, 0, 1, 1, 2, 2, 3, 3]), ("a", "b"))
    >>> known = lambda masks: np.column_stack([masks @ [2.0, 0.5]] * 2)
    >>> fitted = fit_corrected(rows, known)
    >>> fitted.predict(masks[:2])[:, 0].round(1).tolist()
    [3.0, 0.0]
    """

    prior: Prior
    residual: GaussianProcess
    name: str = "corpus proxy + Gaussian process"

    def predict(self, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value and margin of masks (bool, shape (m, n_units)), shape (m, 2)."""
        return self.prior(masks) + self.residual.predict(masks)


def fit_corrected(rows: Rows, prior: Prior) -> Corrected:
    """Fit a Gaussian process to the differences between the answers and what was known before.

    Parameters
    ----------
    rows : Rows
        The fitting rows, at least two pairs, with values that vary.
    prior : callable

    Returns
    -------
    Corrected

    References
    ----------
    Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, section 2.7 (a mean that is given); Kennedy and
    O'Hagan, "Predicting the output from a complex computer code when fast approximations are available", Biometrika 2000.
    """
    known = prior(rows.masks)
    left = replace(rows, values=rows.values - known[:, 0], margins=rows.margins - known[:, 1], others=None)
    return Corrected(prior, fit_gaussian_process(left, tilted=True))
