"""The multinomial deviance of a sparse regression: its value, its gradient, and what single coefficients would gain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from surrogate.table import Table

__all__ = ["Deviance", "Fitted"]

#: Added to the mean probability of a class, so that the intercept of a class that is never answered stays finite.
_RARE = 1e-6


@dataclass(frozen=True, eq=False)
class Fitted:
    """A regression whose coefficients are zero but for the active ones.

    Parameters
    ----------
    active : ndarray of bool, shape (n_features, n_classes)
    weights : ndarray of float64, shape (n_features, n_classes)
    intercepts : ndarray of float64, shape (n_classes,)
    loss : float
        Penalised deviance; infinite before the first refit.

    Examples
    --------
    >>> Fitted(np.zeros((3, 2), bool), np.zeros((3, 2)), np.zeros(2), 0.0).size
    0
    """

    active: NDArray[np.bool_]
    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    loss: float = np.inf

    @property
    def size(self) -> int:
        """Number of active coefficients."""
        return int(self.active.sum())


@dataclass(frozen=True, eq=False)
class Deviance:
    """What a multinomial regression minimises.

    ``L(W, b) = - sum_i w_i sum_c P_ic log Q_ic + ridge / 2 |W|^2`` with ``Q = softmax(X W + b)``, where P are the model's
    probabilities and the weights w of the rows sum to one; intercepts are free.

    Parameters
    ----------
    presence : csc_matrix of float32, shape (n_rows, n_features)
        X, of zeros and ones.
    targets : ndarray of float32, shape (n_classes, n_rows)
        P', by class: softmax over the first axis is several times faster than over a short last one.
    row_weights : ndarray of float32, shape (n_rows,)
        w.
    ridge : float

    References
    ----------
    McCullagh and Nelder, "Generalized Linear Models", 1989, chapter 5.

    Examples
    --------
    >>> presence = csc_matrix(np.array([[1], [0]], dtype=np.float32))
    >>> problem = Deviance(presence, np.array([[.9, .5], [.1, .5]], np.float32), np.full(2, .5, np.float32), 1e-4)
    >>> gain, cost = problem.sacrifices(problem.start())
    >>> bool(gain[0, 0] > 0), float(cost.max())
    (True, 0.0)
    """

    presence: csc_matrix
    targets: NDArray[np.float32]
    row_weights: NDArray[np.float32]
    ridge: float

    @classmethod
    def of_table(cls, table: Table, copy_weight: float, ridge: float) -> Deviance:
        """The deviance from a table's probabilities; without weight for copies they are left out."""
        table = table if copy_weight > 0 else table.originals()
        weights = table.weights(copy_weight)
        return cls(
            table.features.presence.tocsc().astype(np.float32),
            np.ascontiguousarray(table.probabilities.T, dtype=np.float32),
            (weights / weights.sum()).astype(np.float32),
            ridge,
        )

    @cached_property
    def transposed(self) -> csr_matrix:
        """X' in compressed rows."""
        return self.presence.T.tocsr()

    def start(self) -> Fitted:
        """Intercepts only: the logarithms of the mean probabilities."""
        shape = self.presence.shape[1], len(self.targets)
        mean = self.targets.astype(np.float64) @ self.row_weights.astype(np.float64)
        return Fitted(np.zeros(shape, dtype=bool), np.zeros(shape), np.log(mean + _RARE))

    def refit(self, fitted: Fitted, steps: int) -> Fitted:
        """The active coefficients and the intercepts after at most ``steps`` steps of L-BFGS from where they are."""
        from scipy.optimize import minimize

        used = np.flatnonzero(fitted.active.any(axis=1))
        active = fitted.active[used]
        columns = self.presence[:, used]
        start = np.concatenate([fitted.weights[used][active], fitted.intercepts])
        found = minimize(
            self._value_and_gradient,
            start,
            args=(columns.tocsr(), columns.T, active),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": steps},
        )
        n_active = len(start) - len(fitted.intercepts)
        own = np.zeros(active.shape)
        own[active] = found.x[:n_active]
        weights = np.zeros_like(fitted.weights)
        weights[used] = own
        return replace(fitted, weights=weights, intercepts=found.x[n_active:], loss=float(found.fun))

    def _value_and_gradient(
        self, values: NDArray[np.float64], design: csr_matrix, transposed: csr_matrix, active: NDArray[np.bool_]
    ) -> tuple[float, NDArray[np.float64]]:
        n_classes = len(self.targets)
        coefficients = values[:-n_classes]
        weights = np.zeros(active.shape, dtype=np.float32)
        weights[active] = coefficients
        scores, fits = self._scores(design, weights, values[-n_classes:])
        # From here on in place: exponentials, then Q, then the weighed residuals Q - P.
        q = np.exp(scores, out=scores)
        sums = q.sum(axis=0)
        loss = float((np.log(sums) - fits).astype(np.float64) @ self.row_weights)
        q /= sums
        q -= self.targets
        q *= self.row_weights
        slope = (transposed @ np.ascontiguousarray(q.T))[active] + self.ridge * coefficients
        penalty = self.ridge / 2 * float(coefficients @ coefficients)
        return loss + penalty, np.concatenate([slope, q.sum(axis=1, dtype=np.float64)])

    def _scores(
        self, design: csr_matrix, weights: NDArray[np.float32], intercepts: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores by class, the largest of each row 0, shape (n_classes, n_rows), and their mean under the targets."""
        scores = np.ascontiguousarray((design @ weights).T)
        scores += intercepts.astype(np.float32)[:, None]
        scores -= scores.max(axis=0)
        return scores, np.einsum("ci,ci->i", self.targets, scores)

    def sacrifices(self, fitted: Fitted) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What adding each coefficient would gain, and what dropping it would cost, each shape (n_features, n_classes).

        From a second-order expansion in one coefficient, with gradient ``G = X'((P - Q) w) - ridge W`` and curvature
        ``H = X'(Q (1 - Q) w) + ridge``: gain ``G^2 / 2H`` and cost ``H W^2 / 2``.
        """
        used = np.flatnonzero(fitted.active.any(axis=1))
        scores, _ = self._scores(
            self.presence[:, used].tocsr(), fitted.weights[used].astype(np.float32), fitted.intercepts
        )
        q = np.exp(scores)
        q /= q.sum(axis=0)
        by_class = np.vstack([(self.targets - q) * self.row_weights, q * (1 - q) * self.row_weights])
        both = self.transposed @ np.ascontiguousarray(by_class.T)
        slope, curvature = np.hsplit(both.astype(np.float64), 2)
        slope -= self.ridge * fitted.weights
        curvature += self.ridge
        return slope**2 / (2 * curvature), fitted.weights**2 * curvature / 2
