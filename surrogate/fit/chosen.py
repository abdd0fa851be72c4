"""Chosen terms, with what each candidate would newly explain beside them: orthogonal least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.candidates import Candidates

__all__ = ["Chosen"]

#: A candidate that the chosen terms all but determine is passed over.
_COLLINEAR = 1e-3

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chosen:
    """Some candidates, m of k, and what is left of all others beside them.

    Parameters
    ----------
    candidates : Candidates
    places : tuple of int, length m
    known : ndarray of float, shape (m, k)
        Covariance of each candidate with m orthonormal combinations of the chosen ones.
    left : ndarray of float, shape (k,)
        Variance of each candidate that the chosen ones do not explain.
    correlation : ndarray of float, shape (k,)
        Covariance of each candidate with what the chosen ones do not explain of the values.
    explained : float
        Share of the variance of the values that they explain.

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
    >>> chosen = Chosen.of(candidates, [0])
    >>> round(chosen.explained, 3), chosen.gains.round(3).tolist(), round(chosen.add(1).explained, 3)
    (0.8, [0.0, 0.2], 1.0)
    """

    candidates: Candidates
    places: tuple[int, ...]
    known: Array
    left: Array
    correlation: Array
    explained: float

    @classmethod
    def of(cls, candidates: Candidates, places: Sequence[int]) -> Chosen:
        """The named candidates, in their order."""
        places, moments = tuple(places), candidates.moments
        if not places:
            return cls(candidates, (), np.zeros((0, len(moments))), candidates.variances, moments, 0.0)
        rows = np.array([candidates.row(place) for place in places])
        square = rows[:, places]
        whitener = np.linalg.inv(np.linalg.cholesky(square + 1e-9 * np.diag(np.diag(square))))
        known, values = whitener @ rows, whitener @ moments[list(places)]
        left = candidates.variances - np.einsum("ij,ij->j", known, known)
        return cls(
            candidates, places, known, left, moments - values @ known, float(values @ values) / candidates.variance
        )

    def add(self, place: int) -> Chosen:
        """One candidate more."""
        scale = np.sqrt(self.left[place])
        new = (self.candidates.row(place) - self.known[:, place] @ self.known) / scale
        part = self.correlation[place] / scale
        return Chosen(
            self.candidates,
            (*self.places, place),
            np.vstack([self.known, new]),
            self.left - new**2,
            self.correlation - part * new,
            self.explained + float(part**2) / self.candidates.variance,
        )

    @cached_property
    def gains(self) -> Array:
        """Share of the variance that each candidate would newly explain, shape (k,)."""
        independent = self.left > _COLLINEAR * self.candidates.variances
        gains = np.where(independent, self.correlation**2 / np.maximum(self.left, 1e-12), 0.0)
        gains[list(self.places)] = 0.0
        return gains / self.candidates.variance

    @cached_property
    def worth(self) -> float:
        """Share of the variance explained, less the prices of the chosen ones."""
        return self.explained - float(self.candidates.prices[list(self.places)].sum())

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Whether a candidate is a single unit or has a main effect among the chosen, shape (k,)."""
        single, units = self.candidates.single, self.candidates.units
        has_main_effect = np.zeros(units.max() + 1, dtype=bool)
        has_main_effect[[units[place, 0] for place in self.places if single[place]]] = True
        return single | has_main_effect[units[:, 0]] | has_main_effect[units[:, 1]]
