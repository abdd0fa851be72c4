"""Pieces: the units of a text and the frame they stand in, put together again when some units are removed."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from itertools import accumulate, compress

import numpy as np
import regex
from numpy.typing import NDArray

from surrogate.units.spans import Span
from surrogate.units.words import SPACED

__all__ = ["Pieces", "ends_in_word", "separated", "starts_with_word"]

# a currency or a percent sign belongs to its amount
_START = regex.compile(rf"\p{{Sc}}?{SPACED}", regex.VERSION1)
_END = regex.compile(rf"{SPACED}[\p{{Sc}}%]?$", regex.VERSION1)
_APART = regex.compile(rf"[^{SPACED}]", regex.VERSION1)
_OPENS = regex.compile(r"[\p{Ps}\p{Pi}]$")
_SPACES = regex.compile(r"\s+")


def starts_with_word(piece: str) -> bool:
    """Whether a piece begins with a letter, mark or digit of a script with spaces.

    Examples
    --------
    >>> starts_with_word("card"), starts_with_word("卡"), starts_with_word("(x")
    (True, False, False)
    """
    return _START.match(piece) is not None


def ends_in_word(piece: str) -> bool:
    """Whether a piece ends with a letter, mark or digit of a script with spaces."""
    return _END.search(piece[-2:]) is not None


def separated(removed: str) -> bool:
    """Whether what is removed kept the words around it apart: a part of one word did not.

    Examples
    --------
    >>> separated("/"), separated(" my "), separated("believ")
    (True, True, False)
    """
    return _APART.search(removed) is not None


class Pieces:
    """The units of a text and, as pieces of their own, what stands between them where it is more than white space.

    Parameters
    ----------
    text : str
    spans : sequence of (int, int)
        The units.
    blanks : dict of int to str
        What stands in the place of some units when they are removed, by number of the unit.

    Examples
    --------
    >>> pieces = Pieces("Name: Ann Lee.", ((6, 9), (10, 13)), {})
    >>> pieces.keep(np.array([False, True]))
    'Name: Lee.'
    """

    def __init__(self, text: str, spans: Collection[Span], blanks: dict[int, str]) -> None:
        self.text = text
        self.spans: list[Span] = []
        places = []
        end = 0
        for start, stop in spans:
            self._add_frame(end, start)
            places.append(len(self.spans))
            self.spans.append((start, stop))
            end = stop
        self._add_frame(end, len(text))
        self.places = np.array(places, dtype=np.intp)
        self.blanks = {places[unit]: blank for unit, blank in blanks.items()}
        self.always = bytes(np.isin(np.arange(len(self.spans)), self.places, invert=True))

    def _add_frame(self, start: int, end: int) -> None:
        if self.text[start:end].strip():
            self.spans.append((start, end))

    def keep(self, mask: NDArray[np.bool_]) -> str:
        """The frame as it is and the units kept where ``mask`` is True (bool, shape (n_units,))."""
        kept = np.ones(len(self.spans), dtype=bool)
        kept[self.places] = mask
        changed = {}
        for place, blank in self.blanks.items():
            if not kept[place]:
                kept[place], changed[place] = True, blank
        flags = kept.tobytes()
        first = flags.find(1)
        if first < 0:
            return ""
        changed.setdefault(first, self._bare[first])
        for right in self._delicate:
            if flags[right] and not flags[right - 1] and right > first:
                changed[right] = self._joint(flags.rfind(1, 0, right), right) + self._bare[right]
        return self._joined(changed, flags)

    def _joined(self, changed: dict[int, str], flags: bytes) -> str:
        parts = self._led.copy()
        for place, part in changed.items():
            parts[place] = part
        return "".join(compress(parts, flags))

    def _joint(self, left: int, right: int) -> str:
        """What goes between two pieces that come to stand side by side."""
        before, gap = self._bare[left], self._gaps[right]
        if before[-1].isspace():
            return ""
        if gap:
            return gap
        removed = self.text[self.spans[left][1] : self.spans[right][0]]
        spaces = _SPACES.search(removed)
        if spaces:
            return "" if _OPENS.search(before) else str(spaces.group())
        return " " if ends_in_word(before) and separated(removed) else ""

    @cached_property
    def _bare(self) -> list[str]:
        return [self.text[start:end] for start, end in self.spans]

    @cached_property
    def _gaps(self) -> list[str]:
        """White space before each piece."""
        ends = [0, *(end for _, end in self.spans)]
        return [self.text[end:start] for end, (start, _) in zip(ends, self.spans, strict=False)]

    @cached_property
    def _led(self) -> list[str]:
        """Each piece with the white space before it."""
        return [gap + piece for gap, piece in zip(self._gaps, self._bare, strict=True)]

    @cached_property
    def _delicate(self) -> list[int]:
        """Pieces that need more or less white space before them when the one before is removed.

        Without white space before them, those that begin with a letter or digit, which might be glued; with white space,
        those that may come to stand after a piece that ends in white space itself.
        """
        spaced = accumulate(
            zip(self._bare, self.always, strict=True),
            lambda before, piece: piece[0][-1].isspace() or (before and not piece[1]),
            initial=False,
        )
        return [
            place
            for place, (piece, gap, after_space) in enumerate(zip(self._bare, self._gaps, spaced, strict=False))
            if place and (after_space if gap else starts_with_word(piece))
        ]
