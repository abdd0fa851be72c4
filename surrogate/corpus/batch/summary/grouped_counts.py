"""Counts of things that nobody can list beforehand, such as words: exact, and in flat memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import TracebackType

from surrogate.errors import InputError

__all__ = ["UNIT", "GroupedCounts"]

#: Coefficients are added up as whole numbers of this size, so that the sum does not depend on the order.
UNIT = 1e-9

#: Groups that are held in memory before they are added to those on disk.
_HELD = 50_000

#: A coefficient beyond this is none that a surrogate can have: log-odds are clipped far below.
_LARGEST = 1e6

_ADD = """
INSERT INTO counts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (section, place, name) DO UPDATE SET
n = n + excluded.n, clear = clear + excluded.clear, positive = positive + excluded.positive, total = total + excluded.total,
example = min(example, excluded.example)
"""


class GroupedCounts:
    """Counts by section, place and name, in a temporary database that SQLite keeps on disk and removes.

    Examples
    --------
    >>> with GroupedCounts() as counts:
    ...     counts.add("word", "fees", "card", coefficient=0.5)
    ...     counts.add("word", "fees", "card", coefficient=-0.25, clear=False)
    ...     list(counts.most("word", "fees", 3))
    [('card', 2, 1, 1, 0.25, '')]
    """

    def __init__(self) -> None:
        # The empty name: a file that only this process sees, deleted when it is closed.
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE counts (section TEXT, place TEXT, name TEXT, n INTEGER, clear INTEGER, positive INTEGER, "
            "total INTEGER, example TEXT, PRIMARY KEY (section, place, name)) WITHOUT ROWID"
        )
        self._held: dict[tuple[str, str, str], list[int]] = {}
        self._examples: dict[tuple[str, str, str], str] = {}

    def __enter__(self) -> GroupedCounts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def add(
        self, section: str, place: str, name: str, *, coefficient: float = 0.0, clear: bool = True, example: str = ""
    ) -> None:
        """Count one thing.

        Parameters
        ----------
        section, place, name : str
            What it is counted under.
        coefficient : float, default 0.0
            Added up.
        clear : bool, default True
            Whether the sign of its coefficient is known.
        example : str, optional
            The first of them in alphabetical order is kept.

        Raises
        ------
        InputError
            ``bad-batch`` for a coefficient that none can be.
        """
        if not abs(coefficient) < _LARGEST:
            raise InputError(
                "bad-batch",
                f"A coefficient in the rows is {coefficient}, which none can be. Make the batch anew in another folder.",
            )
        key = (section, place, name)
        held = self._held.setdefault(key, [0, 0, 0, 0])
        for position, value in enumerate((1, clear, coefficient > 0, round(coefficient / UNIT))):
            held[position] += int(value)
        self._examples[key] = min(self._examples.get(key, example), example)
        if len(self._held) >= _HELD:
            self._put()

    def most(self, section: str, place: str, limit: int) -> Iterator[tuple[str, int, int, int, float, str]]:
        """The most frequent names of a place, those with a clear sign counted first.

        Yields
        ------
        tuple
            Name, number, number of clear ones, number of positive ones, sum of coefficients, example.
        """
        self._put()
        rows = self._database.execute(
            "SELECT name, n, clear, positive, total, example FROM counts WHERE section = ? AND place = ? "
            "ORDER BY clear DESC, n DESC, abs(total) DESC, name LIMIT ?",
            (section, place, limit),
        )
        for name, n, clear, positive, total, example in rows:
            yield name, n, clear, positive, total * UNIT, example

    def places(self, section: str) -> list[tuple[str, int]]:
        """Places of a section, with the number of names that each has."""
        self._put()
        rows = self._database.execute(
            "SELECT place, count(*) FROM counts WHERE section = ? GROUP BY place ORDER BY place", (section,)
        )
        return list(rows)

    def _put(self) -> None:
        rows = ((*key, *numbers, self._examples[key]) for key, numbers in self._held.items())
        self._database.executemany(_ADD, rows)
        self._held.clear()
        self._examples.clear()
