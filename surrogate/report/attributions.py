"""Shapley values for a reader: ordered by size, with what they add up to and which two units act together."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import message, recorded, say
from surrogate.report.number_format import effect, probability_of, reaches_zero, signed

__all__ = [
    "SHOWN",
    "STATEMENT",
    "adds_up",
    "clear_values",
    "is_unclear",
    "more_values",
    "ranked",
    "rest",
    "shown_values",
    "source",
    "what_pairs_do",
    "with_article",
]

Record = dict[str, Any]

#: Values that are shown before the rest is folded away.
SHOWN = 12

#: What the values are not.
STATEMENT = message(
    "This is an attribution, not a prediction model: the sum of some of the values is not what the model says about a copy "
    "that keeps them."
)


def ranked(model: Record) -> list[Record]:
    """The units with their values and intervals, largest first, in the form of terms.

    Examples
    --------
    >>> rows = ranked({"values": [0.5, -2.0], "low": None, "high": None})
    >>> [(row["number"], row["unit"], row["coefficient"]) for row in rows]
    [(1, 1, -2.0), (2, 0, 0.5)]
    """
    values = model["values"]
    order = sorted(range(len(values)), key=lambda unit: (-abs(values[unit]), unit))
    return [
        {
            "number": number,
            "unit": unit,
            "coefficient": values[unit],
            "low": None if model["low"] is None else model["low"][unit],
            "high": None if model["high"] is None else model["high"][unit],
        }
        for number, unit in enumerate(order, 1)
    ]


def shown_values(model: Record) -> list[Record]:
    """The largest values."""
    return ranked(model)[: SHOWN if len(model["values"]) > SHOWN + 1 else None]


def more_values(model: Record) -> list[Record]:
    """The values after them."""
    return ranked(model)[len(shown_values(model)) :]


def rest(model: Record) -> float:
    """What the values that are folded away add up to."""
    return float(sum(row["coefficient"] for row in more_values(model)))


def clear_values(model: Record) -> list[Record]:
    """The values shown whose interval does not reach zero."""
    return [row for row in shown_values(model) if row["coefficient"] != 0 and not reaches_zero(row)]


def adds_up(model: Record, noun: str) -> str:
    """What is shared out, in a sentence or two.

    Parameters
    ----------
    model : dict
    noun : str
        What the units are called, in the plural.
    """
    full, base = model["full_value"], model["base_value"]
    difference = signed(full - base) if model["scale"] == "log_odds" else effect(full - base, model["scale"])
    return say(
        "{whole} and {empty}. The values of all {units} add up to the difference, {difference}: each is the effect of one of "
        "the {units} when it joins, averaged over all orders in which they can.",
        whole=_whole(full, model["scale"], asked=model["full_asked"]),
        empty=_empty(base, model["scale"], asked=model["base_asked"]),
        units=noun,
        difference=difference,
    )


def _whole(value: float, scale: str, *, asked: bool) -> str:
    probability = _probability(value, scale, asked=asked)
    if scale == "probability":
        return say("The text as it stands has the probability {probability}", probability=probability)
    return say(
        "The text as it stands has the log-odds {value} (probability {probability})",
        value=signed(value),
        probability=probability,
    )


def _empty(value: float, scale: str, *, asked: bool) -> str:
    probability = _probability(value, scale, asked=asked)
    if scale == "probability":
        return say("the empty text has the probability {probability}", probability=probability)
    return say(
        "the empty text has the log-odds {value} (probability {probability})",
        value=signed(value),
        probability=probability,
    )


def _probability(value: float, scale: str, *, asked: bool) -> str:
    probability = f"{100 * probability_of(value, scale):.1f}\u00a0%"
    if asked:
        return probability
    return say("{probability}, estimated, since the model was not asked about it", probability=probability)


def source(model: Record) -> str:
    """How the values were found."""
    if model["exact"]:
        return say("Every possible copy was asked: the values are exact.")
    return say(
        "Estimated: what the model would say about the copies that were not asked is told by {a_proxy} fitted to its answers. "
        "The intervals say how far the values may be off for that.",
        a_proxy=with_article(model["source"]),
    )


def with_article(name: str) -> str:
    """A model that stands in for the explained one, with its article.

    Examples
    --------
    >>> with_article("additive model"), with_article("ridge on distinct words")
    ('an additive model', 'a ridge on distinct words')
    """
    if name[0].lower() in "aeiou":
        return say("an {noun}", noun=recorded(name))
    return say("a {noun}", noun=recorded(name))


def is_unclear(pair: Record) -> bool:
    """Whether an interaction cannot be told from none."""
    return pair["value"] == 0 or reaches_zero(pair)


def what_pairs_do(pair: Record) -> str:
    """An interaction in words.

    Examples
    --------
    >>> what_pairs_do({"value": -1.0, "low": -1.5, "high": -0.5}), what_pairs_do({"value": 0.1, "low": -0.2, "high": 0.4})
    ('less together', 'cannot be told from none')
    """
    if is_unclear(pair):
        return say("cannot be told from none")
    return say("more together") if pair["value"] > 0 else say("less together")
