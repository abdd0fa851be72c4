"""Tokens: the spans that a tokenizer gives, made to cover the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from surrogate.errors import InputError
from surrogate.units.spans import Span, trimmed

__all__ = ["Tokenize", "token_units"]

#: Gives the spans of a text's tokens: (start, end) in characters.
Tokenize = Callable[[str], Iterable[tuple[int, int]]]


def token_units(text: str, tokens: Iterable[tuple[int, int]]) -> list[Span]:
    """Spans of the tokens as units: no white space at the edges, no overlap, nothing left out.

    Tokens that share a character are one unit, as where a character is several bytes.  A character that the tokenizer
    passes over goes with the token before it, or the first with the one after it.

    Raises
    ------
    InputError
        ``bad-spans`` when a span leaves the text or starts before the one before it.

    Examples
    --------
    >>> token_units("un believable", [(0, 2), (2, 9), (9, 13)])
    [(0, 2), (3, 9), (9, 13)]
    """
    units: list[Span] = []
    for start, end in _checked(text, tokens):
        start, end = trimmed(text, start, end)
        if start == end:
            continue
        if units and start < units[-1][1]:
            units[-1] = (units[-1][0], max(end, units[-1][1]))
        else:
            units.append((start, end))
    whole = trimmed(text, 0, len(text))
    if not units:
        return [whole] if whole[0] < whole[1] else []
    starts = [whole[0], *(start for start, _ in units[1:]), whole[1]]
    return [(start, trimmed(text, start, end)[1]) for start, end in pairwise(starts)]


def _checked(text: str, tokens: Iterable[tuple[int, int]]) -> Iterable[Span]:
    last = 0
    for start, end in tokens:
        if not last <= start <= end <= len(text):
            raise InputError(
                "bad-spans",
                f"The tokenizer gave the span ({start}, {end}) after one that starts at {last}, in a text of "
                f"{len(text)} characters. Give each token's start and end in characters, in order.",
            )
        last = start
        yield start, end
