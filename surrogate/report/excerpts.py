"""Pieces of a text, and what is left of them where the whole would be too long to show again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from surrogate.report.visible import shorten

__all__ = ["GAP", "Piece", "in_excerpts", "is_long", "merged"]

#: What stands for a passage that is left out.
GAP = " […] "

#: Longer texts, in characters, are shown in full once; after that in excerpts.
_LONG_TEXT = 700

#: Characters around what matters, and the longest piece that is shown uncut, in an excerpt.
_CONTEXT, _LONG_PIECE = 60, 160


@dataclass(frozen=True)
class Piece:
    """A piece of the text: one unit, or what stands between two.

    Parameters
    ----------
    text : str
    unit : int or None
        Position of the unit; None between units.
    sign : {1, -1, 0}
        Whether its presence speaks for the target or against it; 0: nothing that may be quoted says so.
    strength : {0, 1, 2, 3}
        In thirds of the largest coefficient.
    numbers : tuple of str
        Its number among the units or values, or those of the terms that name it, each with its sign.
    asked : bool
        Whether a shown rule asks about it, or an anchor needs it; only where nothing has a number.
    removed : bool
        Removed in the altered copy that is shown.

    Examples
    --------
    >>> Piece("card", 3, sign=1, strength=3, numbers=("+1",)).marked
    True
    """

    text: str
    unit: int | None = None
    sign: int = 0
    strength: int = 0
    numbers: tuple[str, ...] = ()
    asked: bool = False
    removed: bool = False

    @property
    def marked(self) -> bool:
        """Whether a term or value that may be quoted names it."""
        return bool(self.numbers)


def is_long(record: dict[str, Any]) -> bool:
    """Whether a text is too long to be shown again and again."""
    return len(record["document"]["text"]) > _LONG_TEXT


def in_excerpts(pieces: Sequence[Piece], matters: Sequence[bool]) -> list[Piece]:
    """The pieces that matter and what stands close to them; everything else becomes "[…]".

    Parameters
    ----------
    pieces : sequence of Piece
    matters : sequence of bool
        For each piece.

    Examples
    --------
    >>> words = [*[Piece("far ")] * 50, Piece("near "), Piece("card", 1), Piece(" near"), *[Piece(" far")] * 50]
    >>> found = in_excerpts(words, [piece.unit == 1 for piece in words])
    >>> found[0].text, found[-1].text, len(found)
    (' […] ', ' […] ', 33)
    """
    short: list[Piece] = []
    for piece, close in zip(pieces, _near(pieces, matters), strict=True):
        if close:
            text = piece.text if len(piece.text) <= _LONG_PIECE else shorten(piece.text, _LONG_PIECE)
            short.append(replace(piece, text=text))
        elif not short or short[-1].text != GAP:
            short.append(Piece(GAP))
    return short


def merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours that were removed as one piece, so that a long passage can be cut.

    Examples
    --------
    >>> removed = [Piece("lost", 0, removed=True), Piece(" "), Piece("card", 1, removed=True), Piece("!")]
    >>> [piece.text for piece in merged(removed)]
    ['lost card', '!']
    """
    runs: list[Piece] = []
    for piece in pieces:
        last = runs[-1] if runs else Piece("")
        between = len(runs) > 1 and last.unit is None and not last.text.strip() and runs[-2].removed
        if piece.removed and last.removed:
            runs[-1] = replace(last, text=last.text + piece.text)
        elif piece.removed and between:
            runs[-2:] = [replace(runs[-2], text=runs[-2].text + last.text + piece.text)]
        else:
            runs.append(piece)
    return runs


def _near(pieces: Sequence[Piece], matters: Sequence[bool]) -> list[bool]:
    """Whether each piece begins or ends within some characters of one that matters."""
    after = _distances(pieces, matters)
    before = _distances(pieces[::-1], matters[::-1])[::-1]
    return [min(both) <= _CONTEXT for both in zip(after, before, strict=True)]


def _distances(pieces: Sequence[Piece], matters: Sequence[bool]) -> list[float]:
    """Characters between each piece and the last one before it that matters; 0 for that one itself."""
    distance, found = math.inf, []
    for piece, flag in zip(pieces, matters, strict=True):
        distance = 0.0 if flag else distance
        found.append(distance)
        distance += 0 if flag else len(piece.text)
    return found
