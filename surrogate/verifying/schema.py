"""The part of JSON Schema 2020-12 that the published schemas use; a keyword beyond it is an error, never passed over."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
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
    for keyword, wanted in schema.items():
        if keyword in _NOTES or keyword in _PARTNERS:
            continue
        if keyword not in _KEYWORDS:
            raise SchemaError(f"The schema keyword {keyword!r} is not understood.")
        yield from _KEYWORDS[keyword](instance, wanted, schema, root, where)


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


def _type(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not any(_TYPES[name](instance) for name in names):
        yield where, f"It is no {' or '.join(names)}."


def _const(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if not _equal(instance, wanted):
        yield where, f"It must be {wanted!r}."


def _enum(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if not any(_equal(instance, one) for one in wanted):
        yield where, f"It must be one of {wanted!r}."


def _properties(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, dict):
        for name, inner in wanted.items():
            if name in instance:
                yield from schema_problems(instance[name], inner, root, _step(where, name))


def _pattern_properties(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, dict):
        for pattern, inner in wanted.items():
            for name in instance:
                if re.search(pattern, name):
                    yield from schema_problems(instance[name], inner, root, _step(where, name))


def _additional(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, dict):
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        for name, value in instance.items():
            if name not in named and not any(re.search(pattern, name) for pattern in patterns):
                if wanted is False:
                    yield where, f"{name!r} may not stand here."
                else:
                    yield from schema_problems(value, wanted, root, _step(where, name))


def _property_names(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, dict):
        for name in instance:
            yield from schema_problems(name, wanted, root, where)


def _required(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, dict):
        yield from ((where, f"{name!r} is missing.") for name in wanted if name not in instance)


def _prefix_items(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, list):
        for place, (item, inner) in enumerate(zip(instance, wanted, strict=False)):
            yield from schema_problems(item, inner, root, _step(where, place))


def _items(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if isinstance(instance, list):
        start = len(schema.get("prefixItems", ()))
        for place, item in enumerate(instance[start:], start):
            yield from schema_problems(item, wanted, root, _step(where, place))


def _unique(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if wanted and isinstance(instance, list):
        if any(_equal(one, other) for place, one in enumerate(instance) for other in instance[:place]):
            yield where, "Something stands in it twice."


def _size(kind: type, least: bool) -> Callable[..., Found]:
    """A keyword about the number of characters, items or properties."""

    def check(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
        if isinstance(instance, kind) and (len(instance) < wanted if least else len(instance) > wanted):
            yield (
                where,
                f"It has a length of {len(instance)}; {'at least' if least else 'at most'} {wanted} is allowed.",
            )

    return check


def _bound(fits: Callable[[Any, Any], bool], words: str) -> Callable[..., Found]:
    """A keyword about the value of a number."""

    def check(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
        if _is_number(instance) and not fits(instance, wanted):
            yield where, f"It must be {words} {wanted}."

    return check


def _multiple(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if _is_number(instance) and not math.isclose(instance / wanted, round(instance / wanted), rel_tol=0, abs_tol=1e-9):
        yield where, f"It must be a multiple of {wanted}."


def _pattern(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    # A $ of ECMAScript stands for the very end; one of Python's allows a line feed behind it.
    if isinstance(instance, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", wanted), instance):
        yield where, f"It must match {wanted}."


def _reference(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if wanted != "#" and not wanted.startswith("#/"):
        raise SchemaError(f"The schema refers to {wanted!r}; only places in the same schema are understood.")
    target = root
    for step in wanted.split("/")[1:]:
        try:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError) as error:
            raise SchemaError(f"The schema refers to {wanted!r}, and nothing is there.") from error
    yield from schema_problems(instance, target, root, where)


def _all_of(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    for inner in wanted:
        yield from schema_problems(instance, inner, root, where)


def _any_of(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    # Of the alternatives that do not fit, the one that is the nearest is told of: the fewest problems, the deepest place.
    found = [list(schema_problems(instance, inner, root, where)) for inner in wanted]
    if all(found):
        yield from min(found, key=lambda one: (len(one), -max(place.count("/") for place, _ in one)))


def _one_of(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    n_fit = sum(_fits(instance, inner, root) for inner in wanted)
    if n_fit != 1:
        yield where, f"It fits {n_fit} of {len(wanted)} alternatives; it must fit exactly one."


def _not(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    if _fits(instance, wanted, root):
        yield where, "It is what it may not be."


def _if(instance: Any, wanted: Any, schema: Any, root: Any, where: str) -> Found:
    branch = "then" if _fits(instance, wanted, root) else "else"
    if branch in schema:
        yield from schema_problems(instance, schema[branch], root, where)


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
