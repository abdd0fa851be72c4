"""What was erased from a report on request, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.strict_json import strict_json

__all__ = ["ERASURE", "Erased", "read_erasure"]

ERASURE = "erasure.json"

_ERASURE_SCHEMA, _ERASURE_VERSION = "surrogate-erasure", "1.0"
_ERASED_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Erased:
    """A file that was erased.

    Parameters
    ----------
    name : str
    sha256 : str or None
        Of the file as it was; None where only a keyed digest was left, so that nobody can guess a short text.
    date : str
        YYYY-MM-DD.
    reason : str

    Examples
    --------
    >>> Erased("evidence.json.gz", None, "2026-03-01", "on request").sentence
    'evidence.json.gz was erased on 2026-03-01: on request.'
    """

    name: str
    sha256: str | None
    date: str
    reason: str = ""

    @property
    def sentence(self) -> str:
        """For a reader."""
        return f"{self.name} was erased on {self.date}{': ' if self.reason else ''}{self.reason}."

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


def read_erasure(content: bytes) -> tuple[Erased, ...]:
    """What ``erasure.json`` says.

    Raises
    ------
    UnreadableError

    Examples
    --------
    >>> said = b'{"schema":"surrogate-erasure","schema_version":"1.0","what":"evidence","date":"2026-03-01","reason":"asked for",'
    >>> read_erasure(said + b'"files":[{"name":"evidence.json.gz"}]}')[0].date
    '2026-03-01'
    """
    value = strict_json(content, ERASURE, 2**20)
    if not isinstance(value, dict) or value.get("schema") != _ERASURE_SCHEMA:
        raise UnreadableError(ERASURE, f"It is no {_ERASURE_SCHEMA}.")
    if value.get("schema_version") != _ERASURE_VERSION:
        raise UnreadableError(ERASURE, f"It is of another version than {_ERASURE_VERSION}.")
    listed, day, reason = value.get("files"), value.get("date"), value.get("reason")
    try:
        date.fromisoformat(str(day))
    except ValueError as error:
        raise UnreadableError(ERASURE, "Its date must be written YYYY-MM-DD.") from error
    if not isinstance(listed, list) or not listed or not isinstance(reason, str):
        raise UnreadableError(ERASURE, "It must say what was erased, and why.")
    return tuple(_erased(one, str(day), reason.strip().rstrip(".")) for one in listed)


def _erased(one: Any, day: str, reason: str) -> Erased:
    name, digest = (one.get("name"), one.get("sha256")) if isinstance(one, dict) else (None, None)
    if not isinstance(name, str) or (digest is not None and not _ERASED_SHA256.match(str(digest))):
        raise UnreadableError(ERASURE, "Each erased file has a name, and a SHA-256 of 64 hexadecimal digits or none.")
    return Erased(name, digest, day, reason)
