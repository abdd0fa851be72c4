"""Algorithms: how each kind of feature is told from a text, exactly, for those who compute it elsewhere."""

from __future__ import annotations

from typing import Any

from surrogate.describe.stems import AUTO, NONE
from surrogate.describe.tokens import EDGES, EMOJI, HYPHENS, MAX_LETTERS
from surrogate.units.words import UNSPACED, WORD

__all__ = ["algorithms"]

_SYNTAX = "regular expressions of the Python package regex, version 1 syntax"


def algorithms(language: str, *, stems: bool) -> dict[str, Any]:
    """The steps for each kind of feature.

    Parameters
    ----------
    language : str
        Of the stemmer: a language of Snowball, "auto" or "none".
    stems : bool
        Whether phrases are written with stems.

    Examples
    --------
    >>> algorithms("german", stems=True)["stem"]
    'Some word has the key as its stem.'
    """
    return {
        "words": _words(),
        "expressions": {
            "UNIT": WORD.pattern,
            "EMOJI": EMOJI.pattern,
            "HYPHENS": HYPHENS.pattern,
            "EDGES": EDGES.pattern,
            "UNSPACED": UNSPACED,
        },
        "stemming": _stemming(language),
        "unspaced": "A word is of a script without spaces when it begins with a match of UNSPACED.",
        "word": "Some word is the key.",
        "stem": "Some word has the key as its stem.",
        "prefix": "Some word that is not of a script without spaces begins with the key, and what follows in that word, if "
        "anything, is no combining mark (Unicode category M).",
        "phrase": "As many words in a row as the key has, with no break among them, "
        + ("each written as its stem (as itself where it has none), " if stems else "")
        + "joined by single spaces, are the key.",
        "character": "Words of scripts without spaces that follow one another, with no other word and no break between, are "
        "joined; some such run contains the key.",
        "lexicon": "Some entry of the list, cut into words as texts are, is found as words in a row; the list stands with the "
        "feature.",
        "pattern": "The expression, of the Python package regex, is found anywhere in the text as it is.",
        "column": "What is asked of a column beside the text stands with the feature. equals: the value is not missing and, "
        "written as text, is the given one. above: the value is a number and greater than the given one. missing: there is "
        "none.",
        "concept": "Only the model that embeds texts tells it: it is not exported to be run.",
        "probe": "Only the model that embeds texts tells it: it is not exported to be run.",
    }


def _words() -> list[str]:
    return [
        "Put the text into composed form (Unicode NFC) and replace U+2019 by an apostrophe.",
        f"Find the units from left to right, each a match of UNIT ({_SYNTAX}, verbose); pass over those that are white space.",
        "A match of the group 'unspaced' is cut into words by ICU's dictionaries (break iterator for words, root locale); a "
        "piece of format characters (Unicode category Cf) alone belongs to the word before it.",
        "Write each unit in lower case.",
        f"A unit of ASCII letters alone is a word, or a break when it has more than {MAX_LETTERS}.",
        "Any other unit that begins with a match of EMOJI is a word.",
        "Any other unit is parted at each match of HYPHENS; from each part all matches of EDGES are taken away; what is left is "
        f"a word, or a break when it is empty or has more than {MAX_LETTERS} characters.",
    ]


def _stemming(language: str) -> str:
    if language == NONE:
        return "No word has a stem."
    if language == AUTO:
        return (
            "Words made only of Latin letters and apostrophes have the stem of the Snowball stemmer for English (Porter 2); "
            "other words have none."
        )
    return f"Words have the stem of the Snowball stemmer for {language}; where it is empty, they have none."
