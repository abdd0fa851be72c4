"""Where a running batch stands: rows done, pace of this run, time left, in one line."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from surrogate.corpus.batch.plan.amounts import amount, number_of
from surrogate.corpus.batch.values import Counts

__all__ = ["Recent", "Standing"]


@dataclass(frozen=True)
class Standing:
    """Where a batch stands.

    Parameters
    ----------
    n_rows : int
        Of the whole batch.
    counts : Counts
        Of all that is done, by this run or before it; ``asked`` is of this run.
    rate : float or None
        Rows a second, of late; None: this run has finished none.
    seconds : float
        Since this run began.
    spent : dict of str to float
        Calls, tokens and cost that an endpoint charged this run.

    Examples
    --------
    >>> standing = Standing(1000, Counts(rows=250, withheld=4, errors=1, asked=16_000), 2.5, 100.0)
    >>> print(standing.line())
    250 of 1,000 rows (25 %), 2.5 rows/s, 5 min left, 16,000 texts asked, 4 withheld, 1 error
    """

    n_rows: int
    counts: Counts
    rate: float | None
    seconds: float
    spent: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds_left(self) -> float | None:
        """Until all rows are done, at the pace of late; None: not known."""
        if self.counts.rows >= self.n_rows:
            return 0.0
        return (self.n_rows - self.counts.rows) / self.rate if self.rate else None

    def line(self) -> str:
        """All of it in one line; nothing of it quotes a text."""
        counts, left = self.counts, self.seconds_left
        share = int(100 * counts.rows / self.n_rows) if self.n_rows else 100
        parts = [f"{counts.rows:,} of {self.n_rows:,} rows ({share} %)"]
        parts += [] if self.rate is None else [f"{self.rate:,.3g} rows/s"]
        if left is None:
            parts.append("time left not known yet")
        else:
            parts.append(f"{amount(left, 'seconds')} left" if left else f"done in {amount(self.seconds, 'seconds')}")
        parts.append(f"{number_of(counts.asked, 'text')} asked")
        parts.append(f"{counts.withheld:,} withheld")
        parts.append(number_of(counts.errors, "error"))
        return ", ".join(parts + self._charged())

    def _charged(self) -> list[str]:
        words = {"calls": "{:,.0f} requests", "tokens": "{:,.0f} tokens", "cost": "cost {:,.4g}"}
        return [form.format(self.spent[name]) for name, form in words.items() if self.spent.get(name)]


class Recent:
    """Rows a second over the last while, of this run alone.

    Parameters
    ----------
    start : float
        Seconds, when this run began.
    window : float, default 300
        Seconds that are looked back; further where fewer than ``least`` parts came in them.
    least : int, default 4

    Examples
    --------
    >>> recent = Recent(0.0, window=10.0, least=1)
    >>> recent.rate is None
    True
    >>> recent.add(100, at=50.0)
    >>> recent.rate
    2.0
    >>> recent.add(100, at=60.0)
    >>> recent.rate
    10.0
    """

    def __init__(self, start: float, window: float = 300.0, least: int = 4) -> None:
        self.window = window
        self.least = least
        self._seen: deque[tuple[float, int]] = deque([(start, 0)])

    def add(self, n_rows: int, at: float) -> None:
        """Rows that were finished at a time."""
        self._seen.append((at, self._seen[-1][1] + n_rows))
        while len(self._seen) > self.least + 1 and self._seen[1][0] <= at - self.window:
            self._seen.popleft()

    @property
    def rate(self) -> float | None:
        """Rows a second; None: none is finished."""
        (began, before), (ended, after) = self._seen[0], self._seen[-1]
        return (after - before) / (ended - began) if after > before and ended > began else None
