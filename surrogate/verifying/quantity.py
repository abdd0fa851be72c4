"""The explained quantity of an answer: log-odds, decision margin, and whether they had to be clipped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from surrogate.verifying.numeric import log_sum_exp

__all__ = ["Quantity"]

#: Probabilities are clipped to [1e-6, 1 - 1e-6] before the log-odds are taken.
BOUND = math.log1p(-1e-6) - math.log(1e-6)

#: Votes added to either side.
_HALF = 0.5

Logs = Sequence[float]
Votes = Sequence[int] | None


@dataclass(frozen=True)
class Quantity:
    """What is explained: one class against all others, against one other, or against its own absence.

    Parameters
    ----------
    classes : tuple of str
    target : str
    contrast : str or None
    multi_label : bool

    Examples
    --------
    >>> quantity = Quantity(("no", "yes"), "yes", None, False)
    >>> round(quantity.log_odds([math.log(0.1), math.log(0.9)], None), 3)
    2.197
    """

    classes: tuple[str, ...]
    target: str
    contrast: str | None
    multi_label: bool

    @property
    def opposite(self) -> str:
        """Name of what the target is compared with."""
        return f"not {self.target}" if self.contrast is None else self.contrast

    @property
    def column(self) -> int:
        """Column of the target."""
        return self.classes.index(self.target)

    def raw(self, logs: Logs) -> float:
        """Log-odds before clipping; 0 where the model declined to answer."""
        own = logs[self.column]
        if self.contrast is not None:
            other = logs[self.classes.index(self.contrast)]
        elif self.multi_label:
            absent = -math.expm1(min(own, 0.0))
            other = math.log(absent) if absent > 0 else -math.inf
        else:
            other = log_sum_exp(log for place, log in enumerate(logs) if place != self.column)
        return _or_zero(own - other)

    def counted(self, votes: Votes) -> tuple[int, int] | None:
        """Votes for the target, and for either side; None where the model states probabilities."""
        if votes is None or self.multi_label:
            return None
        own = votes[self.column]
        return own, sum(votes) if self.contrast is None else own + votes[self.classes.index(self.contrast)]

    def log_odds(self, logs: Logs, votes: Votes) -> float:
        """Clipped log-odds of the target; those of votes are empirical."""
        counted = self.counted(votes)
        if counted is None:
            return min(max(self.raw(logs), -BOUND), BOUND)
        return math.log(counted[0] + _HALF) - math.log(counted[1] - counted[0] + _HALF)

    def clipped(self, logs: Logs, votes: Votes) -> bool:
        """Whether the log-odds had to be clipped."""
        return self.counted(votes) is None and abs(self.raw(logs)) > BOUND

    def margin(self, logs: Logs, votes: Votes) -> float:
        """Decision margin; positive: the target wins."""
        if self.contrast is not None or self.multi_label:
            return self.log_odds(logs, votes)
        others = [log for place, log in enumerate(logs) if place != self.column]
        if any(math.isnan(log) for log in others):
            return 0.0
        return min(max(_or_zero(logs[self.column] - max(others)), -BOUND), BOUND)


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
