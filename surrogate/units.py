"""Units: the pieces of a text that are kept or removed, with their exact places in it.

A text is never altered: a :class:`Document` holds it as it was given, and the half-open character spans of its units.
Everything that is not white space belongs to exactly one unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import regex

from surrogate.errors import InputError

__all__ = ["Document", "MAX_UNITS", "UNIT_KINDS", "split_units"]

#: Kinds of unit that can be asked for.
UNIT_KINDS = ("word",)

#: The most units that are explained one by one; beyond it the masks would say nothing about most of them.
MAX_UNITS = 1000

# Letters of scripts written without spaces stand alone; other letters, marks and digits run together, also across
# an apostrophe, a hyphen or (between digits) a decimal sign; a currency sign goes with its amount; a run of
# punctuation is one unit; whatever else there is (emoji, symbols) goes by grapheme cluster.
_WORD = regex.compile(
    r"""
      [\p{Han}\p{Hiragana}\p{Katakana}]\p{M}*
    | \p{Sc}?[\w&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+
      (?: (?:['’\-‐‑·] | (?<=\d)[.,:/](?=\d)) [\w&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+ )*
      (?: \p{Sc} | % )?
    | \p{P}+
    | (?!\s)\X
    """,
    regex.VERBOSE | regex.VERSION1,
)
_SPACED_WORD = regex.compile(r"[\w&&[^\p{Han}\p{Hiragana}\p{Katakana}]]", regex.VERSION1)


@dataclass(frozen=True, eq=False)
class Document:
    """A text and the spans of its units.

    Parameters
    ----------
    text : str
        The text exactly as it was given.
    spans : tuple of (int, int)
        Start and end of each unit, in characters, in order, without overlap.
    kind : str
        The kind of unit.

    Examples
    --------
    >>> document = split_units("My card hasn't arrived!")
    >>> document.units
    ('My', 'card', "hasn't", 'arrived', '!')
    >>> document.keep([True, True, False, True, False])
    'My card arrived'
    >>> document.keep([True] * 5) == document.text
    True
    >>> document.replace([True, False, True, True, True], "[MASK]")
    "My [MASK] hasn't arrived!"
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    kind: str = "word"

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.spans)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units as they stand in the text."""
        return tuple(self.text[start:end] for start, end in self.spans)

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """White space before each unit and after the last, length ``n_units + 1``."""
        ends = [0, *(end for _, end in self.spans)]
        starts = [*(start for start, _ in self.spans), len(self.text)]
        return tuple(self.text[end:start] for end, start in zip(ends, starts, strict=True))

    @cached_property
    def _spaced(self) -> tuple[bool, ...]:
        return tuple(_SPACED_WORD.search(unit) is not None for unit in self.units)

    def keep(self, mask: Any) -> str:
        """The text with only the units kept where ``mask`` is True (bool, shape (n_units,)); all kept: the text itself.

        Neighbours that come to stand side by side keep the white space before the second; two words are never glued.
        """
        kept = [i for i, flag in enumerate(mask) if flag]
        if len(kept) == self.n_units:
            return self.text
        if not kept:
            return ""
        parts = [self.units[kept[0]]]
        for left, right in pairwise(kept):
            parts.append(self._joint(left, right))
            parts.append(self.units[right])
        return "".join(parts)

    def _joint(self, left: int, right: int) -> str:
        gap = self.gaps[right]
        if gap or right == left + 1 or not (self._spaced[left] and self._spaced[right]):
            return gap
        between = (self.gaps[i] for i in range(left + 1, right))
        return next((space for space in between if space), " ")

    def replace(self, mask: Any, token: str) -> str:
        """The text with ``token`` in the place of each unit where ``mask`` is False (bool, shape (n_units,))."""
        parts = []
        for i, flag in enumerate(mask):
            parts += [self.gaps[i], self.units[i] if flag else token]
        return "".join([*parts, self.gaps[-1]])


def split_units(text: str, kind: str = "word") -> Document:
    """Find the units of a text.

    Words follow Unicode: letters, marks and digits of any script with spaces; a run of punctuation is a unit of its own;
    Chinese and Japanese characters and emoji stand alone.

    Parameters
    ----------
    text : str
    kind : {"word"}

    Returns
    -------
    Document
        Its units and gaps put together are the text, character for character.

    Raises
    ------
    InputError
        ``not-text``, ``empty-text``, ``text-too-long`` or ``unknown-unit``.

    Examples
    --------
    >>> split_units("Paid £3.50 — why?").units
    ('Paid', '£3.50', '—', 'why', '?')
    """
    if kind not in UNIT_KINDS:
        raise InputError("unknown-unit", f"Units can be {', '.join(UNIT_KINDS)}; got {kind!r}.")
    if not isinstance(text, str):
        raise InputError(
            "not-text", f"A text must be a string; got {type(text).__name__}. Decode bytes as UTF-8 first."
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            "not-utf8", "The text holds lone surrogates: it was not UTF-8. Give the text in UTF-8."
        ) from error
    spans = tuple(match.span() for match in _WORD.finditer(text) if not match.group().isspace())
    if not spans:
        raise InputError("empty-text", "The text is empty or only white space. Give a text with at least one word.")
    if len(spans) > MAX_UNITS:
        raise InputError(
            "text-too-long",
            f"The text has {len(spans):,} words; at most {MAX_UNITS:,} can be explained one by one. "
            "Explain the passage that matters, for instance one paragraph.",
        )
    return Document(text, spans, kind)
