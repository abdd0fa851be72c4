"""Ledger: what was spent, and what the budget leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surrogate.blackbox.endpoints.manners import Manners
from surrogate.errors import ModelError

__all__ = ["Ledger", "Reservation"]

#: Tokens that a chat template may add to a request, beyond one for each byte.
_TEMPLATE_TOKENS = 64


@dataclass(frozen=True)
class Reservation:
    """The most that a request in flight can cost.

    Examples
    --------
    >>> Reservation(input_tokens=100, output_tokens=8).tokens
    108
    """

    input_tokens: int
    output_tokens: int

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.input_tokens + self.output_tokens

    def cost(self, manners: Manners) -> float:
        """Money, at the prices stated."""
        return (self.input_tokens * manners.input_price + self.output_tokens * manners.output_price) / 1e6


@dataclass
class Ledger:
    """Requests, tokens and money spent by one black box in one process; a reservation before each request keeps the budget.

    A request is reserved at one token for each byte, which no tokenizer exceeds, and settled at what the server says; where
    it says nothing the reservation stands.

    Parameters
    ----------
    manners : Manners

    Examples
    --------
    >>> ledger = Ledger(Manners(max_tokens=1000))
    >>> held = ledger.reserve(body_bytes=300, output_tokens=8)
    >>> ledger.settle(held, {"prompt_tokens": 90, "completion_tokens": 2})
    >>> ledger.calls, ledger.tokens
    (1, 92)
    """

    manners: Manners
    calls: int = 0
    tokens: int = 0
    cost: float = 0.0
    in_flight: list[Reservation] = field(default_factory=list)

    def reserve(self, body_bytes: int, output_tokens: int) -> Reservation | None:
        """Room for one more request; None while requests in flight hold what may be left.

        Raises
        ------
        ModelError
            ``budget-spent`` when nothing in flight could free enough.
        """
        wanted = Reservation(body_bytes + _TEMPLATE_TOKENS, output_tokens)
        if self._over([*self.in_flight, wanted]) is None:
            self.in_flight.append(wanted)
            return wanted
        if not self.in_flight:
            limit, spent = self._over([wanted]) or ("", "")
            raise ModelError(
                "budget-spent",
                f"The budget of {limit} leaves no room for one more request ({spent} so far). The answers received are kept; "
                "raise the limit and explain again: only what is missing will be asked.",
            )
        return None

    def settle(self, held: Reservation, usage: Mapping[str, Any] | None) -> None:
        """Book an answered request at what it cost."""
        self.in_flight.remove(held)
        spent = _spent(held, usage or {})
        self.calls += 1
        self.tokens += spent.tokens
        self.cost += spent.cost(self.manners)

    def release(self, held: Reservation) -> None:
        """Forget a request that the server did not take."""
        self.in_flight.remove(held)

    def _over(self, held: list[Reservation]) -> tuple[str, str] | None:
        """The limit that would be passed, and what was spent of it."""
        manners = self.manners
        if manners.max_calls is not None and self.calls + len(held) > manners.max_calls:
            return f"{manners.max_calls:,} requests", f"{self.calls:,}"
        if manners.max_tokens is not None and self.tokens + sum(each.tokens for each in held) > manners.max_tokens:
            return f"{manners.max_tokens:,} tokens", f"{self.tokens:,}"
        cost = self.cost + sum(each.cost(manners) for each in held)
        if manners.max_cost is not None and cost > manners.max_cost:
            return f"{manners.max_cost:g} in money", f"{self.cost:.4g}"
        return None


def _spent(held: Reservation, usage: Mapping[str, Any]) -> Reservation:
    read = _count(usage, ("input_tokens", "prompt_tokens"), held.input_tokens)
    written = _count(usage, ("output_tokens", "completion_tokens"), held.output_tokens)
    return Reservation(read, written)


def _count(usage: Mapping[str, Any], names: tuple[str, ...], otherwise: int) -> int:
    for name in names:
        value = usage.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return otherwise
