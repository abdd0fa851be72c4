"""The published JSON Schema of records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["SCHEMA_FILES", "published_schema"]

#: Published schemas (JSON Schema 2020-12) by what they describe.
SCHEMA_FILES = {"record": "record.schema.json", "issuance": "issuance.schema.json"}


def published_schema(name: str = "record") -> dict[str, Any]:
    """A JSON Schema, draft 2020-12: records of both kinds, or what people state beside them.

    Parameters
    ----------
    name : {"record", "issuance"}

    Returns
    -------
    dict
        Read anew; it may be changed.

    Examples
    --------
    >>> published_schema()["$id"]
    'urn:surrogate-explainer:schema:record:2.0'
    """
    return json.loads((Path(__file__).parent / SCHEMA_FILES[name]).read_text(encoding="utf-8"))  # type: ignore[no-any-return]
