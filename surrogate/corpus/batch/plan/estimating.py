"""Estimates: a number that is not known yet, told as a range."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

__all__ = ["Estimate"]

#: Standard errors of a mean that a range reaches to each side.
_REACH = 2.0
#: A share of which n draws showed none is at most this over n (95 %).
_MISSED = 3.0


@dataclass(frozen=True)
class Estimate:
    """A number that is not known yet.

    Parameters
    ----------
    low, expected, high : float
        In the same unit, in this order.

    Examples
    --------
    >>> Estimate(1, 2, 4).times(Estimate.exactly(3))
    Estimate(low=3, expected=6, high=12)
    >>> Estimate(1, 2, 4).plus(Estimate(0, 1, 1)).over(2)
    Estimate(low=0.5, expected=1.5, high=2.5)
    """

    low: float
    expected: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Estimate:
        """A number that is known.

        Examples
        --------
        >>> Estimate.exactly(5).is_exact
        True
        """
        return cls(value, value, value)

    @classmethod
    def of_mean(cls, values: Sequence[float], n_all: int) -> Estimate:
        """The mean over all, from a sample without replacement of them: two standard errors to each side.

        Where the sample is more alike than its size can show, the range is as wide as if the share of others that it may
        have missed (3 / n, the rule of three at 95 %) were as far off as the mean is from 0.

        Parameters
        ----------
        values : sequence of float
            Of the sample; at least one.
        n_all : int
            How many there are.

        References
        ----------
        Cochran, Sampling Techniques, 3rd ed. 1977, eq. 2.20 (finite population correction).

        Examples
        --------
        >>> Estimate.of_mean([1.0, 3.0], 2)
        Estimate(low=2.0, expected=2.0, high=2.0)
        >>> Estimate.of_mean([1.0, 3.0], 1_000_000).high > 3
        True
        """
        n = len(values)
        mean = sum(values) / n
        if n >= n_all:
            return cls.exactly(mean)
        if n == 1:
            return cls(min(values) / 2, mean, 2 * mean)
        variance = sum((value - mean) ** 2 for value in values) / (n - 1)
        unseen = 1 - n / n_all
        reach = max(_REACH * math.sqrt(variance / n * unseen), min(1.0, _MISSED / n) * mean * unseen)
        return cls(max(0.0, mean - reach), mean, mean + reach)

    @property
    def is_exact(self) -> bool:
        """Whether it is a single number."""
        return self.low == self.expected == self.high

    def times(self, other: Estimate | float) -> Estimate:
        """Product of two ranges of numbers of at least 0, the ends taken together."""
        by = other if isinstance(other, Estimate) else Estimate.exactly(other)
        return Estimate(self.low * by.low, self.expected * by.expected, self.high * by.high)

    def over(self, divisor: float) -> Estimate:
        """Quotient by a number above 0."""
        return Estimate(self.low / divisor, self.expected / divisor, self.high / divisor)

    def plus(self, other: Estimate) -> Estimate:
        """Sum of two ranges, the ends taken together."""
        return Estimate(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def at_most(self, most: float) -> Estimate:
        """Nothing above a bound.

        Examples
        --------
        >>> Estimate(1, 2, 9).at_most(4)
        Estimate(low=1, expected=2, high=4)
        """
        return Estimate(min(self.low, most), min(self.expected, most), min(self.high, most))

    def to_dict(self) -> dict[str, float]:
        """JSON form."""
        return asdict(self)
