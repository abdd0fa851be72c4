"""Sentences: Unicode's rules, as ICU applies them, and what these rules cannot know."""

from __future__ import annotations

import regex

from surrogate.units.blocks import flowing, hard_breaks
from surrogate.units.icu import pieces
from surrogate.units.spans import Span, group

__all__ = ["sentence_spans"]

# Abbreviations that are followed by the rest of their sentence; single letters and forms such as "e.g." need no list.
_LISTED = """
    dr mr mrs ms prof rev hon gen capt lt col sgt st mt jr sr messrs approx apt appt dept etc incl excl min max misc tel
    ref vs viz cf acc acct ave blvd inc ltd corp jan feb apr jun jul aug sep sept oct nov dec
    hr fr bzw ca evtl ggf inkl exkl nr str vgl usw zzgl abs gem mwst
    mme mlle tél sra srta ud uds pág núm dott sig ing pag bijv dhr mevr blz гг ул тел руб стр др
"""
_ABBREVIATIONS = frozenset(_LISTED.split())
# These are words as well, and abbreviations before a number.
_BEFORE_NUMBER = frozenset(
    ("no", "nos", "art", "arts", "pp", "fig", "figs", "sec", "par", "vol", "ch", "cl", "item", "nº")
)
# These end their sentence when a capital letter follows.
_CLOSING = frozenset(("etc", "usw", "inc", "ltd", "corp", "руб", "a.m", "p.m"))
_SHORT_PARTS = regex.compile(r"\p{L}|\p{L}{1,2}(?:\.\p{L}{1,3})+")

# A word that ends with a full stop, whether it begins its line, and what stands between it and the next.
_FULL_STOP = regex.compile(
    r"""
    (?P<first> ^\s* )?+ (?<! [^\s(\[{"'“‘„«/] )
    (?P<word> [\p{L}\p{M}\p{N}.’'º\-]+ ) \. [\p{Pe}\p{Pf}"'’”]* \s+
    """,
    regex.VERBOSE | regex.MULTILINE,
)
_AMOUNT = regex.compile(r"\p{N}\s?$|/$")
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}]+$")


def sentence_spans(text: str, words: list[Span]) -> list[Span]:
    """Spans of the sentences, made of whole words.

    Unicode's rules are corrected in three points: a full stop after an abbreviation ends no sentence; one after a word
    ends one even if the next starts in lower case, as people write in messages; an opening bracket goes with what
    follows it.  A line break ends a sentence unless the line was wrapped.

    Parameters
    ----------
    text : str
    words : list of (int, int)
        Spans of the words of the text.

    References
    ----------
    Unicode Standard Annex 29, "Unicode Text Segmentation", section 5.

    Examples
    --------
    >>> text = "I met Dr. Lee. she was kind!"
    >>> [text[start:end] for start, end in sentence_spans(text, [(0, 1), (2, 5), (6, 8), (8, 9), (10, 13), (13, 14), (15, 28)])]
    ['I met Dr. Lee.', 'she was kind!']
    """
    flat = flowing(text)
    cuts: set[int] = set()
    end = 0
    for piece in pieces("sentence", flat):
        end += len(piece)
        opening = _OPENING.search(piece)
        cuts.add(end - len(opening.group()) if opening and end < len(text) else end)
    for match in _FULL_STOP.finditer(flat):
        ends = _ends_a_sentence(match, flat)
        if ends is not None:
            (cuts.add if ends else cuts.discard)(match.end())
    return group(words, cuts | set(hard_breaks(text)))


def _ends_a_sentence(match: regex.Match[str], text: str) -> bool | None:
    """Whether the full stop after a word ends a sentence; None leaves it to Unicode's rules."""
    word, start = match["word"], match.start("word")
    plain, following = word.casefold(), text[match.end() : match.end() + 1]
    if word.endswith("."):
        return None
    if word.isdigit():
        # "1." at the start of a line numbers what follows
        return False if match["first"] is not None else None
    if plain in _ABBREVIATIONS or _SHORT_PARTS.fullmatch(word):
        # after a number or a slash it is a unit of measure, which may end a sentence: "24 h.", "ml/min."
        measures = _AMOUNT.search(text[max(0, start - 2) : start]) is not None
        return (measures or plain in _CLOSING) and following.isupper()
    return not (plain in _BEFORE_NUMBER and following.isdigit())
