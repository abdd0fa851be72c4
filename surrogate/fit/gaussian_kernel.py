"""The kernel of the Gaussian process on masks: how alike the answers to two altered copies are expected to be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["Kernel", "signs"]


def signs(masks: NDArray[np.float64]) -> NDArray[np.float64]:
    """+1 where a unit is kept, -1 where it is removed."""
    return 2.0 * masks - 1.0


@dataclass(frozen=True, eq=False)
class Kernel:
    """An exponential of the weighted Hamming distance plus a linear part.

    On masks the exponential is a product over units, so interactions of every order are in it.

    Parameters
    ----------
    relevance : ndarray of float, shape (n_units,)
        How much the answers differ when only this unit does.
    exponential, linear : float
        Variances of the two parts.
    tilt : float, default 0
        Logarithm of how much more the exponential part varies, in standard deviations, near the full text than near the
        empty one.
    tied : bool, default False
        Whether the linear part shares its variance among the units by their relevance; False: equally.

    Examples
    --------
    >>> kernel = Kernel(np.array([1.0, 0.0]), 2.0, 0.0)
    >>> kernel.matrix(np.array([[1.0, 1.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])).round(3).tolist()
    [[2.0, 0.736]]
    """

    relevance: NDArray[np.float64]
    exponential: float
    linear: float
    tilt: float = 0.0
    tied: bool = False

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Each unit's share of the linear part and of the tilt, shape (n_units,)."""
        if self.tied:
            return self.relevance / self.relevance.sum()
        return np.full(len(self.relevance), 1.0 / len(self.relevance))

    def amplitude(self, masks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard deviation of the exponential part at masks, relative to its middle, shape (m,)."""
        return np.exp(self.tilt * ((masks - 0.5) @ self.shares))

    def smooth(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        """The exponential part, shape (m, n)."""
        ours = first * self.relevance
        distance = ours.sum(axis=1)[:, None] + second @ self.relevance - 2.0 * ours @ second.T
        left = self.amplitude(first)
        right = left if second is first else self.amplitude(second)
        scale = self.exponential * left[:, None] * right
        return np.asarray(scale * np.exp(-np.maximum(distance, 0.0)))

    def matrix(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
        """Covariance of the answers to masks (zeros and ones, shapes (m, n_units) and (n, n_units)), shape (m, n)."""
        return self.smooth(first, second) + self.linear * (signs(first) * self.shares) @ signs(second).T
