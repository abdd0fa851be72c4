"""Phrases: words that a reader keeps together, found by punctuation, by function words and by length."""

from __future__ import annotations

from math import ceil

import regex

from surrogate.units.spans import Span, group
from surrogate.units.words import CHINESE_JAPANESE, UNSPACED

__all__ = ["LONGEST_PHRASE", "phrase_spans"]

#: The most words of a phrase; punctuation and words in hiragana are not counted.
LONGEST_PHRASE = 6

# Prepositions and conjunctions: a phrase begins with them.  A word that is common in another of these languages in
# another role is left out.
_OPENERS_BY_LANGUAGE = {
    "English": "about after against although and as at because before between but by during except for from if in into "
    "like of on or per since so than that though through to under unless until when where whether which while who with "
    "within without",
    "German": "aber als auf aus bei bevor bis dass denn durch für gegen mit nach ob obwohl oder ohne seit sondern über und "
    "unter von vor während weil wenn wie zu zum zur zwischen",
    "French": "après avant avec chez dans depuis donc et lorsque mais ou parce par pour puisque quand que qui sans selon sur "
    "vers",
    "Spanish": "con contra cuando desde entre hasta para pero por porque según si sin sobre y",
    "Italian": "che da dal dalla del della di dopo e ma nel nella perché prima quando senza su",
    "Portuguese": "até com contra depois em mas na pela pelo pois quando sem",
    "Dutch": "aan bij dat door en maar naar omdat onder sinds tot uit voor want zonder",
    "Russian": "без в для до если и из или к как когда на но о от по потому при с у что чтобы",
    "Arabic": "أو إلى إذا أن بعد ثم حتى عن على في قبل لأن لكن مع من",
    "Hindi": "अगर और कि क्योंकि जब तो पर या लेकिन",
    "Chinese": "从 從 但 但是 可是 不过 不過 而 而且 因为 因為 所以 如果 虽然 雖然 就 对 對 对于 對於 "
    "把 被 给 給 向 和 与 與 跟 或 或者 并 並 并且 並且 关于 關於 为了 為了 在 还 還 也 却 卻",
    "Japanese": "しかし そして また でも",
    "Thai": "กับ ของ จาก ซึ่ง ด้วย ถ้า ที่ เพราะ เพื่อ เมื่อ และ แต่ แล้ว โดย ใน ให้ หรือ ว่า",
}
_OPENERS = frozenset(word for words in _OPENERS_BY_LANGUAGE.values() for word in words.split())

# "me & you", "24 / 7": these signs join
_PUNCTUATION = regex.compile(r"[[\p{P}\p{S}]--[&+/@#=]]+", regex.VERSION1)
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}\"'*_]+")
_WIDE = regex.compile(r"[\p{P}&&[、。〉》」』】〕〗！），．：；？］｝…]]+", regex.VERSION1)
_STARTS_UNSPACED = regex.compile(UNSPACED, regex.VERSION1)
_UNCOUNTED = regex.compile(r"[\p{P}\p{S}]+|[\p{Hiragana}ー]+")
_KANA_END = regex.compile(r"\p{Hiragana}$")
_CONTENT_START = regex.compile(rf"(?!\p{{Hiragana}}){CHINESE_JAPANESE}|[\p{{Latin}}\p{{N}}]", regex.VERSION1)


def phrase_spans(text: str, words: list[Span], sentences: list[Span]) -> list[Span]:
    """Spans of the phrases of a text, made of whole words and never across sentences.

    A phrase begins after punctuation, before a preposition or a conjunction, in Japanese where a content word follows
    kana, and in scripts without spaces after white space; phrases of more than :data:`LONGEST_PHRASE` words are cut into
    equal parts.

    Parameters
    ----------
    text : str
    words, sentences : list of (int, int)
        Spans of the words and of the sentences of the text.

    Examples
    --------
    >>> text = "lost at the station"
    >>> phrase_spans(text, [(0, 4), (5, 7), (8, 11), (12, 19)], [(0, 19)])
    [(0, 4), (5, 19)]
    """
    units = [text[start:end] for start, end in words]
    sentence_starts = {start for start, _ in sentences}
    starts: list[int] = []
    content = False  # whether the phrase has a word that is no function word
    for i, (start, _) in enumerate(words):
        gap = text[words[i - 1][1] : start] if i else ""
        opener = units[i].casefold() in _OPENERS
        opens = opener and content and bool(gap or _STARTS_UNSPACED.match(units[i]))
        if i == 0 or start in sentence_starts or opens or _begins(units, i, gap):
            starts.append(i)
            content = False
        content = content or not (opener or _PUNCTUATION.fullmatch(units[i]))
    return group(words, [words[i][0] for i in _shortened(starts, units)])


def _begins(units: list[str], i: int, gap: str) -> bool:
    """Whether the words before and at ``i`` belong to two phrases by their form."""
    before, word = units[i - 1], units[i]
    if _OPENING.fullmatch(before) and not gap:
        return False
    if _WIDE.fullmatch(before):
        return not _PUNCTUATION.fullmatch(word)
    if gap:
        # a full stop that ends no sentence ends no phrase: "Mr. Lee"
        closed = before != "." and _PUNCTUATION.fullmatch(before) is not None
        opened = _OPENING.fullmatch(word) is not None
        return closed or opened or bool(_STARTS_UNSPACED.match(before) and _STARTS_UNSPACED.match(word))
    return bool(_KANA_END.search(before) and _CONTENT_START.match(word))


def _shortened(starts: list[int], units: list[str]) -> list[int]:
    """The starts, with more where a phrase has too many words; kana and punctuation go with the word before them."""
    cuts: list[int] = []
    for start, end in zip(starts, [*starts[1:], len(units)], strict=True):
        spoken = [i for i in range(start, end) if not _UNCOUNTED.fullmatch(units[i])]
        parts = ceil(len(spoken) / LONGEST_PHRASE)
        cuts.append(start)
        cuts += [spoken[ceil(len(spoken) * part / parts)] for part in range(1, parts)]
    return cuts
