"""Shapley values and interactions under a Gaussian process fitted to the answers, with their standard errors.

What the kernel cannot describe, the process calls noise.  The model answers one mask one way, so here that noise belongs to
the mask: a copy that was asked keeps its own answer, one that was not has the process's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from surrogate.fit.gaussian_process import GaussianProcess
from surrogate.fit.shapley_kernel import KernelIndices
from surrogate.fit.shapley_weights import (
    Pair,
    pair_weight_square,
    pair_weight_sums,
    pair_weights,
    unit_weight_square,
    unit_weights,
)
from surrogate.rows import Rows

__all__ = ["ProcessIndices"]

#: Groups of pairs that the jackknife leaves out, one at a time.
_N_GROUPS = 30

Numbers = NDArray[np.float64]


class ProcessIndices:
    """Indices under one process: posterior means, and errors from its own variance and a jackknife over pairs.

    Parameters
    ----------
    process : GaussianProcess
        Fitted to ``rows`` or to the first of them.
    rows : Rows
        Distinct masks.
    generator : numpy.random.Generator
        Puts the pairs into groups.

    References
    ----------
    O'Hagan, "Bayes-Hermite quadrature", 1991 (linear functionals of a process); Rasmussen and Williams, 2006, equation 5.12
    (leaving out); Shao and Wu, Annals of Statistics 1989 (delete-a-group jackknife).

    Examples
    --------
    >>> from surrogate.fit.gaussian_process import fit_gaussian_process
    >>> masks = np.array([[1, 1, 0], [0, 0, 1], [1, 0, 0], [0, 1, 1], [1, 1, 1], [0, 0, 0]], bool)
    >>> values = masks @ [2.0, 1.0, 0.0]
    >>> rows = Rows(masks, values, values, np.ones(6), np.array([0, 0, 1, 1, 2, 2]), ("a", "b", "c"))
    >>> found = ProcessIndices(fit_gaussian_process(rows), rows, np.random.default_rng(0)).units()[0]
    >>> round(float(found.sum()), 6)
    3.0
    """

    def __init__(self, process: GaussianProcess, rows: Rows, generator: np.random.Generator) -> None:
        n = len(process.masks)
        self.masks = rows.masks[:n]
        self.kernel = KernelIndices(self.masks, process.kernel)
        self.process, self.values = process, rows.values[:n]
        self.spread = float(process.spread[0])
        target = (rows.values[:n] - process.centre[0]) / self.spread
        self.noise = process.noise
        # Of a model whose answers vary all noise is its own, beside that of votes, which is known.
        self.varies = rows.varies
        self.of_mask = 0.0 if rows.varies and rows.variances is None else process.noise
        matrix = process.kernel.matrix(process.masks, process.masks)
        matrix[np.diag_indices(n)] += (
            self.noise if rows.variances is None else self.noise + rows.variances[:n] / self.spread**2
        )
        self.inverse = cho_solve(cho_factor(matrix, lower=True), np.eye(n))
        self.dual = self.inverse @ target
        self.groups = _groups(rows.pairs[:n], self.masks, generator)

    def answer(self, mask: NDArray[np.bool_]) -> float:
        """The answer to one mask (bool, shape (1, n_units)): the model's own if it was asked, else the process's.

        Of a model whose answers vary, it is the process's estimate of them.
        """
        asked = np.flatnonzero((self.masks == mask).all(axis=1))
        if self.varies:
            own = self.of_mask * self.dual[asked[0]] * self.spread if len(asked) else 0.0
            return float(self.process.predict(mask)[0, 0] + own)
        return float(self.values[asked[0]] if len(asked) else self.process.predict(mask)[0, 0])

    def units(self) -> tuple[Numbers, Numbers]:
        """Shapley values and their standard errors, each of shape (n_units,)."""
        columns = self.kernel.unit_columns() + self.of_mask * unit_weights(self.masks)
        prior = self.kernel.unit_variances() + self.of_mask * unit_weight_square(self.masks.shape[1])
        return self.spread * (columns @ self.dual), self._errors(columns, prior)

    def all_pairs(self) -> Numbers:
        """Interactions of every two units, shape (n_units, n_units), symmetric; the diagonal is 0."""
        found = self.kernel.pair_sums(self.dual) + self.of_mask * pair_weight_sums(self.masks, self.dual)
        np.fill_diagonal(found, 0.0)
        return self.spread * found

    def pair_errors(self, pairs: Sequence[Pair]) -> Numbers:
        """Standard errors of some interactions, shape (n_pairs,)."""
        columns = self.kernel.pair_columns(pairs) + self.of_mask * pair_weights(self.masks, pairs)
        prior = self.kernel.pair_variances(pairs) + self.of_mask * pair_weight_square(self.masks.shape[1])
        return self._errors(columns, prior)

    def _errors(self, columns: Numbers, prior: Numbers) -> Numbers:
        """Root of the posterior variance plus the jackknife's, with the relevances held fixed."""
        solved = columns @ self.inverse
        posterior = np.maximum(prior - (solved * columns).sum(axis=1), 0.0)
        left_out = [
            solved[:, group] @ np.linalg.solve(self.inverse[np.ix_(group, group)], self.dual[group])
            for group in self.groups
        ]
        jackknife = (len(left_out) - 1) / max(len(left_out), 1) * np.square(left_out).sum(axis=0)
        return self.spread * np.sqrt(posterior + jackknife)


def _groups(
    pairs: NDArray[np.int64], masks: NDArray[np.bool_], generator: np.random.Generator
) -> list[NDArray[np.intp]]:
    """Rows of each group of pairs; the full and the empty mask stay: they are asked in every sample."""
    inside = ~np.isin(masks.sum(axis=1), (0, masks.shape[1]))
    numbers = generator.permutation(np.unique(pairs[inside]))
    groups = np.array_split(numbers, min(_N_GROUPS, max(len(numbers), 1)))
    return [np.flatnonzero(np.isin(pairs, group) & inside) for group in groups if len(group)]
