"""Terms over groups of words, for a reader: which words, in how many places, and how the effect is to be read."""

from __future__ import annotations

from collections import Counter
from typing import Any

from surrogate.report.language import say
from surrogate.report.number_format import percent
from surrogate.report.visible import shorten

__all__ = ["group_words", "has_groups", "is_share", "of_length", "share_name", "spread", "how_to_read"]

Record = dict[str, Any]

#: Longest name of one word, phrase or sentence of a group.
_LONG_NAME = 40


def is_share(condition: Record) -> bool:
    """Whether a condition of a term is about many units at once.

    Examples
    --------
    >>> is_share({"unit": 3, "kept": True}), is_share({"units": [1, 2], "least": None, "kept": True})
    (False, True)
    """
    return "units" in condition


def has_groups(item: Record) -> bool:
    """Whether a term, or any term of a linear surrogate, is about many units at once."""
    terms = item.get("terms", [item])
    return any(is_share(one) for term in terms for one in term["literals"])


def group_words(record: Record, condition: Record) -> list[tuple[str, int]]:
    """The distinct words of a group in quotes, each with its number of places, most places first.

    Examples
    --------
    >>> document = {"text": "Card, my card", "units": [[0, 4], [6, 8], [9, 13]]}
    >>> group_words({"document": document}, {"units": [0, 1, 2], "least": None, "kept": True})
    [('“Card”', 2), ('“my”', 1)]
    """
    text, spans = record["document"]["text"], record["document"]["units"]
    names = [text[spans[unit][0] : spans[unit][1]] for unit in condition["units"] or ()]
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.casefold(), name)
    times = Counter(name.casefold() for name in names)
    return [(f"“{shorten(first[key], _LONG_NAME)}”", number) for key, number in times.most_common()]


def of_length(condition: Record) -> str:
    r"""A condition on the length of the copy.

    Examples
    --------
    >>> of_length({"units": None, "least": 0.4, "kept": False}), of_length({"units": None, "least": None, "kept": True})
    ('less than 40\xa0% of the text kept', 'the share of the text that is kept')
    """
    if condition["least"] is None:
        return (
            say("the share of the text that is kept")
            if condition["kept"]
            else say("the share of the text that is removed")
        )
    share = percent(condition["least"], 0)
    if condition["kept"]:
        return say("at least {share} of the text kept", share=share)
    return say("less than {share} of the text kept", share=share)


def share_name(record: Record, condition: Record, n_characters: int | None = None) -> str:
    """A condition on many units, in words; with a number of characters, as many of its words as fit in."""
    if condition["units"] is None:
        return of_length(condition)
    names = group_words(record, condition)
    full = say(", ").join(in_places(name, places) for name, places in names)
    if n_characters is None or len(full) <= n_characters:
        return full
    words = [name for name, _ in names]
    for number in range(len(words) - 1, 1, -1):
        short = say("{names} and {n} more", names=say(", ").join(words[:number]), n=len(words) - number)
        if len(short) <= n_characters:
            return short
    return say("{names} and {n} more", names=words[0], n=len(words) - 1) if len(words) > 1 else words[0]


def in_places(name: str, places: int) -> str:
    """A word with the number of its places, where it has several.

    Examples
    --------
    >>> in_places("“card”", 2), in_places("“my”", 1)
    ('“card” (2 places)', '“my”')
    """
    return say("{name} ({places} places)", name=name, places=places) if places > 1 else name


def spread(term: Record) -> dict[int, float]:
    """What the presence of each unit of a term adds by itself: a group's effect in equal parts.

    Examples
    --------
    >>> spread({"coefficient": 3.0, "literals": [{"units": [4, 7, 9], "least": None, "kept": True}]})
    {4: 1.0, 7: 1.0, 9: 1.0}
    """
    parts: dict[int, float] = {}
    for one in term["literals"]:
        sign = 1.0 if one["kept"] else -1.0
        units = (one["units"] or ()) if is_share(one) else (one["unit"],)
        for unit in units:
            parts[unit] = parts.get(unit, 0.0) + sign * term["coefficient"] / len(units)
    return parts


def how_to_read(model: Record, noun: str) -> str:
    """How the effect of a group is meant; empty where there is none.

    Parameters
    ----------
    model : dict
        A linear surrogate of a record.
    noun : str
        What the units are called, in the plural.
    """
    if not has_groups(model):
        return ""
    if model["scale"] == "log_odds":
        return say(
            "A term of several {units} counts the share of their places that a copy keeps: its effect is that of all of them "
            "against none, and of half of them half as much in log-odds. The {units} of one term have about the same effect. "
            "Such a term is found again in a refit when most of its places there have an effect of the same sign.",
            units=noun,
        )
    return say(
        "A term of several {units} counts the share of their places that a copy keeps: its effect is that of all of them "
        "against none, and of half of them half as much in the probability. The {units} of one term have about the same "
        "effect. Such a term is found again in a refit when most of its places there have an effect of the same sign.",
        units=noun,
    )
