"""Shapley values and interactions of the Gaussian process's kernel, in closed form for any number of units.

The kernel is a product over units plus a sum over units.  The Shapley value of a product of functions of single units,
f(S) = prod_j f_j(S_j), is the integral over q in [0, 1] of (f_i(1) - f_i(0)) prod_{j != i} (q f_j(1) + (1 - q) f_j(0)): a
polynomial in q, for which Gauss-Legendre quadrature is exact.  So it is for pairs, with two differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.gaussian_kernel import Kernel
from surrogate.fit.shapley_weights import Pair

__all__ = ["KernelIndices"]

#: Nodes of the quadrature.  Beyond 64 units it would take more to be exact, but the polynomials are smooth: at 1,000 units
#: whose relevances sum to 60 (the prior's guess is 2) the error is that of rounding.
_MOST_NODES = 32


@dataclass(frozen=True, eq=False)
class KernelIndices:
    """Indices of the games S -> k(S, T), and the variances of indices under the kernel k.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
        The rows T that were asked.
    kernel : Kernel

    References
    ----------
    Owen, "Multilinear extensions of games", Management Science 1972 (the integral); Grabisch, Marichal and Roubens,
    "Equivalent representations of set functions", Mathematics of Operations Research 2000 (of the interaction index);
    Golub and Welsch, Mathematics of Computation 1969 (quadrature); Chau, Muandet and Sejdinovic, "Explaining the uncertain:
    stochastic Shapley values for Gaussian process models", NeurIPS 2023 (Shapley values as functionals of a process).

    Examples
    --------
    >>> indices = KernelIndices(np.array([[True, True]]), Kernel(np.array([0.7, 0.7]), 1.0, 0.0))
    >>> by_hand = 0.5 * (1 - np.exp(-0.7)) + 0.5 * (np.exp(-0.7) - np.exp(-1.4))
    >>> bool(np.isclose(indices.unit_columns()[0, 0], by_hand))
    True
    """

    masks: NDArray[np.bool_]
    kernel: Kernel

    def unit_columns(self) -> NDArray[np.float64]:
        """Shapley value of each unit in the game of each row, shape (n_units, n)."""
        linear = 2.0 * self.kernel.linear * self.kernel.shares
        found = np.where(self.masks, linear, -linear)
        for weight, slopes in self._nodes():
            found += weight[:, None] * slopes
        return found.T

    def pair_columns(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Interaction of each pair in the game of each row, shape (n_pairs, n)."""
        first, second = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        found = np.zeros((len(self.masks), len(first)))
        for weight, slopes in self._nodes():
            found += weight[:, None] * slopes[:, first] * slopes[:, second]
        return found.T

    def pair_sums(self, dual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Interactions in the game S -> sum_T dual_T k(S, T), shape (n_units, n_units); the diagonal has no meaning."""
        found = np.zeros((self.masks.shape[1], self.masks.shape[1]))
        for weight, slopes in self._nodes():
            found += slopes.T @ ((weight * dual)[:, None] * slopes)
        return found

    def unit_variances(self) -> NDArray[np.float64]:
        """Variance of each Shapley value before anything was asked, shape (n_units,)."""
        weights, logs = self._double_nodes()
        found = np.einsum("ab,abi->i", weights, np.exp(logs.sum(axis=2, keepdims=True) - logs))
        return self.kernel.exponential * self._differences() * found + 4.0 * self.kernel.linear * self.kernel.shares

    def pair_variances(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Variance of each interaction before anything was asked, shape (n_pairs,)."""
        weights, logs = self._double_nodes()
        change, total = self._differences(), logs.sum(axis=2)
        found = [
            change[i] * change[j] * (weights * np.exp(total - logs[:, :, i] - logs[:, :, j])).sum() for i, j in pairs
        ]
        return self.kernel.exponential * np.array(found)

    def _factors(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """exp(-relevance) of each unit, and its factor of the amplitude where it is kept (1 over it where not)."""
        return np.exp(-self.kernel.relevance), np.exp(0.5 * self.kernel.tilt * self.kernel.shares)

    def _differences(self) -> NDArray[np.float64]:
        """Each unit's own factor of the kernel, differenced in both arguments, shape (n_units,)."""
        decay, amplitude = self._factors()
        return amplitude**2 + amplitude**-2 - 2.0 * decay

    def _nodes(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """At each node: weight times the product over all units, shape (n,), and each unit's difference over its factor."""
        decay, high = self._factors()
        low, masks = 1.0 / high, self.masks.astype(np.float64)
        scale = self.kernel.exponential * self.kernel.amplitude(masks)
        for node, weight in zip(*_quadrature(self.masks.shape[1]), strict=True):
            # The factor of a unit that the row keeps, and of one that it lacks.
            kept, removed = node * high + (1.0 - node) * low * decay, node * high * decay + (1.0 - node) * low
            product = np.exp(masks @ (np.log(kept) - np.log(removed)) + np.log(removed).sum())
            slopes = np.where(self.masks, (high - low * decay) / kept, (high * decay - low) / removed)
            yield weight * scale * product, slopes

    def _double_nodes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights of pairs of nodes, shape (m, m), and the logarithm of each unit's factor, shape (m, m, n_units)."""
        nodes, weights = _quadrature(self.masks.shape[1])
        decay, amplitude = self._factors()
        both, none = np.outer(nodes, nodes), np.outer(1.0 - nodes, 1.0 - nodes)
        factor = both[:, :, None] * amplitude**2 + none[:, :, None] * amplitude**-2
        return np.outer(weights, weights), np.log(factor + (1.0 - both - none)[:, :, None] * decay)


def _quadrature(n_units: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gauss-Legendre nodes and weights on [0, 1], exact for polynomials of degree ``n_units - 1`` up to 64 units."""
    nodes, weights = np.polynomial.legendre.leggauss(min((n_units + 1) // 2, _MOST_NODES))
    return (nodes + 1.0) / 2.0, weights / 2.0
