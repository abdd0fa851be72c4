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

from surrogate.fit.shapley_weights import Pair

__all__ = ["KernelIndices"]

#: Nodes of the quadrature.  Beyond 64 units it would take more to be exact, but the polynomials are smooth: at 1,000 units
#: whose relevances sum to 60 (the prior's guess is 2) the error is that of rounding.
_MOST_NODES = 32


@dataclass(frozen=True, eq=False)
class KernelIndices:
    """The kernel v0 exp(-sum_i l_i [S_i != T_i]) + v1 / n sum_i s_i t_i, with s and t the signs of masks S and T.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
        The rows T that were asked.
    relevance : ndarray of float, shape (n_units,)
        The l_i.
    variances : tuple of float
        v0 and v1.

    References
    ----------
    Owen, "Multilinear extensions of games", Management Science 1972 (the integral); Grabisch, Marichal and Roubens,
    "Equivalent representations of set functions", Mathematics of Operations Research 2000 (of the interaction index);
    Golub and Welsch, Mathematics of Computation 1969 (quadrature); Chau, Muandet and Sejdinovic, "Explaining the uncertain:
    stochastic Shapley values for Gaussian process models", NeurIPS 2023 (Shapley values as functionals of a process).

    Examples
    --------
    >>> kernel = KernelIndices(np.array([[True, True]]), np.array([0.7, 0.7]), (1.0, 0.0))
    >>> by_hand = 0.5 * (1 - np.exp(-0.7)) + 0.5 * (np.exp(-0.7) - np.exp(-1.4))
    >>> bool(np.isclose(kernel.unit_columns()[0, 0], by_hand))
    True
    """

    masks: NDArray[np.bool_]
    relevance: NDArray[np.float64]
    variances: tuple[float, float]

    @property
    def n_units(self) -> int:
        """Number of units of the text."""
        return len(self.relevance)

    def unit_columns(self) -> NDArray[np.float64]:
        """Shapley value of each unit in the game S -> k(S, T) of each row T, shape (n_units, n)."""
        linear = 2.0 * self.variances[1] / self.n_units
        found = np.where(self.masks, linear, -linear)
        for weight, slopes in self._nodes():
            found += self.variances[0] * weight[:, None] * slopes
        return found.T

    def pair_columns(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Interaction of each pair in the game S -> k(S, T) of each row T, shape (n_pairs, n)."""
        first, second = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
        found = np.zeros((len(self.masks), len(first)))
        for weight, slopes in self._nodes():
            found += self.variances[0] * weight[:, None] * slopes[:, first] * slopes[:, second]
        return found.T

    def pair_sums(self, dual: NDArray[np.float64]) -> NDArray[np.float64]:
        """Interactions in the game S -> sum_T dual_T k(S, T), shape (n_units, n_units); the diagonal has no meaning."""
        found = np.zeros((self.n_units, self.n_units))
        for weight, slopes in self._nodes():
            found += slopes.T @ ((self.variances[0] * weight * dual)[:, None] * slopes)
        return found

    def unit_variances(self) -> NDArray[np.float64]:
        """Variance of each Shapley value before anything was asked, shape (n_units,)."""
        weights, logs = self._double_nodes()
        decay = 1.0 - np.exp(-self.relevance)
        found = np.einsum("ab,abi->i", weights, np.exp(logs.sum(axis=2, keepdims=True) - logs))
        return 2.0 * self.variances[0] * decay * found + 4.0 * self.variances[1] / self.n_units

    def pair_variances(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Variance of each interaction before anything was asked, shape (n_pairs,)."""
        weights, logs = self._double_nodes()
        decay = 1.0 - np.exp(-self.relevance)
        total = logs.sum(axis=2)
        found = [
            decay[i] * decay[j] * (weights * np.exp(total - logs[:, :, i] - logs[:, :, j])).sum() for i, j in pairs
        ]
        return 4.0 * self.variances[0] * np.array(found)

    def _nodes(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """At each node: weight times the product over all units, shape (n,), and each unit's difference over its factor."""
        decay = np.exp(-self.relevance)
        masks = self.masks.astype(np.float64)
        for node, weight in zip(*_quadrature(self.n_units), strict=True):
            kept, removed = node + (1.0 - node) * decay, node * decay + 1.0 - node
            product = np.exp(masks @ (np.log(kept) - np.log(removed)) + np.log(removed).sum())
            yield weight * product, np.where(self.masks, (1.0 - decay) / kept, (decay - 1.0) / removed)

    def _double_nodes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights of pairs of nodes, shape (m, m), and the logarithm of each unit's factor, shape (m, m, n_units)."""
        nodes, weights = _quadrature(self.n_units)
        same = np.outer(nodes, nodes) + np.outer(1.0 - nodes, 1.0 - nodes)
        factor = same[:, :, None] + (1.0 - same)[:, :, None] * np.exp(-self.relevance)
        return np.outer(weights, weights), np.log(factor)


def _quadrature(n_units: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gauss-Legendre nodes and weights on [0, 1], exact for polynomials of degree ``n_units - 1`` up to 64 units."""
    nodes, weights = np.polynomial.legendre.leggauss(min((n_units + 1) // 2, _MOST_NODES))
    return (nodes + 1.0) / 2.0, weights / 2.0
