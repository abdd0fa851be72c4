"""Replies of decision endpoints, read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.blackbox.endpoints.questions import Question
from surrogate.errors import ModelError

__all__ = ["OptionAnswer", "read_decisions", "read_systemone"]


@dataclass(frozen=True)
class OptionAnswer:
    """What a server says to one question.

    Parameters
    ----------
    values : tuple
        One per option, in the order of the question; not yet checked to be probabilities.
    label_mass : float or None
        Probability that the model gives to all options together, where the server says it.

    Examples
    --------
    >>> OptionAnswer((0.75, 0.25)).label_mass is None
    True
    """

    values: tuple[Any, ...]
    label_mass: float | None = None


def read_systemone(reply: Mapping[str, Any], question: Question, place: str) -> OptionAnswer | None:
    """Read the answer of ``/v1/systemone`` to one question; None: the model declined.

    Raises
    ------
    ModelError
        ``bad-reply``.

    Examples
    --------
    >>> question = Question("urgent", "noul", "", ("true", "false"), (None, None))
    >>> read_systemone({"answers": {"urgent": {"type": "noul", "noul": 0.75}}}, question, "localhost").values
    (0.75, 0.25)
    """
    answers = reply.get("answers")
    answer = answers.get(question.name) if isinstance(answers, Mapping) else None
    if not isinstance(answer, Mapping):
        raise _bad(place, f"without an answer to the question {question.name!r}")
    if answer.get("type") == "refusal":
        return None
    mass = answer.get("label_mass", answer.get("option_mass"))
    mass = float(mass) if isinstance(mass, int | float) and not isinstance(mass, bool) else None
    if question.type == "noul":
        return OptionAnswer(_both(answer.get("noul"), place), mass)
    given = answer.get("probabilities")
    if not isinstance(given, Mapping):
        raise _bad(place, f"without probabilities for the question {question.name!r}")
    # Levels of a score are named by their number.
    keys = [str(number) for number in range(len(question.options))] if question.type == "score" else question.options
    return OptionAnswer(_in_order(given, keys, place), mass)


def read_decisions(reply: Mapping[str, Any], question: Question, place: str) -> OptionAnswer | None:
    """Read the answer of ``/v1/decisions`` to one question; None: the model declined.

    Raises
    ------
    ModelError
        ``bad-reply``.

    References
    ----------
    The types ``Decision`` and ``DecisionCreateParams`` of OpenAI's own Python package, generated from its OpenAPI document.

    Examples
    --------
    >>> question = Question("urgent", "noul", "", ("true", "false"), (None, None))
    >>> answer = {"type": "predicate", "name": "urgent", "probability": 0.75}
    >>> read_decisions({"answers": [answer]}, question, "localhost").values
    (0.75, 0.25)
    """
    answers = reply.get("answers")
    named = [each for each in answers if isinstance(each, Mapping)] if isinstance(answers, list) else []
    found = [each for each in named if each.get("name") == question.name]
    if len(found) != 1:
        raise _bad(place, f"without one answer to the question {question.name!r}")
    answer = found[0]
    if answer.get("type") == "refusal":
        return None
    if question.type == "noul":
        return OptionAnswer(_both(answer.get("probability"), place))
    given = answer.get("probabilities")
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise _bad(place, f"without probabilities for the question {question.name!r}")
    # Levels are matched by their label; where their numbers begin is not documented.
    key = "label" if question.type == "score" else "value"
    return OptionAnswer(_in_order({each.get(key): each.get("probability") for each in given}, question.options, place))


def _both(probability: object, place: str) -> tuple[float, float]:
    if not isinstance(probability, int | float) or isinstance(probability, bool):
        raise _bad(place, "without the probability of a yes-or-no question")
    return float(probability), 1.0 - float(probability)


def _in_order(given: Mapping[Any, Any], keys: Sequence[str], place: str) -> tuple[Any, ...]:
    missing = [key for key in keys if key not in given]
    if missing:
        raise _bad(place, f"without a probability for {', '.join(repr(key) for key in missing)}")
    if len(given) > len(keys):
        raise _bad(place, f"with {len(given)} options where {len(keys)} were asked for")
    return tuple(given[key] for key in keys)


def _bad(place: str, what: str) -> ModelError:
    return ModelError(
        "bad-reply", f"{place} answered {what}. Does the server speak this form of request, and know all options?"
    )
