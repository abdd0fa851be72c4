"""Typed questions of decision endpoints, as the two public forms of request write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surrogate.errors import InputError

__all__ = ["Question", "read_question"]

_TYPES = ("choice", "score", "noul")


@dataclass(frozen=True)
class Question:
    """One typed question.

    Parameters
    ----------
    name : str
    type : {"choice", "score", "noul"}
        One of several options; a level; or whether a statement is true.
    instructions : str, default ""
    options : tuple of str
        Options of a choice, or levels of a score, lowest first; of a noul question always true and false.
    descriptions : tuple of (str or None)
        One per option of a choice, or of true and false.

    Examples
    --------
    >>> question = read_question("urgent", {"type": "noul", "instructions": "Is it urgent?"})
    >>> question.systemone()
    {'type': 'noul', 'instructions': 'Is it urgent?'}
    >>> question.decisions()
    {'type': 'predicate', 'name': 'urgent', 'instructions': 'Is it urgent?'}
    """

    name: str
    type: str
    instructions: str
    options: tuple[str, ...]
    descriptions: tuple[str | None, ...]

    def systemone(self) -> dict[str, Any]:
        """As ``POST /v1/systemone`` takes it."""
        asked: dict[str, Any] = {"type": self.type}
        if self.instructions:
            asked["instructions"] = self.instructions
        if self.type == "score":
            asked["criteria"] = list(self.options)
        elif self.type == "choice" or any(self.descriptions):
            asked["criteria"] = dict(zip(self.options, self.descriptions, strict=True))
        return asked

    def decisions(self) -> dict[str, Any]:
        """As ``POST /v1/decisions`` takes it.

        Raises
        ------
        InputError
            ``bad-endpoint`` for what that form cannot say.
        """
        asked: dict[str, Any] = {"type": self.type, "name": self.name, "instructions": self.instructions}
        if not self.instructions:
            raise _bad(self.name, "needs instructions, which /v1/decisions requires")
        if self.type == "noul":
            if any(self.descriptions):
                raise _bad(self.name, "has descriptions of true and false, which /v1/decisions does not take")
            return asked | {"type": "predicate"}
        if self.type == "score":
            return asked | {"levels": [{"label": option} for option in self.options]}
        pairs = zip(self.options, self.descriptions, strict=True)
        choices = [{"value": option} | ({"description": words} if words else {}) for option, words in pairs]
        return asked | {"choices": choices}


def read_question(name: str, table: Mapping[str, Any]) -> Question:
    """Read a question as ``/v1/systemone`` writes it: type, instructions, criteria.

    Raises
    ------
    InputError
        ``bad-endpoint``.

    Examples
    --------
    >>> read_question("route", {"type": "choice", "criteria": {"card": "lost cards", "cash": None}}).options
    ('card', 'cash')
    """
    unknown = sorted(set(table) - {"type", "instructions", "criteria"})
    if unknown:
        raise _bad(name, f"has the unknown key {unknown[0]!r}; it takes type, instructions and criteria")
    kind, instructions, criteria = table.get("type"), table.get("instructions", ""), table.get("criteria")
    if kind not in _TYPES:
        raise _bad(name, f"needs a type, one of {', '.join(_TYPES)}")
    if not isinstance(instructions, str):
        raise _bad(name, "needs instructions that are a string")
    options, descriptions = _options(name, str(kind), criteria)
    return Question(name, str(kind), instructions, options, descriptions)


def _options(name: str, kind: str, criteria: object) -> tuple[tuple[str, ...], tuple[str | None, ...]]:
    if kind == "score":
        if isinstance(criteria, list | tuple) and len(criteria) > 1 and all(isinstance(each, str) for each in criteria):
            return tuple(criteria), (None,) * len(criteria)
        raise _bad(name, "needs criteria: a list of at least two levels, lowest first")
    if criteria is None and kind == "noul":
        return ("true", "false"), (None, None)
    if not isinstance(criteria, Mapping) or not all(
        each is None or isinstance(each, str) for each in criteria.values()
    ):
        raise _bad(name, "needs criteria: a table of options and their descriptions")
    # TOML has no null: an empty description is none.
    words = {str(option): each or None for option, each in criteria.items()}
    if kind == "noul":
        if set(words) - {"true", "false"}:
            raise _bad(name, "may describe true and false only")
        return ("true", "false"), (words.get("true"), words.get("false"))
    if len(words) < 2:
        raise _bad(name, "needs at least two options in its criteria")
    return tuple(words), tuple(words.values())


def _bad(name: str, what: str) -> InputError:
    return InputError("bad-endpoint", f"The question {name!r} {what}.")
