"""Units within units: paragraphs, their sentences, and the words of those; for explanations from coarse to fine."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection
from dataclasses import replace
from operator import itemgetter

from surrogate.errors import InputError
from surrogate.units.document import Document
from surrogate.units.json_values import bare_values, escape_spans
from surrogate.units.spans import Span
from surrogate.units.splitting import MAX_UNITS, check_number, split_units
from surrogate.units.tokens import Tokenize, token_units

__all__ = ["mixed", "nest"]


def nest(coarse: Document, fine: Document) -> tuple[int, ...]:
    """For each fine unit, the number of the coarse unit that holds it, length ``fine.n_units``.

    Words nest in phrases, phrases in sentences, sentences in paragraphs; words nest in lines.

    Raises
    ------
    InputError
        ``not-nested`` when the texts differ, or a fine unit lies in no coarse one.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> text = "Card lost. Help me!"
    >>> nest(split_units(text, "sentence"), split_units(text))
    (0, 0, 0, 1, 1, 1)
    """
    if coarse.text != fine.text:
        raise InputError("not-nested", "The two documents hold different texts. Split one text in two ways.")
    starts = [start for start, _ in coarse.spans]
    holders = []
    for number, (start, end) in enumerate(fine.spans):
        holder = bisect_right(starts, start) - 1
        if holder < 0 or end > coarse.spans[holder][1]:
            raise InputError(
                "not-nested",
                f"Unit {number} of kind {fine.kind!r} lies in no unit of kind {coarse.kind!r}. Use kinds that nest: words, "
                "phrases, sentences, paragraphs.",
            )
        holders.append(holder)
    return tuple(holders)


def mixed(
    document: Document,
    fine: Collection[int],
    kind: str,
    *,
    tokenize: Tokenize | None = None,
    max_units: int | None = MAX_UNITS,
) -> Document:
    """The same text with some of its units split into finer ones and the rest left whole.

    In a JSON text strings are split, never inside an escape; numbers, true and false stay whole.

    Parameters
    ----------
    document : Document
    fine : collection of int
        Numbers of the units to split.
    kind : str
        Kind of the finer units, as in :func:`split_units`.
    tokenize : callable, optional
        For tokens.
    max_units : int or None, default 1,000

    Returns
    -------
    Document
        Of the kind "coarse+fine", for instance "sentence+word".

    Raises
    ------
    InputError
        ``bad-parameter`` when there is no unit of a number, and what :func:`split_units` raises.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> mixed(split_units("Card lost. Help me!", "sentence"), {1}, "word").units
    ('Card lost.', 'Help', 'me', '!')
    """
    wrong = sorted(number for number in fine if not 0 <= number < document.n_units)
    if wrong:
        raise InputError("bad-parameter", f"There is no unit {wrong[0]}: the document has {document.n_units} units.")
    # a number is a value or it is not: part of one would be no JSON
    whole = bare_values(document.text) if document.is_json else frozenset()
    tokens = None if tokenize is None or kind != "token" else token_units(document.text, tokenize(document.text))
    spans: list[Span] = []
    segmenter = document.segmenter
    for number, span in enumerate(document.spans):
        if number not in fine or span in whole:
            spans.append(span)
            continue
        part = _split(document, span, kind, tokens)
        spans += part.spans
        segmenter = segmenter or part.segmenter
    called = document.kind if document.kind.split("+")[-1] == kind else f"{document.kind}+{kind}"
    check_number(len(spans), called, max_units)
    return replace(document, spans=tuple(spans), kind=called, segmenter=segmenter)


def _split(document: Document, span: Span, kind: str, tokens: list[Span] | None) -> Document:
    """The finer units of one unit, with their places in the whole text."""
    start, end = span
    piece = document.text[start:end]
    escapes = escape_spans(piece) if document.is_json else []
    for left, right in escapes:
        piece = f"{piece[:left]}{'x' * (right - left)}{piece[right:]}"
    part = split_units(piece, kind, tokenize=_inside(tokens, span, escapes), max_units=None)
    return replace(part, spans=tuple((left + start, right + start) for left, right in part.spans))


def _inside(tokens: list[Span] | None, span: Span, escapes: list[Span]) -> Tokenize | None:
    """The tokens of the whole text that lie in one unit: at the start of a text a word may have others than inside it."""
    if tokens is None:
        return None
    start, end = span
    first, stop = bisect_right(tokens, start, key=itemgetter(1)), bisect_left(tokens, end, key=itemgetter(0))
    clipped = [(max(left, start) - start, min(right, end) - start) for left, right in tokens[first:stop]]
    # an escape counts as a token, so that those that share it become one
    inside = sorted([*escapes, *clipped])
    return lambda _: inside
