"""Spending: requests, tokens and money that a batch would cost at an endpoint, from its settings alone; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.corpus.batch.plan.estimating import Estimate
from surrogate.corpus.batch.plan.token_counts import TokenCounter

__all__ = ["Spending", "is_endpoint", "plan_spending"]

#: Tokens that a server puts around the text of one request: turns, roles, the beginning of an answer.
_FRAME = Estimate(0, 8, 64)


@dataclass(frozen=True)
class Spending:
    """What a batch would cost at an endpoint.

    Parameters
    ----------
    place : str
        Host and port.
    requests : Estimate
        Answered requests.
    read, written : Estimate
        Tokens.
    cost : Estimate or None
        Money, in the unit of the prices; None: no price is stated.
    input_price, output_price : float
        Of a million tokens.

    Examples
    --------
    >>> free = Estimate.exactly(0)
    >>> Spending("localhost:8000", Estimate.exactly(64), Estimate(5, 6, 7), free, None, 0.0, 0.0).tokens
    Estimate(low=5, expected=6, high=7)
    """

    place: str
    requests: Estimate
    read: Estimate
    written: Estimate
    cost: Estimate | None
    input_price: float
    output_price: float

    @property
    def tokens(self) -> Estimate:
        """Tokens read and written."""
        return self.read.plus(self.written)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "place": self.place,
            "requests": self.requests.to_dict(),
            "read": self.read.to_dict(),
            "written": self.written.to_dict(),
            "cost": None if self.cost is None else self.cost.to_dict(),
            "input_price": self.input_price,
            "output_price": self.output_price,
        }


def is_endpoint(box: Any) -> bool:
    """Whether texts are sent to a black box over HTTP.

    Examples
    --------
    >>> is_endpoint(None)
    False
    """
    return hasattr(box, "sent_beside") and hasattr(box, "access")


def plan_spending(box: Any, asked: Estimate, tokens: Estimate, counter: TokenCounter) -> Spending | None:
    """What a number of texts would cost; None for a model that is no endpoint.

    Parameters
    ----------
    box : BlackBox
    asked : Estimate
        Texts.
    tokens : Estimate
        Of all of them, the prompt not included.
    counter : TokenCounter

    Examples
    --------
    >>> from surrogate.blackbox.endpoints import Access, DecisionEndpoint
    >>> ask = {"urgent": {"type": "noul", "instructions": "Is it urgent?"}}
    >>> box = DecisionEndpoint(Access.to("http://localhost:8000"), "router", ask)
    >>> plan_spending(box, Estimate.exactly(64), Estimate.exactly(640), TokenCounter("", None)).requests.expected
    64
    """
    if not is_endpoint(box):
        return None
    manners, read = box.access.manners, Estimate.exactly(0)
    for beside in box.sent_beside:
        around = counter.count([beside]).plus(_FRAME) if beside else Estimate.exactly(0)
        read = read.plus(tokens).plus(asked.times(around))
    n_answered = sum(bool(beside) for beside in box.sent_beside)
    written = asked.times(_written(box, counter)).times(n_answered)
    cost = read.times(manners.input_price / 1e6).plus(written.times(manners.output_price / 1e6))
    return Spending(
        place=box.access.address.place,
        requests=asked.times(len(box.sent_beside)),
        read=read,
        written=written,
        cost=None if manners.input_price == manners.output_price == 0 else cost,
        input_price=manners.input_price,
        output_price=manners.output_price,
    )


def _written(box: Any, counter: TokenCounter) -> Estimate:
    """Tokens of an answer: one at least, that of a label and an end as a rule, and as many as the request allows at most."""
    most = int(box.most_written)
    if not most:  # a decision endpoint writes probabilities, which servers do not count as tokens written
        return Estimate.exactly(0)
    labels = [str(label) for label in box.classes_]
    label = counter.count(labels).expected / len(labels) + 1
    return Estimate(1, min(label, most), most)
