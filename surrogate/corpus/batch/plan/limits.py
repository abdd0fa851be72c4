"""Limits of a batch: what it has, what the plan wants of it, and which would break first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.corpus.batch.plan.amounts import amount
from surrogate.corpus.batch.plan.estimating import Estimate

__all__ = ["Limit", "first_to_break"]


@dataclass(frozen=True)
class Limit:
    """Something that there is only so much of.

    Parameters
    ----------
    name : str
        What it is, as sentences call it.
    unit : {"seconds", "bytes", "count", "money"}
    has : float
        How much there is.
    wanted : Estimate
        How much the whole plan takes.
    at_once : bool
        Whether all of it is needed from the start, as memory is; otherwise it is used up text by text.
    cure : str
        What to do, as a sentence.

    Examples
    --------
    >>> limit = Limit("the budget of requests", "count", 500, Estimate(640, 1000, 1000))
    >>> limit.breaks, round(limit.lasts.expected, 2)
    ('yes', 0.5)
    >>> print(limit.sentence())
    The budget of requests (500) does not suffice for 1,000 (640 to 1,000): it lasts for 50 % of the texts (50 to 78 %).
    """

    name: str
    unit: str
    has: float
    wanted: Estimate
    at_once: bool = False
    cure: str = ""

    @property
    def breaks(self) -> str:
        """Whether it breaks: "yes" where the expected amount is more than there is, "maybe" where the highest is, else "no"."""
        if self.wanted.expected > self.has:
            return "yes"
        return "maybe" if self.wanted.high > self.has else "no"

    @property
    def lasts(self) -> Estimate:
        """Share of the texts for which it lasts, at most 1; the low end belongs to the high end of what is wanted."""
        ends = (self.wanted.high, self.wanted.expected, self.wanted.low)
        if self.at_once:
            low, expected, high = (1.0 if end <= self.has else 0.0 for end in ends)
        else:
            low, expected, high = (1.0 if end <= self.has else self.has / end for end in ends)
        return Estimate(low, expected, high)

    def sentence(self) -> str:
        """What becomes of it."""
        name, has = self.name[:1].upper() + self.name[1:], amount(self.has, self.unit)
        wanted = amount(self.wanted.expected, self.unit)
        if not self.wanted.is_exact:
            wanted += f" ({amount(self.wanted.low, self.unit)} to {amount(self.wanted.high, self.unit)})"
        if self.breaks == "no":
            return f"{name} ({has}) suffices for {wanted}."
        verb = "does not suffice" if self.breaks == "yes" else "may not suffice"
        cure = f" {self.cure}" if self.cure else ""
        if self.at_once:
            return f"{name} ({has}) {verb} for {wanted}.{cure}"
        low, expected, high = (int(100 * share) for share in (self.lasts.low, self.lasts.expected, self.lasts.high))
        spread = "" if low == high else f" ({low} to {high} %)"
        return f"{name} ({has}) {verb} for {wanted}: it lasts for {expected} % of the texts{spread}.{cure}"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "name": self.name,
            "unit": self.unit,
            "has": self.has,
            "wanted": self.wanted.to_dict(),
            "breaks": self.breaks,
            "lasts": self.lasts.to_dict(),
            "sentence": self.sentence(),
        }


def first_to_break(limits: Sequence[Limit]) -> Limit | None:
    """The limit that breaks first: of those that break, the one that lasts for the least; then of those that may.

    Examples
    --------
    >>> disk = Limit("free disk space", "bytes", 10, Estimate(1, 2, 20))
    >>> calls = Limit("the budget of requests", "count", 500, Estimate(640, 1000, 1000))
    >>> first_to_break([disk, calls]).name, first_to_break([disk]).breaks, first_to_break([])
    ('the budget of requests', 'maybe', None)
    """
    order = {"yes": 0, "maybe": 1}
    broken = [limit for limit in limits if limit.breaks in order]
    return min(broken, key=lambda limit: (order[limit.breaks], limit.lasts.expected, limit.lasts.low), default=None)
