"""Lines and paragraphs, and the line breaks that end a sentence."""

from __future__ import annotations

import regex

from surrogate.units.spans import Span, between

__all__ = ["flowing", "hard_breaks", "line_spans", "paragraph_spans"]

# the line breaks of str.splitlines
_BREAK = r"(?>\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])"
_SPACE = r"[^\S\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*"
_LINE_END = regex.compile(_BREAK)
_BLANK_LINES = regex.compile(rf"\u2029|{_BREAK}(?:{_SPACE}{_BREAK})+")
# a line that goes on in lower case was wrapped: the sentence goes on
_WRAPPED = regex.compile(rf"(?<=[\p{{L}}\p{{N}},;’'\-–)]{_SPACE})(?!\u2029){_BREAK}(?={_SPACE}\p{{Ll}})")


def line_spans(text: str) -> list[Span]:
    r"""Spans of the lines that are not blank.

    Examples
    --------
    >>> line_spans("Name: Ann\nTown: Rome")
    [(0, 9), (10, 20)]
    """
    return between(text, [match.end() for match in _LINE_END.finditer(text)])


def paragraph_spans(text: str) -> list[Span]:
    r"""Spans of the paragraphs: separated by blank lines; where there are none, the lines, wrapped ones joined.

    Examples
    --------
    >>> paragraph_spans("My card\nis lost.\n\nPlease help.")
    [(0, 16), (18, 30)]
    """
    paragraphs = between(text, [match.end() for match in _BLANK_LINES.finditer(text)])
    return paragraphs if len(paragraphs) > 1 else between(text, hard_breaks(text))


def hard_breaks(text: str) -> list[int]:
    """Ends of the line breaks at which a sentence ends: all but those of wrapped lines."""
    return [match.end() for match in _LINE_END.finditer(flowing(text))]


def flowing(text: str) -> str:
    """The text with each line break of a wrapped line written as spaces: as long as the text, for finding sentences only."""
    return str(_WRAPPED.sub(lambda match: " " * len(match.group()), text))
