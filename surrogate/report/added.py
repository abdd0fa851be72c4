"""What each unit adds to what a sparse linear surrogate says of the whole text, for a reader."""

from __future__ import annotations

from typing import Any

import numpy as np

from surrogate.linear_model import LinearModel
from surrogate.report.language import say
from surrogate.report.number_format import decimal, percent, probability_of

__all__ = ["adds_up", "how_to_read", "terms_say_more"]

Record = dict[str, Any]


def how_to_read(model: Record, noun: str, nouns: str) -> str:
    """What the numbers are, in a sentence.

    Examples
    --------
    >>> model = {"effects": [{"unit": 0}], "terms": [{"literals": [{"unit": 0, "kept": True}]}]}
    >>> how_to_read(model, "word", "words")
    'What each word adds: the terms of the sparse linear model, each of which is one of the words that is kept.'
    """
    if not terms_say_more(model):
        return say(
            "What each {noun} adds: the terms of the sparse linear model, each of which is one of the {nouns} that is kept.",
            noun=noun,
            nouns=nouns,
        )
    return say(
        "What each {noun} adds on the way from a copy that keeps nothing to the whole text: its share of all the terms "
        "below (Shapley value of the sparse linear model). Of what two {nouns} do only together, each has half.",
        noun=noun,
        nouns=nouns,
    )


def terms_say_more(model: Record) -> bool:
    """Whether the terms tell more than what each unit adds: there is one of two units, or of a unit that is removed.

    Examples
    --------
    >>> effects, kept = [{"unit": 0}], {"literals": [{"unit": 0, "kept": True}]}
    >>> terms_say_more({"effects": effects, "terms": [kept]}), terms_say_more({"effects": [], "terms": [kept]})
    (False, True)
    """
    plain = all(len(term["literals"]) == 1 and term["literals"][0]["kept"] for term in model["terms"])
    return not (model["effects"] and plain)


def adds_up(model: Record, nouns: str) -> str:
    r"""What the numbers add up to.

    Examples
    --------
    >>> from surrogate.linear_model import Term
    >>> from surrogate.literals import Literal
    >>> model = LinearModel(1, -1.0, (Term((Literal(0, True),), "card", 3.0),)).to_dict()
    >>> adds_up(model, "words")
    'All words added up: from 26.9\xa0% (log-odds −1.00) for a copy that keeps nothing to 88.1\xa0% (log-odds 2.00) for the whole text, by this model.'
    """  # noqa: E501 - one sentence
    surrogate = LinearModel.from_dict(model)
    ends = surrogate.predict(np.array([[False] * surrogate.n_units, [True] * surrogate.n_units]))
    empty, whole = (_told(float(end), model["scale"]) for end in ends)
    return say(
        "All {nouns} added up: from {empty} for a copy that keeps nothing to {whole} for the whole text, by this model.",
        nouns=nouns,
        empty=empty,
        whole=whole,
    )


def _told(value: float, scale: str) -> str:
    probability = percent(probability_of(value, scale))
    if scale != "log_odds":
        return probability
    return say("{probability} (log-odds {value})", probability=probability, value=decimal(value))
