"""A strict reader of JSON: nothing twice, nothing endless, nothing that another reader would take for something else."""

from __future__ import annotations

import json
import re
from typing import Any

from surrogate.verifying.canonical_json import MOST_INTEGER
from surrogate.verifying.problems import UnreadableError

__all__ = ["MOST_BYTES", "MOST_DEPTH", "strict_json"]

#: Largest file, in bytes, and deepest nesting that is read.
MOST_BYTES, MOST_DEPTH = 256 * 2**20, 64

#: A string; one without an end runs to the end of the text, so that looking takes time in proportion to the length.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[{\]}]")


def strict_json(content: bytes, file: str, most_bytes: int = MOST_BYTES) -> Any:
    """A JSON value, read strictly.

    Parameters
    ----------
    content : bytes
    file : str
        For messages.
    most_bytes : int

    Raises
    ------
    UnreadableError
        When it is no JSON in UTF-8, is too large or too deep, has a key twice, or a number that is not finite or that not
        every reader keeps.

    Examples
    --------
    >>> strict_json(b'{"a": 1, "a": 2}', "report.json")
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: report.json: The key 'a' stands twice in one object.
    """
    if len(content) > most_bytes:
        raise UnreadableError(file, f"It has {len(content):,} bytes; at most {most_bytes:,} are read.")
    if content.startswith(b"\xef\xbb\xbf"):
        raise UnreadableError(file, "It begins with a byte order mark, which JSON must not have.")
    _check_depth(content, file)
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_no_constant,
        )
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except _RefusedError as error:
        raise UnreadableError(file, str(error)) from error
    except UnicodeError as error:
        raise UnreadableError(file, f"It is not UTF-8: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(file, f"It is no JSON: {error}.") from error
    return value


class _RefusedError(Exception):
    """Why a value is not taken."""


def _check_depth(content: bytes, file: str) -> None:
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", content)):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > MOST_DEPTH:
            raise UnreadableError(file, f"It is nested more than {MOST_DEPTH} deep.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusedError(f"The key {twice!r} stands twice in one object.")
    return found


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MOST_INTEGER:
        raise _RefusedError(f"The whole number {text[:40]} is too large.")
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _RefusedError(f"The number {text[:40]} is too large.")
    return number


def _no_constant(text: str) -> Any:
    raise _RefusedError(f"{text} is no JSON number.")
