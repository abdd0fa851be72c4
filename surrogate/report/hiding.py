"""Which parts of a record a kind of reader is not shown, and what stands in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from surrogate.errors import InputError
from surrogate.report.grading import is_quotable
from surrogate.report.record import kind_of
from surrogate.report.record.pointers import pointer

__all__ = ["HIDDEN_TEXT", "hidden_parts", "without"]

#: What stands in place of a text.
HIDDEN_TEXT = "[hidden]"

Record = dict[str, Any]
Parts = Iterator[tuple[str, Any]]


class _Gone:
    """In place of an item of a list: nothing, the list is shorter."""


GONE = _Gone()


def hidden_parts(record: Record, audience: str) -> list[tuple[str, Any]]:
    """JSON Pointers to what is hidden, each with what stands in its place; nothing is hidden inside another hidden part.

    Parameters
    ----------
    record : dict
    audience : {"validator", "business", "person"}

    Raises
    ------
    InputError
        ``bad-parameter`` for a person and the record of a corpus: it holds other people's texts, and is not about them.

    Examples
    --------
    >>> hidden_parts({"kind": "local", "flips": [{"text": "a"}], "surrogates": []}, "business")
    [('/flips', [])]
    """
    kind = kind_of(record)
    if audience == "person" and kind == "global":
        raise InputError(
            "bad-parameter",
            "A report of a corpus is not about one person, and holds texts of others. Explain the text of the decision instead.",
        )
    parts: dict[tuple[str, str], Callable[[Record], Parts]] = {
        ("business", "local"): _business_local,
        ("business", "global"): _business_global,
        ("person", "local"): _person,
    }
    chosen = parts.get((audience, kind))
    return [] if chosen is None else [(where, other) for where, other in chosen(record) if _there(record, where, other)]


def without(record: Record, parts: list[tuple[str, Any]]) -> Record:
    """A copy in which something else stands in the place of each part.

    Examples
    --------
    >>> without({"a": [1, 2, 3], "b": "x"}, [("/a/1", GONE), ("/b", HIDDEN_TEXT)])
    {'a': [1, 3], 'b': '[hidden]'}
    """
    places = dict(parts)
    return _without(record, "", places)  # type: ignore[no-any-return]


def _without(value: Any, where: str, places: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _other(one, where + pointer(key), places) for key, one in value.items()}
    if isinstance(value, list):
        kept = (_other(one, where + pointer(place), places) for place, one in enumerate(value))
        return [one for one in kept if one is not GONE]
    return value


def _other(value: Any, where: str, places: dict[str, Any]) -> Any:
    return places[where] if where in places else _without(value, where, places)


def _there(record: Record, where: str, other: Any) -> bool:
    """Whether there is something to hide."""
    value: Any = record
    for step in where.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and int(key) < len(value):
            value = value[int(key)]
        else:
            return False
    return value is not None and value != other


def _produced() -> Parts:
    """How it was produced, in detail."""
    yield "/model/details", {}
    yield "/production/recipe/toml", HIDDEN_TEXT
    yield "/production/versions", {}


def _business_local(record: Record) -> Parts:
    yield "/flips", []
    for number in range(len(record["surrogates"])):
        yield pointer("surrogates", number, "misses"), []
    for number in range(len(record.get("second", []))):
        yield pointer("second", number, "examples"), []
    yield from _precedents(record)
    yield from _produced()


def _precedents(record: Record) -> Parts:
    """Texts of others."""
    for name in ("nearest", "otherwise"):
        for number in range(len((record.get("precedents") or {}).get(name, []))):
            yield pointer("precedents", name, number, "text"), HIDDEN_TEXT
            yield pointer("precedents", name, number, "id"), HIDDEN_TEXT


def _business_global(record: Record) -> Parts:
    for place in record["quoted"]:
        yield pointer("quoted", place, "text"), HIDDEN_TEXT
        yield pointer("quoted", place, "id"), HIDDEN_TEXT
    yield "/plane", None
    yield from _produced()


def _person(record: Record) -> Parts:
    shown = [place for place, one in enumerate(record["surrogates"]) if not one["withheld"]]
    linear = [place for place in shown if record["surrogates"][place]["kind"] == "linear"]
    kept = (linear or shown)[:1]
    for number, member in enumerate(record["surrogates"]):
        if number in shown and number not in kept:
            yield pointer("surrogates", number), GONE
            continue
        yield pointer("surrogates", number, "misses"), []
        yield pointer("surrogates", number, "bands"), []
        if number in linear:
            yield from _not_quotable(number, member)
    for name in ("second", "side_by_side", "checklist"):
        yield f"/{name}", []
    yield "/precedents", None
    yield "/global_rules", None
    yield "/model/fingerprint", None
    yield from _produced()


def _not_quotable(number: int, member: Record) -> Parts:
    yield pointer("surrogates", number, "model", "terms"), []
    for place, effect in enumerate(member["model"]["effects"]):
        if not is_quotable(effect):
            yield pointer("surrogates", number, "model", "effects", place), GONE
