"""Pace: a token bucket, and waits that end when the work is stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

__all__ = ["Pace", "Stopped", "rest"]


class Stopped(Exception):  # noqa: N818 - no error: what was in flight is done, and nothing more is begun
    """The work was stopped before this request was sent."""


async def rest(seconds: float, stop: asyncio.Event) -> None:
    """Wait, unless the work is stopped.

    Raises
    ------
    Stopped
    """
    try:
        await asyncio.wait_for(stop.wait(), timeout=max(seconds, 0.0))
    except TimeoutError:
        return
    raise Stopped


class Pace:
    """Token bucket: so many requests a minute, up to ``burst`` of them at once.

    Parameters
    ----------
    per_minute : float or None
        None: as fast as the server answers.
    burst : int, default 1
    clock : callable () -> float, default time.monotonic
        Seconds.

    Examples
    --------
    >>> pace = Pace(60, burst=2, clock=lambda: 0.0)
    >>> [pace.take() for _ in range(4)]
    [0.0, 0.0, 1.0, 2.0]
    """

    def __init__(self, per_minute: float | None, burst: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.burst = burst
        self.clock = clock
        self._tokens = float(burst)
        self._at = clock()
        self._not_before = self._at

    def take(self) -> float:
        """Take the next place; seconds until it comes."""
        now = self.clock()
        wait = max(0.0, self._not_before - now)
        if self.per_minute is None:
            return wait
        rate = self.per_minute / 60
        self._tokens = min(float(self.burst), self._tokens + (now - self._at) * rate) - 1
        self._at = now
        return max(wait, -self._tokens / rate)

    def pause(self, seconds: float) -> None:
        """Let nobody ask for some time: the server said so."""
        self._not_before = max(self._not_before, self.clock() + seconds)
