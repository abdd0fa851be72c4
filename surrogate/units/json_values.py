"""The values of a JSON text: what stands between the quotes of strings, numbers, true and false."""

from __future__ import annotations

import json

import regex

from surrogate.errors import InputError
from surrogate.units.spans import Span

__all__ = ["bare_values", "escape_spans", "in_json", "json_spans"]

_SCALAR = regex.compile(r"""(?P<key>"(?:[^"\\]|\\.)*+"\s*:)|"(?P<text>(?:[^"\\]|\\.)*+)"|(?P<bare>[-\w.+]+)""")
_ESCAPE = regex.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")


def json_spans(text: str) -> list[Span]:
    """Spans of the values that say something: strings without their quotes, numbers, true and false.

    Keys, punctuation, null and empty strings are the frame in which the values stand.

    Raises
    ------
    InputError
        ``not-json``.

    Examples
    --------
    >>> json_spans('{"city": "Rome", "age": 5}')
    [(10, 14), (24, 25)]
    """
    _check(text)
    values = (match for match in _SCALAR.finditer(text) if not match["key"] and match["bare"] != "null")
    spans = (match.span("bare" if match["bare"] else "text") for match in values)
    return [(start, end) for start, end in spans if text[start:end].strip()]


def bare_values(text: str) -> frozenset[Span]:
    """Spans of the values without quotes."""
    return frozenset(match.span("bare") for match in _SCALAR.finditer(text) if match["bare"])


def escape_spans(inside: str) -> list[Span]:
    """Spans of the escapes inside a JSON string, which no unit may cut.

    Examples
    --------
    >>> escape_spans("a" + chr(92) + "n")
    [(1, 3)]
    """
    return [match.span() for match in _ESCAPE.finditer(inside)]


def in_json(text: str, *, bare: bool) -> str:
    r"""A text as it stands inside a JSON string, or as a JSON string where a value had no quotes.

    Examples
    --------
    >>> in_json('a "b"', bare=False), in_json("[MASK]", bare=True)
    ('a \\"b\\"', '"[MASK]"')
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if bare else quoted[1:-1]


def _check(text: str) -> None:
    try:
        # numbers are not computed: a long one is as good as any other
        json.loads(text, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        raise InputError(
            "not-json",
            f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. Correct it, or use other units.",
        ) from error
    except RecursionError as error:
        raise InputError("not-json", "The JSON text is nested too deeply to be read.") from error
