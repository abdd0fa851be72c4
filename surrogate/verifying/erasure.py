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
    sha256 : str
        Of the file as it was.
    date : str
        YYYY-MM-DD.

    Examples
    --------
    >>> Erased("evidence.json.gz", "0" * 64, "2026-03-01").sentence
    'evidence.json.gz was erased on 2026-03-01.'
    """

    name: str
    sha256: str
    date: str

    @property
    def sentence(self) -> str:
        """For a reader."""
        return f"{self.name} was erased on {self.date}."

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
    >>> said = '{"schema":"surrogate-erasure","schema_version":"1.0","erased":[{"name":"a","sha256":"%s","date":"2026-03-01"}]}'
    >>> read_erasure((said % ("0" * 64)).encode())[0].date
    '2026-03-01'
    """
    value = strict_json(content, ERASURE, 2**20)
    if (
        not isinstance(value, dict)
        or value.get("schema") != _ERASURE_SCHEMA
        or value.get("schema_version") != _ERASURE_VERSION
    ):
        raise UnreadableError(ERASURE, f"It is no {_ERASURE_SCHEMA} of version {_ERASURE_VERSION}.")
    listed = value.get("erased")
    if not isinstance(listed, list) or not listed:
        raise UnreadableError(ERASURE, "It does not say what was erased.")
    return tuple(_erased(one) for one in listed)


def _erased(one: Any) -> Erased:
    try:
        name, sha256, day = one["name"], one["sha256"], one["date"]
        date.fromisoformat(day)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableError(ERASURE, "Each erased file has a name, its SHA-256 and a date, YYYY-MM-DD.") from error
    if not isinstance(name, str) or not _ERASED_SHA256.match(str(sha256)):
        raise UnreadableError(ERASURE, "Each erased file has a name and a SHA-256 of 64 hexadecimal digits.")
    return Erased(name, sha256, day)
