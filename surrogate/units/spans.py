"""Spans: half-open pairs of character offsets, and the small steps that all kinds of unit share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise

__all__ = ["Span", "between", "group", "trimmed"]

Span = tuple[int, int]


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without the white space at its edges; empty when there is nothing else.

    Examples
    --------
    >>> trimmed(" a b ", 0, 5)
    (1, 4)
    """
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def between(text: str, cuts: Iterable[int]) -> list[Span]:
    """The pieces of a text between cuts in rising order, trimmed; pieces of white space are left out.

    Examples
    --------
    >>> between("one two", [3])
    [(0, 3), (4, 7)]
    """
    edges = [0, *cuts, len(text)]
    pieces = [trimmed(text, start, end) for start, end in pairwise(edges)]
    return [(start, end) for start, end in pieces if start < end]


def group(spans: list[Span], cuts: Iterable[int]) -> list[Span]:
    """Spans joined into longer ones that end at the cuts, so that they nest; a cut inside a span is passed over.

    Examples
    --------
    >>> group([(0, 3), (4, 7), (8, 9)], [3, 5])
    [(0, 3), (4, 9)]
    """
    starts = [start for start, _ in spans]
    first = {0, len(spans)}
    for cut in cuts:
        following = bisect_left(starts, cut)
        if following == 0 or spans[following - 1][1] <= cut:
            first.add(following)
    edges = sorted(first)
    return [(spans[start][0], spans[end - 1][1]) for start, end in pairwise(edges)]
