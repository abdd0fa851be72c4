"""Manners: how fast, how long and at what cost an endpoint may be asked."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from surrogate.errors import InputError

__all__ = ["Manners"]


@dataclass(frozen=True)
class Manners:
    """How an endpoint is asked.  None: no limit.

    Parameters
    ----------
    concurrency : int, default 8
        Requests in flight at a time.
    timeout : float, default 60
        Seconds from the sending of a request to the last byte of its answer.
    patience : float, default 120
        Seconds that one text may wait for a server that is busy, or that was lost after it had answered before.
    first_wait : float, default 0.5
        Seconds before the first repetition; doubled from one to the next, up to 16 seconds.
    requests_per_minute : float or None
    max_calls : int or None
        Answered requests, at most.
    max_tokens : int or None
        Tokens read and written, at most.
    max_cost : float or None
        Money, at most, in the unit of the prices.
    input_price, output_price : float, default 0
        Price of a million tokens.
    max_reply_bytes : int, default 4,000,000

    Raises
    ------
    InputError
        ``bad-endpoint``.

    Examples
    --------
    >>> Manners(max_calls=500).describe()
    'at most 500 requests'
    >>> Manners(max_cost=2.5, input_price=0.1, requests_per_minute=60).describe()
    'at most 2.5 spent; at most 60 requests a minute'
    """

    concurrency: int = 8
    timeout: float = 60.0
    patience: float = 120.0
    first_wait: float = 0.5
    requests_per_minute: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    max_cost: float | None = None
    input_price: float = 0.0
    output_price: float = 0.0
    max_reply_bytes: int = 4_000_000

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            whole = each.name in ("concurrency", "max_calls", "max_tokens", "max_reply_bytes")
            least = 0 if each.name in ("patience", "input_price", "output_price") else None
            if value is not None and not _fits(value, whole, least):
                kind = "whole number" if whole else "number"
                above = "of at least 0" if least == 0 else "above 0"
                raise InputError("bad-endpoint", f"{each.name!r} must be a {kind} {above}; got {value!r}.")
        if self.max_cost is not None and self.input_price == self.output_price == 0:
            raise InputError(
                "bad-endpoint", "A max_cost needs prices: give input_price and output_price per million tokens."
            )

    def describe(self) -> str:
        """The limits in words; empty where there are none."""
        limits = [
            (self.max_calls, "at most {:,} requests"),
            (self.max_tokens, "at most {:,} tokens"),
            (self.max_cost, "at most {:g} spent"),
            (self.requests_per_minute, "at most {:g} requests a minute"),
        ]
        return "; ".join(words.format(value) for value, words in limits if value is not None)


def _fits(value: object, whole: bool, least: int | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return False
    return math.isfinite(value) and (value > 0 if least is None else value >= least)  # type: ignore[arg-type,operator]
