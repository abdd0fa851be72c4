"""Estimate: a measured number with its interval and what it is to be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Estimate", "percent", "two_decimals"]


def percent(share: float) -> str:
    """A share as whole per cent, for a sentence.

    Examples
    --------
    >>> percent(0.891)
    '89 %'
    """
    return f"{100 * share:.0f} %"


def two_decimals(number: float) -> str:
    """A number with two decimals, for a sentence; never minus zero.

    Examples
    --------
    >>> two_decimals(-0.001), two_decimals(-1.239)
    ('0.00', '-1.24')
    """
    return f"{round(number, 2) + 0.0:.2f}"


@dataclass(frozen=True)
class Estimate:
    """A number, its interval, and a baseline.

    Parameters
    ----------
    value : float
    low, high : float
        Ends of the interval; equal to ``value`` where nothing was sampled.
    baseline : float, optional
        What a trivial answer reaches on the same rows.
    level : float, default 0.95
        Nominal coverage of the interval.

    Examples
    --------
    >>> Estimate.from_dict(Estimate(0.8, 0.7, 0.9).to_dict()) == Estimate(0.8, 0.7, 0.9)
    True
    """

    value: float
    low: float
    high: float
    baseline: float | None = None
    level: float = 0.95

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Estimate:
        """Inverse of :meth:`to_dict`."""
        return cls(**data)
