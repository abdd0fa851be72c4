"""Forward selection of single coefficients and exchange of the weakest for better ones ("splicing")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.multinomial_deviance import Deviance, Fitted

__all__ = ["Grown", "grow", "grown", "splice"]

#: Steps of L-BFGS: while growing, before and during the exchange, and at the end.
_GROWING, _BEFORE, _DURING, _AFTER = 20, 25, 12, 60

#: Most exchanges that are tried.
_MOST_TRIES = 16

#: Share of the coefficients that the first exchange replaces.
_EXCHANGED = 1 / 8

#: Sizes at which growing stops for an exchange: this one, twice it, and so on.  Later growth builds on better sets.
_FIRST_EXCHANGE = 50

#: An exchange must lower the penalised deviance by more than this, and a coefficient must gain more than the second.
_LOWER, _NOTHING = 1e-6, 1e-8


def best(values: NDArray[np.float64], allowed: NDArray[np.bool_], n: int) -> NDArray[np.intp]:
    """Flat places of the ``n`` largest values among those allowed and above nothing, ties by feature, then by class.

    Examples
    --------
    >>> best(np.array([[1.0, 3.0], [0.0, 3.0]]), np.array([[True, True], [True, True]]), 3).tolist()
    [1, 3, 0]
    """
    places = np.flatnonzero(allowed & (values > _NOTHING))
    return places[np.argsort(-_coarse(values.ravel()[places]), kind="stable")[:n]]


def _coarse(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded to 16 binary digits: values that only rounding tells apart are equal, and the order of columns decides."""
    mantissa, exponent = np.frexp(values)
    return np.ldexp(np.round(mantissa * 2**16), exponent - 16)


def grow(problem: Deviance, fitted: Fitted, n_new: int) -> Fitted:
    """With the ``n_new`` coefficients of largest gain made active; fewer where no others gain.  Not refitted.

    Examples
    --------
    >>> from scipy.sparse import csc_matrix
    >>> presence = csc_matrix(np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=np.float32))
    >>> targets = np.array([[.9, .9, .1, .1], [.1, .1, .9, .9]], dtype=np.float32)
    >>> problem = Deviance(presence, targets, np.full(4, .25, np.float32), 1e-4)
    >>> grow(problem, problem.start(), 1).active.tolist()
    [[True, False], [False, False]]
    """
    gain, _ = problem.sacrifices(fitted)
    active = fitted.active.copy()
    active.ravel()[best(gain, ~active, n_new)] = True
    return replace(fitted, active=active)


@dataclass(frozen=True, eq=False)
class Grown:
    """A set of coefficients on the way from none to all.

    Parameters
    ----------
    fitted : Fitted
    n_next : int
        Number of coefficients of the next set.
    exchanged : bool
        Whether the weakest were exchanged already.

    Examples
    --------
    >>> Grown(Fitted(np.zeros((3, 2), bool), np.zeros((3, 2)), np.zeros(2)), 2, False).fitted.size
    0
    """

    fitted: Fitted
    n_next: int
    exchanged: bool

    def of_size(self, problem: Deviance, size: int) -> Fitted:
        """The set of a size from this one to the next, after the exchange and the last refit."""
        if self.exchanged and size == self.fitted.size:
            return self.fitted
        return splice(problem, grow(problem, self.fitted, size - self.fitted.size))


def grown(problem: Deviance, share: float) -> Iterator[Grown]:
    """Ever larger sets of coefficients, from none until no other coefficient gains.

    Growing by a share of what there is, at least two, is nearly as good as one by one and takes far fewer refits.  At 50, 100,
    200, 400 ... coefficients the weakest are exchanged before it goes on.  The sets do not depend on the sizes that anybody
    asks for.

    Examples
    --------
    >>> from scipy.sparse import csc_matrix
    >>> targets = np.array([[.9, .2], [.1, .8]], dtype=np.float32)
    >>> problem = Deviance(csc_matrix(np.eye(2, dtype=np.float32)), targets, np.full(2, .5, np.float32), 1e-4)
    >>> [(step.fitted.size, step.n_next) for step in grown(problem, 0.12)][:2]
    [(0, 2), (2, 4)]
    """
    fitted, stop, exchanged = problem.start(), _FIRST_EXCHANGE, False
    while True:
        n_new = min(max(2, ceil(share * fitted.size)), stop - fitted.size)
        yield Grown(fitted, fitted.size + n_new, exchanged)
        larger = grow(problem, fitted, n_new)
        if larger.size == fitted.size:
            return
        fitted = problem.refit(larger, _GROWING)
        exchanged = fitted.size == stop
        if exchanged:
            fitted, stop = splice(problem, fitted), 2 * stop


def splice(problem: Deviance, fitted: Fitted) -> Fitted:
    """Exchange the coefficients that cost least to drop for those that gain most, as long as the deviance falls.

    First an eighth of them is exchanged at once; each exchange that does not lower the deviance halves the number.  Gains
    are computed without the dropped coefficients, so that a dropped one can return.

    References
    ----------
    Zhu, Wen, Zhu, Zhang and Wang, "A polynomial algorithm for best-subset selection problem", PNAS 117(52), 2020,
    doi:10.1073/pnas.2014241117, algorithm 2 (splicing), there for least squares; sacrifices for other losses as in Zhu et
    al., "abess: a fast best-subset selection library in Python and R", JMLR 23(202), 2022.

    Examples
    --------
    >>> from scipy.sparse import csc_matrix
    >>> presence = csc_matrix(np.array([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=np.float32))
    >>> targets = np.array([[.9, .9, .1, .1], [.1, .1, .9, .9]], dtype=np.float32)
    >>> problem = Deviance(presence, targets, np.full(4, .25, np.float32), 1e-4)
    >>> wrong = replace(problem.start(), active=np.array([[False, False], [True, False]]))
    >>> splice(problem, wrong).active.tolist()
    [[True, False], [False, False]]
    """
    fitted = problem.refit(fitted, _BEFORE)
    n_exchanged = max(1, int(fitted.size * _EXCHANGED)) if fitted.size else 0
    for _ in range(_MOST_TRIES):
        if n_exchanged < 1:
            break
        tried = _exchanged(problem, fitted, n_exchanged)
        if (tried.active != fitted.active).any():
            tried = problem.refit(tried, _DURING)
        if tried.loss < fitted.loss - _LOWER:
            fitted = tried
        else:
            n_exchanged //= 2
    return problem.refit(fitted, _AFTER)


def _exchanged(problem: Deviance, fitted: Fitted, n: int) -> Fitted:
    """Drop the ``n`` of least cost, add as many of largest gain.  Not refitted."""
    _, cost = problem.sacrifices(fitted)
    places = np.flatnonzero(fitted.active)
    dropped = places[np.argsort(_coarse(cost.ravel()[places]), kind="stable")[:n]]
    active, weights = fitted.active.copy(), fitted.weights.copy()
    active.ravel()[dropped] = False
    weights.ravel()[dropped] = 0.0
    left = replace(fitted, active=active, weights=weights)
    return grow(problem, left, fitted.size - left.size)
