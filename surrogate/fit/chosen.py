"""Chosen terms, with what each candidate would newly explain beside them: orthogonal least squares, many sets at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.fit.candidates import Candidates

__all__ = ["Chosen"]

#: A candidate that the chosen terms all but determine is passed over.
_COLLINEAR = 1e-3

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chosen:
    """Sets of chosen candidates, b sets of m of k, and what is left of all others beside each set.

    Each set has the same bits alone as among others: batched factorisations and products go through it by itself.

    Parameters
    ----------
    candidates : Candidates
    places : ndarray of int, shape (b, m)
    known : ndarray of float, shape (b, m, k)
        Covariance of each candidate with m orthonormal combinations of the chosen ones.
    left : ndarray of float, shape (b, k)
        Variance of each candidate that the chosen ones do not explain.
    correlation : ndarray of float, shape (b, k)
        Covariance of each candidate with what the chosen ones do not explain of the values.
    explained : ndarray of float, shape (b,)
        Share of the variance of the values that they explain.
    allowed : ndarray of bool, shape (b, k)
        Whether a candidate is a single unit or has a main effect among the chosen.

    References
    ----------
    Chen, Billings and Luo, "Orthogonal least squares methods", International Journal of Control 1989.

    Examples
    --------
    >>> from surrogate.fit.candidates import candidate_terms
    >>> from surrogate.rows import Rows
    >>> masks = np.array([[1, 1], [1, 0], [0, 1], [0, 0]], bool)
    >>> values = masks @ [2.0, 1.0]
    >>> candidates = candidate_terms(Rows(masks, values, values, np.ones(4), np.arange(4), ("not", "good")), 1)
    >>> chosen = Chosen.of(candidates, [[0], [1]])
    >>> chosen.explained.round(3).tolist(), chosen.gains.round(3).tolist()
    ([0.8, 0.2], [[0.0, 0.2], [0.8, 0.0]])
    >>> chosen.add(np.array([1, 0])).explained.round(3).tolist()
    [1.0, 1.0]
    """

    candidates: Candidates
    places: NDArray[np.intp]
    known: Array
    left: Array
    correlation: Array
    explained: Array
    allowed: NDArray[np.bool_]

    @classmethod
    def of(cls, candidates: Candidates, places: ArrayLike) -> Chosen:
        """The named candidates, in their order, shape (b, m)."""
        chosen, variances = np.asarray(places, dtype=np.intp), candidates.covariances.variances
        sets, m = chosen.shape
        rows = candidates.covariances.rows(chosen)
        square = rows[np.arange(sets)[:, None, None], np.arange(m)[:, None], chosen[:, None, :]]
        whitener = np.linalg.inv(np.linalg.cholesky(square + 1e-9 * square * np.eye(m)))
        known, values = whitener @ rows, whitener @ candidates.moments[chosen][:, :, None]
        told = values.transpose(0, 2, 1)
        left = variances - np.einsum("bij,bij->bj", known, known)
        allowed = candidates.terms.single | candidates.terms.beside[chosen].any(axis=1)
        correlation = candidates.moments - (told @ known)[:, 0]
        return cls(
            candidates, chosen, known, left, correlation, (told @ values)[:, 0, 0] / candidates.variance, allowed
        )

    def add(self, places: NDArray[np.intp]) -> Chosen:
        """One candidate more in each set, shape (b,)."""
        sets = np.arange(len(places))
        scale = np.sqrt(self.left[sets, places])[:, None]
        column = self.known[sets, :, places][:, None]
        new = (self.candidates.covariances.rows(places) - (column @ self.known)[:, 0]) / scale
        return Chosen(
            self.candidates,
            self.with_places(places),
            np.concatenate([self.known, new[:, None, :]], axis=1),
            self.left - new**2,
            self.correlation - self.correlation[sets, places][:, None] / scale * new,
            self.explained_with(places),
            self.allowed | self.candidates.terms.beside[places],
        )

    def with_places(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """The sets with one candidate more in each, shape (b, m + 1)."""
        return np.concatenate([self.places, places[:, None]], axis=1)

    def explained_with(self, places: NDArray[np.intp]) -> Array:
        """Share of the variance that they explain with one candidate more in each set, shape (b,)."""
        sets = np.arange(len(places))
        part = self.correlation[sets, places] / np.sqrt(self.left[sets, places])
        return self.explained + part**2 / self.candidates.variance

    def take(self, sets: NDArray[np.bool_]) -> Chosen:
        """Some of the sets (bool, shape (b,))."""
        if sets.all():
            return self
        return replace(
            self,
            places=self.places[sets],
            known=self.known[sets],
            left=self.left[sets],
            correlation=self.correlation[sets],
            explained=self.explained[sets],
            allowed=self.allowed[sets],
        )

    @property
    def gains(self) -> Array:
        """Share of the variance that each candidate would newly explain, shape (b, k)."""
        independent = self.left > _COLLINEAR * self.candidates.covariances.variances
        gains = np.where(independent, self.correlation**2 / np.maximum(self.left, 1e-12), 0.0)
        gains[np.arange(len(gains))[:, None], self.places] = 0.0
        return gains / self.candidates.variance
