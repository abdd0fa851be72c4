"""Comparison: every number of a record is found again, differs, or is told to be left to rebuilding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from surrogate.verifying.problems import Problem

__all__ = ["Comparison", "Recomputed", "numbers_of", "pointer_to"]

#: How far a number may lie from what was computed again: absolutely up to 1, relatively beyond.
TOLERANCE = 1e-9


def pointer_to(*steps: str | int) -> str:
    """A JSON pointer.

    Examples
    --------
    >>> pointer_to("a", 0, "b/c")
    '/a/0/b~1c'
    """
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def numbers_of(value: Any, where: str = "") -> Iterator[str]:
    """JSON pointers to all numbers in a value.

    Examples
    --------
    >>> list(numbers_of({"a": [1, True, "2"], "b": {"c": 0.5}}))
    ['/a/0', '/b/c']
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numbers_of(item, where + pointer_to(key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from numbers_of(item, f"{where}/{place}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield where


@dataclass(eq=False)
class Comparison:
    """What was compared so far.

    Parameters
    ----------
    file : str
        That the pointers point into.

    Attributes
    ----------
    seen : set of str
        Pointers to what was compared: numbers, or values with all numbers in them.
    differences : list of Problem
    n_texts : int
        Values other than numbers that were compared.

    Examples
    --------
    >>> comparison = Comparison("report.json")
    >>> comparison.number("/calls/total", 8, 8.0)
    >>> comparison.value("/decision/label", "a", "b")
    >>> [one.pointer for one in comparison.differences]
    ['/decision/label']
    """

    file: str
    seen: set[str] = field(default_factory=set)
    differences: list[Problem] = field(default_factory=list)
    n_texts: int = 0

    def number(self, where: str, found: Any, expected: float | None, within: float = 0.0) -> None:
        """Compare a number.

        Parameters
        ----------
        where : str
            JSON pointer.
        found : JSON value
            What the record says.
        expected : float or None
            What was computed; None: it must be null.
        within : float
            What the rounding of other numbers of the record allows beyond the tolerance.
        """
        self.seen.add(where)
        if expected is None or found is None or isinstance(found, bool) or not isinstance(found, int | float):
            if found is not expected:
                self._differs(where, found, expected)
        elif not abs(found - expected) <= TOLERANCE * max(1.0, abs(expected)) + within:
            self._differs(where, found, float(f"{expected:.10g}"))

    def value(self, where: str, found: Any, expected: Any) -> None:
        """Compare a text, a truth value, or a list with whole numbers in it."""
        self.seen.add(where)
        self.n_texts += 1
        if found != expected or (isinstance(found, bool) != isinstance(expected, bool)):
            self._differs(where, found, expected)

    def fits(self, where: str, found: Any, fits: bool, wanted: str) -> None:
        """Tell whether something fulfils an equation."""
        self.seen.add(where)
        if not fits:
            self.differences.append(
                Problem((self.file,), f"It does not follow from the evidence: {wanted}.", where, found)
            )

    def _differs(self, where: str, found: Any, expected: Any) -> None:
        message = f"The record says {_shortened(found)}; from the evidence follows {_shortened(expected)}."
        self.differences.append(Problem((self.file,), message, where, found, expected))

    def has_seen(self, where: str) -> bool:
        """Whether something, or a value that it is in, was compared.

        Examples
        --------
        >>> Comparison("a", {"/flips/0"}).has_seen("/flips/0/removed/1")
        True
        """
        while where:
            if where in self.seen:
                return True
            where = where.rpartition("/")[0]
        return False


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:160]}…"


@dataclass(frozen=True, eq=False)
class Recomputed:
    """What became of the numbers of a record.

    Parameters
    ----------
    n_same : int
    differences : tuple of Problem
    left : dict of str to int
        Why numbers were not computed again, with how many of them.
    unknown : tuple of str
        Pointers to numbers that nothing is known about.
    n_texts : int
        Values other than numbers that were compared.

    Examples
    --------
    >>> Recomputed.of({"a": 1, "b": 2}, Comparison("report.json", {"/a"}), [("/b", "drawn at random")]).left
    {'drawn at random': 1}
    """

    n_same: int
    differences: tuple[Problem, ...]
    left: dict[str, int]
    unknown: tuple[str, ...]
    n_texts: int = 0

    @classmethod
    def of(cls, record: Any, comparison: Comparison, reasons: list[tuple[str, str]]) -> Recomputed:
        """Sort the numbers of a record.

        Parameters
        ----------
        record : JSON value
        comparison : Comparison
        reasons : list of (str, str)
            Patterns of JSON pointers, in which ``*`` stands for one step and ``**`` for any number of them, with why numbers
            there are not computed again.
        """
        patterns = [(_pattern_of(pattern), reason) for pattern, reason in reasons]
        same, left, unknown = 0, Counter[str](), []
        wrong = [one.pointer or "" for one in comparison.differences]
        for where in numbers_of(record):
            if comparison.has_seen(where):
                same += not any(where == one or where.startswith(f"{one}/") for one in wrong)
                continue
            reason = next((reason for pattern, reason in patterns if pattern.fullmatch(where)), None)
            if reason is None:
                unknown.append(where)
            else:
                left[reason] += 1
        return cls(same, tuple(comparison.differences), dict(left.most_common()), tuple(unknown), comparison.n_texts)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "n_same": self.n_same,
            "n_texts": self.n_texts,
            "differences": [one.to_dict() for one in self.differences],
            "not_recomputed": [{"reason": reason, "n": n} for reason, n in self.left.items()],
            "unknown": list(self.unknown),
        }


def _pattern_of(pattern: str) -> re.Pattern[str]:
    steps = [
        "(/[^/]+)*" if step == "**" else "/[^/]+" if step == "*" else f"/{re.escape(step)}"
        for step in pattern[1:].split("/")
    ]
    return re.compile("".join(steps))
