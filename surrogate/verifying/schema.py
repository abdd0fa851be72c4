"""The part of JSON Schema 2020-12 that the published schemas use; a keyword beyond it is an error, never passed over."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["SchemaError", "schema_problems"]


class SchemaError(Exception):
    """A schema uses what is not understood here.

    Examples
    --------
    >>> next(schema_problems(1, {"format": "date"}))
    Traceback (most recent call last):
    surrogate.verifying.schema.SchemaError: The schema keyword 'format' is not understood.
    """


#: What says nothing about an instance.
_NOTES = {"$schema", "$id", "$comment", "$defs", "title", "description", "examples", "default"}

#: Read together with another keyword.
_PARTNERS = {"then", "else"}

_TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: _is_whole(value),
}

#: Where and what: a JSON pointer with a sentence.
Found = Iterator[tuple[str, str]]


def schema_problems(instance: Any, schema: Any, root: Any = None, where: str = "") -> Found:
    """What of an instance a schema does not allow.

    Parameters
    ----------
    instance, schema : JSON value
    root : JSON value, optional
        The schema that references begin at; None: ``schema``.
    where : str
        JSON pointer to the instance.

    Yields
    ------
    tuple of (str, str)
        JSON pointer and a sentence.

    Raises
    ------
    SchemaError
        For a keyword, or a reference, that is not understood.

    References
    ----------
    JSON Schema Validation, draft 2020-12.

    Examples
    --------
    >>> list(schema_problems({"n": "1"}, {"properties": {"n": {"type": "integer"}}, "required": ["m"]}))
    [('/n', 'It is no integer.'), ('', "'m' is missing.")]
    """
    root = schema if root is None else root
    if isinstance(schema, bool):
        if not schema:
            yield where, "Nothing may stand here."
        return
    spot = _Spot(instance, schema, root, where)
    for keyword, wanted in schema.items():
        if keyword in _NOTES or keyword in _PARTNERS:
            continue
        if keyword not in _KEYWORDS:
            raise SchemaError(f"The schema keyword {keyword!r} is not understood.")
        yield from _KEYWORDS[keyword](spot, wanted)


@dataclass(frozen=True)
class _Spot:
    """What is looked at, by which schema, and where it stands."""

    instance: Any
    schema: Any
    root: Any
    where: str


def _fits(instance: Any, schema: Any, root: Any) -> bool:
    return next(schema_problems(instance, schema, root), None) is None


def _is_whole(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(first: Any, second: Any) -> bool:
    """As JSON has it: 1 and 1.0 are the same, 1 and true are not."""
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_equal, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_equal(first[key], second[key]) for key in first)
    return bool(first == second)


def _step(where: str, step: str | int) -> str:
    return f"{where}/{str(step).replace('~', '~0').replace('/', '~1')}"


def _type(spot: _Spot, wanted: Any) -> Found:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(_TYPES[name](spot.instance) for name in names):
        yield spot.where, f"It is no {' or '.join(names)}."


def _const(spot: _Spot, wanted: Any) -> Found:
    if not _equal(spot.instance, wanted):
        yield spot.where, f"It must be {wanted!r}."


def _enum(spot: _Spot, wanted: Any) -> Found:
    if not any(_equal(spot.instance, one) for one in wanted):
        yield spot.where, f"It must be one of {wanted!r}."


def _properties(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, dict):
        for name, inner in wanted.items():
            if name in spot.instance:
                yield from schema_problems(spot.instance[name], inner, spot.root, _step(spot.where, name))


def _pattern_properties(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, dict):
        for pattern, inner in wanted.items():
            for name in spot.instance:
                if re.search(pattern, name):
                    yield from schema_problems(spot.instance[name], inner, spot.root, _step(spot.where, name))


def _additional(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, dict):
        named, patterns = spot.schema.get("properties", {}), spot.schema.get("patternProperties", {})
        for name, value in spot.instance.items():
            if name not in named and not any(re.search(pattern, name) for pattern in patterns):
                if wanted is False:
                    yield spot.where, f"{name!r} may not stand here."
                else:
                    yield from schema_problems(value, wanted, spot.root, _step(spot.where, name))


def _property_names(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, dict):
        for name in spot.instance:
            yield from schema_problems(name, wanted, spot.root, spot.where)


def _required(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, dict):
        yield from ((spot.where, f"{name!r} is missing.") for name in wanted if name not in spot.instance)


def _prefix_items(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, list):
        for place, (item, inner) in enumerate(zip(spot.instance, wanted, strict=False)):
            yield from schema_problems(item, inner, spot.root, _step(spot.where, place))


def _items(spot: _Spot, wanted: Any) -> Found:
    if isinstance(spot.instance, list):
        start = len(spot.schema.get("prefixItems", ()))
        for place, item in enumerate(spot.instance[start:], start):
            yield from schema_problems(item, wanted, spot.root, _step(spot.where, place))


def _unique(spot: _Spot, wanted: Any) -> Found:
    value = spot.instance
    if wanted and isinstance(value, list) and any(_equal(one, it) for n, one in enumerate(value) for it in value[:n]):
        yield spot.where, "Something stands in it twice."


def _size(kind: type[str] | type[list[Any]] | type[dict[str, Any]], least: bool) -> Callable[..., Found]:
    """A keyword about the number of characters, items or properties."""

    def check(spot: _Spot, wanted: Any) -> Found:
        if isinstance(spot.instance, kind) and (len(spot.instance) < wanted if least else len(spot.instance) > wanted):
            yield (
                spot.where,
                f"It has a length of {len(spot.instance)}; {'at least' if least else 'at most'} {wanted} is allowed.",
            )

    return check


def _bound(fits: Callable[[Any, Any], bool], words: str) -> Callable[..., Found]:
    """A keyword about the value of a number."""

    def check(spot: _Spot, wanted: Any) -> Found:
        if _is_number(spot.instance) and not fits(spot.instance, wanted):
            yield spot.where, f"It must be {words} {wanted}."

    return check


def _multiple(spot: _Spot, wanted: Any) -> Found:
    times = spot.instance / wanted if _is_number(spot.instance) else 0.0
    if not math.isclose(times, round(times), rel_tol=0, abs_tol=1e-9):
        yield spot.where, f"It must be a multiple of {wanted}."


def _pattern(spot: _Spot, wanted: Any) -> Found:
    # A $ of ECMAScript stands for the very end; one of Python's allows a line feed behind it.
    if isinstance(spot.instance, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", wanted), spot.instance):
        yield spot.where, f"It must match {wanted}."


def _reference(spot: _Spot, wanted: Any) -> Found:
    if wanted != "#" and not wanted.startswith("#/"):
        raise SchemaError(f"The schema refers to {wanted!r}; only places in the same schema are understood.")
    target = spot.root
    for step in wanted.split("/")[1:]:
        try:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError) as error:
            raise SchemaError(f"The schema refers to {wanted!r}, and nothing is there.") from error
    yield from schema_problems(spot.instance, target, spot.root, spot.where)


def _all_of(spot: _Spot, wanted: Any) -> Found:
    for inner in wanted:
        yield from schema_problems(spot.instance, inner, spot.root, spot.where)


def _any_of(spot: _Spot, wanted: Any) -> Found:
    # Of the alternatives that do not fit, the one that is the nearest is told of: the fewest problems, the deepest place.
    found = [list(schema_problems(spot.instance, inner, spot.root, spot.where)) for inner in wanted]
    if all(found):
        yield from min(found, key=lambda one: (len(one), -max(place.count("/") for place, _ in one)))


def _one_of(spot: _Spot, wanted: Any) -> Found:
    n_fit = sum(_fits(spot.instance, inner, spot.root) for inner in wanted)
    if n_fit != 1:
        yield spot.where, f"It fits {n_fit} of {len(wanted)} alternatives; it must fit exactly one."


def _not(spot: _Spot, wanted: Any) -> Found:
    if _fits(spot.instance, wanted, spot.root):
        yield spot.where, "It is what it may not be."


def _if(spot: _Spot, wanted: Any) -> Found:
    branch = "then" if _fits(spot.instance, wanted, spot.root) else "else"
    if branch in spot.schema:
        yield from schema_problems(spot.instance, spot.schema[branch], spot.root, spot.where)


_KEYWORDS: dict[str, Callable[..., Found]] = {
    "type": _type,
    "const": _const,
    "enum": _enum,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "required": _required,
    "prefixItems": _prefix_items,
    "items": _items,
    "uniqueItems": _unique,
    "minLength": _size(str, True),
    "maxLength": _size(str, False),
    "minItems": _size(list, True),
    "maxItems": _size(list, False),
    "minProperties": _size(dict, True),
    "maxProperties": _size(dict, False),
    "minimum": _bound(lambda value, bound: bool(value >= bound), "at least"),
    "maximum": _bound(lambda value, bound: bool(value <= bound), "at most"),
    "exclusiveMinimum": _bound(lambda value, bound: bool(value > bound), "more than"),
    "exclusiveMaximum": _bound(lambda value, bound: bool(value < bound), "less than"),
    "multipleOf": _multiple,
    "pattern": _pattern,
    "$ref": _reference,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
