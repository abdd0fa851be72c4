"""Looks: when a sequence of independent draws may be looked at, so that looking often does not inflate the error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Looks", "fewest_draws", "plan_looks"]

#: Each look allows one failure more than the one before, and from the fifth on half as many again.
_GROWTH = 1.5


@dataclass(frozen=True)
class Looks:
    """The numbers of draws at which a share may be declared high enough.

    Parameters
    ----------
    draws : tuple of int
        Ascending; empty where the most draws cannot show it.
    allowed : tuple of int
        The most failures with which it may be declared at each look.
    tail : float
        Error that each look may make.

    Examples
    --------
    >>> plan_looks(0.95, 0.05, 200).confirms(86, 0)
    True
    """

    draws: tuple[int, ...]
    allowed: tuple[int, ...]
    tail: float

    def confirms(self, n_draws: int, n_failed: int) -> bool:
        """Whether this is a look, with few enough failures."""
        return any(n == n_draws and n_failed <= most for n, most in zip(self.draws, self.allowed, strict=True))

    def after(self, n_draws: int) -> int | None:
        """The next look; None after the last."""
        return next((n for n in self.draws if n > n_draws), None)

    def chance(self, n_draws: int, n_failed: int, prior: tuple[float, float], most: int) -> float:
        """Predictive probability that one of the looks within ``most`` draws in all will confirm.

        Parameters
        ----------
        n_draws, n_failed : int
            So far.
        prior : tuple of float
            Successes and failures that were seen beforehand, of a beta distribution.
        most : int

        References
        ----------
        Lee and Liu, "A predictive probability design for phase II cancer clinical trials", Clinical Trials 2008.

        Examples
        --------
        >>> looks = plan_looks(0.95, 0.05, 200)
        >>> looks.chance(80, 0, (9.5, 0.5), 200) > 0.8, looks.chance(80, 9, (9.5, 0.5), 200) < 0.01
        (True, True)
        """
        successes, failures = prior[0] + n_draws - n_failed, prior[1] + n_failed
        chances = [
            _beta_binomial(allowed - n_failed, n - n_draws, failures, successes)
            for n, allowed in zip(self.draws, self.allowed, strict=True)
            if n_draws < n <= most and n_failed <= allowed
        ]
        return max(chances, default=0.0)


def _beta_binomial(most: int, n: int, a: float, b: float) -> float:
    """Probability of at most ``most`` failures in ``n`` draws whose share of failures follows a beta distribution."""
    from scipy.special import betaln

    failed = np.arange(min(most, n) + 1)
    ways = -np.log(n + 1) - betaln(n - failed + 1, failed + 1)
    return float(np.exp(ways + betaln(failed + a, n - failed + b) - betaln(a, b)).sum())


def plan_looks(threshold: float, delta: float, most: int) -> Looks:
    """Plan the looks at which a share may be declared at least ``threshold``, wrongly with probability at most ``delta``.

    A look comes as soon as so many failures would suffice: none at the first, one at the second, and so on.  It declares when
    the exact one-sided binomial bound, at the error that is left for each look, reaches the threshold; the errors of all
    looks add up to ``delta``.

    Parameters
    ----------
    threshold, delta : float
        Between 0 and 1, without the ends.
    most : int
        The most draws.

    Returns
    -------
    Looks

    References
    ----------
    Clopper and Pearson, Biometrika 1934, whose bound is never wider than the Kullback-Leibler bound of Kaufmann and
    Kalyanakrishnan, "Information complexity in bandit subset selection", COLT 2013 (KL-LUCB); the union over looks replaces
    their exploration rate.

    Examples
    --------
    >>> looks = plan_looks(0.95, 0.05, 200)
    >>> looks.draws, looks.allowed
    ((86, 125, 160, 192), (0, 1, 2, 3))
    """
    # As many looks as find their place within the draws when they share the error.
    draws, n_looks = _schedule(threshold, delta, most), 1
    while len(more := _schedule(threshold, delta / (n_looks + 1), most)) > n_looks:
        draws, n_looks = more, n_looks + 1
    return Looks(tuple(draws.values())[:n_looks], tuple(draws)[:n_looks], delta / n_looks)


def fewest_draws(threshold: float, tail: float) -> int:
    """Draws without failure that are less likely than ``tail`` if the share is the threshold.

    Examples
    --------
    >>> fewest_draws(0.95, 0.05)
    59
    """
    return math.ceil(math.log(tail) / math.log(threshold))


def _schedule(threshold: float, tail: float, most: int) -> dict[int, int]:
    """By number of failures: the fewest draws that make them less likely than ``tail`` if the share is the threshold."""
    from scipy.special import bdtr

    schedule: dict[int, int] = {}
    failures, first = 0, fewest_draws(threshold, tail)
    while first <= most:
        draws = np.arange(first, most + 1)
        enough = np.flatnonzero(bdtr(failures, draws, 1 - threshold) <= tail)
        if not len(enough):
            break
        schedule[failures] = first = int(draws[enough[0]])
        failures = max(failures + 1, int(failures * _GROWTH))
    return schedule
