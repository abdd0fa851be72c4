"""Terms of two linear surrogates matched by what they name: added, removed, of another sign, or of another size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from surrogate.comparing.changes import ADDED, REMOVED, SAME, TermChange
from surrogate.comparing.groups import TermSide
from surrogate.comparing.measures import are_apart, holds

__all__ = ["match_terms"]

Key = tuple[Any, ...]


def match_terms(before: Iterable[TermSide], after: Iterable[TermSide]) -> tuple[TermChange, ...]:
    """What became of every term.

    Parameters
    ----------
    before, after : iterable of TermSide

    Returns
    -------
    tuple of TermChange
        In the order of the terms before, then the added ones.

    Examples
    --------
    >>> one = TermSide("term", (), "fees", "log_odds", {"value": 1.0, "low": 0.5, "high": 1.5, "grade": None})
    >>> other = TermSide("term", (), "fees", "log_odds", {"value": -1.0, "low": -1.5, "high": -0.5, "grade": None})
    >>> [change.change for change in match_terms([one], [other])], [change.change for change in match_terms([], [one])]
    (['sign'], ['added'])
    """
    first, second = _by_key(before), _by_key(after)
    changes = []
    for key in (*first, *(key for key in second if key not in first)):
        one, other = first.get(key), second.get(key)
        shown = one or other
        if shown is not None:
            numbers = None if one is None else one.numbers, None if other is None else other.numbers
            change = TermChange(shown.what, _kind(*numbers), shown.atoms, shown.label, *numbers, are_apart(*numbers))
            changes.append(change)
    return tuple(changes)


def _by_key(terms: Iterable[TermSide]) -> dict[Key, TermSide]:
    found: dict[Key, TermSide] = {}
    for term in terms:
        key = (term.what, term.label, term.scale, frozenset((atom.meaning, atom.present) for atom in term.atoms))
        number = 0
        while (*key, number) in found:
            number += 1
        found[*key, number] = term
    return found


def _kind(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    if before is None or after is None:
        return ADDED if before is None else REMOVED
    one, other = before["value"], after["value"]
    if one * other < 0:
        return "sign"
    inside = holds(before, other), holds(after, one)
    beyond = one != other if None in inside else not any(inside)
    return "size" if beyond else SAME
