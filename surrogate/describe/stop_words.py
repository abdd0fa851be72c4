"""Stop words: words that say little by themselves, so that no rule and no name of a concept is made of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from surrogate.features import Feature

__all__ = ["NEGATIONS", "is_stop", "stop_words"]

_DENYING = """
no not nor never none nobody nothing nowhere neither without cannot cant can't don't doesn't didn't isn't aren't wasn't
weren't won't wouldn't shouldn't couldn't mustn't hasn't haven't hadn't ain't dont doesnt didnt isnt wasnt wont hasnt havent
couldnt wouldnt
"""

# Words of scikit-learn's list that carry meaning in the texts of a business, or name things.
_MEANINGFUL = """
amount back bill bottom call computer con cry de describe detail eg empty etc fill find fire first found front full ie inc
interest last less ltd mill mine move name next part serious show side sincere system thick thin top un
"""

# What it lacks: contractions, what the splitting leaves of them, auxiliary verbs and courtesies.
_MORE = """
i'm i've i'd i'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll we're we've we'd we'll
they're they've they'd they'll that's that'd there's here's what's what're who's where's when's why's how's let's im ive
youre its thats whats hows theres s t d m ll re ve did does doing done having just got get gets getting really want wants
wanted need needs needed would could should may might shall let going yes ok okay please hi hello hey
"""

#: Words of denial are no stop words in rules: "not" can turn a decision.  A concept is not named after them.
NEGATIONS = frozenset(_DENYING.split())


@cache
def stop_words() -> frozenset[str]:
    """English function words and courtesies, without :data:`NEGATIONS`.

    They are scikit-learn's list without its words that carry meaning ("amount", "bill", "interest" ...), with contractions.

    References
    ----------
    Nothman, Qin and Yurchak, "Stop Word Lists in Free Open-source Software Packages", NLP-OSS 2018, on what such lists lack
    and what they should not hold.

    Examples
    --------
    >>> "the" in stop_words(), "i'm" in stop_words(), "amount" in stop_words(), "not" in stop_words()
    (True, True, False, False)
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return (frozenset(ENGLISH_STOP_WORDS) | set(_MORE.split())) - set(_MEANINGFUL.split()) - NEGATIONS


def is_stop(feature: Feature, words: Collection[str] | None = None) -> bool:
    """Whether a feature is made of stop words alone: all its forms are.

    Parameters
    ----------
    feature : Feature
        Only words, stems, prefixes and phrases can be.
    words : collection of str, optional
        A list of one's own, in lower case; None: :func:`stop_words`.

    Examples
    --------
    >>> is_stop(Feature("word", "the", "the", ("the",))), is_stop(Feature("prefix", "the", "the…", ("there", "theft")))
    (True, False)
    >>> is_stop(Feature("stem", "fee", "fee", ("fee", "fees")), {"fee", "fees"})
    True
    """
    if feature.kind not in ("word", "stem", "prefix", "phrase"):
        return False
    listed = stop_words() if words is None else words
    forms = feature.forms or (feature.key,)
    return all(word in listed for form in forms for word in form.split())
