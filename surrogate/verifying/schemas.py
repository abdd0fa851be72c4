"""The published schemas that a verifier brings along: a report is not asked by which schema it wants to be judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["SCHEMA_VERSIONS", "find_schema"]

#: Version of the record that is understood, with the schemas of what is in a report.
SCHEMA_VERSIONS = ("2.0",)

_FOLDER = Path(__file__).parent.parent / "report" / "record"

#: JSON texts by name; filled in where the verifier is a single file.
_EMBEDDED: dict[str, str] = {}


def find_schema(name: str) -> dict[str, Any]:
    """A published JSON Schema.

    Parameters
    ----------
    name : {"record", "issuance"}

    Examples
    --------
    >>> find_schema("record")["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    text = _EMBEDDED.get(name)
    if text is None:
        text = (_FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
