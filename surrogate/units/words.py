"""Words: by Unicode's letters where words have spaces between them, by ICU's dictionaries where they have not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import regex

from surrogate.units.icu import pieces
from surrogate.units.spans import Span

__all__ = ["CHINESE_JAPANESE", "SPACED", "UNSPACED", "WORD", "has_unspaced", "word_spans"]

#: Characters of Chinese and Japanese words, for use inside a regular expression of version 1.
CHINESE_JAPANESE = r"[\w&&[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]]"

#: Characters of words written without spaces: these, and Thai, Lao, Khmer, Burmese and their kin ("complex context" in UAX 14).
UNSPACED = rf"[{CHINESE_JAPANESE}[\w&&\p{{Line_Break=Complex_Context}}]]"

#: Letters, marks and digits of all other scripts.
SPACED = rf"[\w--{UNSPACED}]"

# A run of a script without spaces is cut into words afterwards; other letters, marks and digits run together, also
# across an apostrophe, a hyphen or (between digits) a decimal sign; a currency sign goes with its amount; a run of
# punctuation is one unit, but a Chinese or Japanese bracket opens a new one; whatever else there is (emoji, symbols)
# goes by grapheme cluster.
WORD = regex.compile(
    rf"""
      (?P<unspaced> {UNSPACED} [{UNSPACED}\p{{M}}\p{{Cf}}]* )
    | \p{{Sc}}? {SPACED}+ (?: (?: ['’\-‐‑·] | (?<=\d)[.,:/](?=\d) ) {SPACED}+ )* (?: \p{{Sc}} | % )?
    | [〈《「『【〔〖（［｛]+ | [\p{{P}}--[〈《「『【〔〖（［｛]]+
    | (?!\s)\X
    """,
    regex.VERBOSE | regex.VERSION1,
)
_UNSPACED = regex.compile(UNSPACED, regex.VERSION1)
_FORMAT = regex.compile(r"\p{Cf}+")


def word_spans(text: str) -> list[Span]:
    """Spans of the words of a text.

    Examples
    --------
    >>> word_spans("It's £5")
    [(0, 4), (5, 7)]
    """
    spans: list[Span] = []
    runs: list[int] = []
    for match in WORD.finditer(text):
        if match.lastgroup:
            runs.append(len(spans))
        elif match.group().isspace():
            continue
        spans.append(match.span())
    return _cut(text, spans, runs) if runs else spans


def has_unspaced(text: str) -> bool:
    """Whether a text has words of a script without spaces, which a dictionary finds."""
    return _UNSPACED.search(text) is not None


def _cut(text: str, spans: list[Span], runs: list[int]) -> list[Span]:
    """Cut the runs into words, all in one call: a line break ends every word."""
    found = iter(pieces("word", "\n".join(text[slice(*spans[run])] for run in runs)))
    words: list[Span] = []
    done = 0
    for run in runs:
        words += spans[done:run]
        words += _words_of_run(spans[run][0], found)
        done = run + 1
    return words + spans[done:]


def _words_of_run(start: int, found: Iterator[str]) -> list[Span]:
    """The words of the run that starts at ``start``: the pieces up to the next line break."""
    words: list[Span] = []
    for piece in takewhile("\n".__ne__, found):
        stop = start + len(piece)
        if words and _FORMAT.fullmatch(piece):
            # an invisible character, such as a zero-width space, stays with the word before it
            words[-1] = (words[-1][0], stop)
        else:
            words.append((start, stop))
        start = stop
    return words
