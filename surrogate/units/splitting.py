"""From a text to its units, by kind or by spans that the user gives."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from surrogate.errors import InputError
from surrogate.units.blocks import line_spans, paragraph_spans
from surrogate.units.document import Document
from surrogate.units.icu import icu_name
from surrogate.units.json_values import json_spans
from surrogate.units.phrases import phrase_spans
from surrogate.units.sentences import sentence_spans
from surrogate.units.spans import Span
from surrogate.units.tokens import Tokenize, token_units
from surrogate.units.words import has_unspaced, word_spans

__all__ = ["MAX_UNITS", "UNIT_KINDS", "check_text", "from_spans", "split_units"]

#: Kinds of unit that can be asked for.
UNIT_KINDS = ("token", "word", "phrase", "sentence", "paragraph", "line", "json")

#: The most units that are explained one by one; beyond it the masks would say nothing about most of them.
MAX_UNITS = 1000


def split_units(
    text: str, kind: str = "word", *, tokenize: Tokenize | None = None, max_units: int | None = MAX_UNITS
) -> Document:
    """Find the units of a text.

    Words follow Unicode: letters, marks and digits of any script with spaces; the words of Chinese, Japanese, Thai, Lao,
    Khmer and Burmese are those of ICU's dictionaries; a run of punctuation is a unit of its own; emoji stand alone.
    Phrases, sentences and paragraphs are made of whole words and nest in each other.  The units of a JSON text are its
    values.

    Parameters
    ----------
    text : str
    kind : {"token", "word", "phrase", "sentence", "paragraph", "line", "json"}, default "word"
    tokenize : callable (text) -> iterable of (int, int), optional
        For tokens: gives the start and end of each token in characters, as ``token_spans`` of a black box does.
    max_units : int or None, default 1,000
        The most units; None: as many as there are.

    Returns
    -------
    Document
        Its units and gaps put together are the text, character for character.

    Raises
    ------
    InputError
        ``not-text``, ``not-utf8``, ``empty-text``, ``text-too-long``, ``unknown-unit``, ``missing-tokenizer``,
        ``not-json``, ``bad-spans``.

    Examples
    --------
    >>> split_units("Paid £3.50 — why?").units
    ('Paid', '£3.50', '—', 'why', '?')
    >>> split_units("我的银行卡丢了。").units
    ('我的', '银行', '卡', '丢', '了', '。')
    >>> split_units("I lost my card at the station, please help.", "phrase").units
    ('I lost my card', 'at the station,', 'please help.')
    >>> split_units('{"city": "Rome", "age": 5}', "json").units
    ('Rome', '5')
    """
    if kind not in UNIT_KINDS:
        raise InputError("unknown-unit", f"Units can be {', '.join(UNIT_KINDS)}; got {kind!r}.")
    check_text(text)
    spans = _find(text, kind, tokenize)
    if not spans:
        raise InputError("empty-text", _EMPTY[kind == "json"])
    check_number(len(spans), kind, max_units)
    return Document(text, tuple(spans), kind, _segmenter(text, kind))


def from_spans(text: str, spans: Iterable[tuple[int, int]], *, max_units: int | None = MAX_UNITS) -> Document:
    """A document whose units the user names, such as the fields of a form; the text between them is always kept.

    Parameters
    ----------
    text : str
    spans : iterable of (int, int)
        Start and end of each unit in characters, in order, without overlap, each with more than white space.
    max_units : int or None, default 1,000

    Raises
    ------
    InputError
        ``bad-spans`` when a span cannot be used; also ``not-text``, ``not-utf8``, ``empty-text``, ``text-too-long``.

    Examples
    --------
    >>> form = from_spans("Name: Ann Lee, Town: Rome", [(6, 13), (21, 25)])
    >>> form.units
    ('Ann Lee', 'Rome')
    >>> form.keep([False, True])
    'Name: , Town: Rome'
    """
    check_text(text)
    if not text.strip():
        raise InputError("empty-text", _EMPTY[0])
    checked: list[Span] = []
    for number, span in enumerate(spans):
        checked.append(_check_span(text, number, span, checked[-1][1] if checked else 0))
    if not checked:
        raise InputError("bad-spans", "No spans were given. Give the start and end of at least one unit.")
    check_number(len(checked), "spans", max_units)
    return Document(text, tuple(checked), "spans")


_EMPTY = (
    "The text is empty or only white space. Give a text with at least one word.",
    "The JSON text holds no value that says anything: only null and empty strings. Give one with values.",
)


def check_text(text: Any) -> None:
    """Refuse what is not a text.

    Raises
    ------
    InputError
        ``not-text`` or ``not-utf8``.
    """
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


def check_number(n_units: int, kind: str, max_units: int | None) -> None:
    """Refuse more units than can be explained.

    Raises
    ------
    InputError
        ``text-too-long``.
    """
    if max_units is not None and n_units > max_units:
        called = {"spans": "spans", "json": "values"}.get(kind.split("+")[0], f"{kind}s")
        raise InputError(
            "text-too-long",
            f"The text has {n_units:,} {called}; at most {max_units:,} can be explained one by one. "
            "Explain the passage that matters, for instance one paragraph, or use larger units.",
        )


def _find(text: str, kind: str, tokenize: Tokenize | None) -> list[Span]:
    if kind == "token":
        if tokenize is None:
            raise InputError(
                "missing-tokenizer",
                "Tokens are those of a tokenizer, and none was given. Pass tokenize=…, for instance the token_spans of "
                "the black box, or use words.",
            )
        return token_units(text, tokenize(text))
    whole = {"json": json_spans, "paragraph": paragraph_spans, "line": line_spans}
    if kind in whole:
        return whole[kind](text) if text.strip() else []
    words = word_spans(text)
    if kind == "word" or not words:
        return words
    sentences = sentence_spans(text, words)
    return sentences if kind == "sentence" else phrase_spans(text, words, sentences)


def _segmenter(text: str, kind: str) -> str | None:
    """The library that found the units, where it was more than this package's own rules."""
    used = kind in ("phrase", "sentence") or (kind == "word" and has_unspaced(text))
    return icu_name() if used else None


def _check_span(text: str, number: int, span: Any, earliest: int) -> Span:
    try:
        start, end = (_whole(value) for value in span)
    except (TypeError, ValueError) as error:
        raise InputError(
            "bad-spans", f"Span {number} must be two whole numbers, start and end in characters; got {span!r}."
        ) from error
    if not 0 <= start < end <= len(text):
        raise InputError(
            "bad-spans",
            f"Span {number} is ({start}, {end}); it must start before it ends, inside the text of {len(text)} characters.",
        )
    if start < earliest:
        raise InputError(
            "bad-spans",
            f"Span {number} starts at {start}, before the end of the one before it, {earliest}. Give spans in order, "
            "without overlap.",
        )
    if not text[start:end].strip():
        raise InputError("bad-spans", f"Span {number}, ({start}, {end}), holds only white space. Leave it out.")
    return start, end


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError(value)
    return operator.index(value)
