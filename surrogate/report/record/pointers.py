"""JSON Pointers: where something is in a record."""

from __future__ import annotations

from typing import Any

__all__ = ["pointer", "replaced", "resolve", "steps_of"]


def pointer(*steps: str | int) -> str:
    """A JSON Pointer (RFC 6901).

    Examples
    --------
    >>> pointer("members", 0, "a/b")
    '/members/0/a~1b'
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def steps_of(where: str) -> list[str]:
    """The steps of a JSON Pointer.

    Examples
    --------
    >>> steps_of("/members/0/a~1b")
    ['members', '0', 'a/b']
    """
    return [step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:]]


def resolve(record: Any, where: str) -> Any:
    """What a JSON Pointer points to.

    Raises
    ------
    KeyError
        Nothing is there.

    Examples
    --------
    >>> resolve({"members": [{"name": "rules"}]}, "/members/0/name")
    'rules'
    """
    for step in steps_of(where):
        try:
            record = record[int(step)] if isinstance(record, list) else record[step]
        except (ValueError, IndexError, TypeError, KeyError) as error:
            raise KeyError(where) from error
    return record


def replaced(record: Any, where: str, value: Any) -> Any:
    """A copy with another value at a place; what is not on the way is shared.

    Raises
    ------
    KeyError
        Nothing is there.

    Examples
    --------
    >>> replaced({"a": [1, 2], "b": 3}, "/a/1", 0)
    {'a': [1, 0], 'b': 3}
    """
    return _replaced(record, steps_of(where), value, where)


def _replaced(record: Any, steps: list[str], value: Any, where: str) -> Any:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(record, list):
        if not step.isdigit() or int(step) >= len(record):
            raise KeyError(where)
        place = int(step)
        return [*record[:place], _replaced(record[place], rest, value, where), *record[place + 1 :]]
    if not isinstance(record, dict) or step not in record:
        raise KeyError(where)
    return {**record, step: _replaced(record[step], rest, value, where)}
