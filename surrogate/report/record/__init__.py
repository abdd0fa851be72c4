"""The record of a report: what all records share."""

from __future__ import annotations

from typing import Any

__all__ = ["SCHEMA", "SCHEMA_VERSION", "kind_of"]

#: What every record says it is.
SCHEMA = "surrogate-report"

#: Version of the records that are written.
SCHEMA_VERSION = "2.0"


def kind_of(record: dict[str, Any]) -> str:
    """Whether a record explains one text ("local"), what a model does over a corpus ("global"), or is the index of a batch.

    Records of version 1.0 are understood too.

    Examples
    --------
    >>> kind_of({"schema": "surrogate-corpus-report"}), kind_of({"kind": "local"}), kind_of({"surrogates": []})
    ('global', 'local', 'local')
    >>> kind_of({"schema": "surrogate-batch-index/1"})
    'batch'
    """
    if record.get("schema") == "surrogate-corpus-report":
        return "global"
    if str(record.get("schema")).startswith("surrogate-batch-index/"):
        return "batch"
    return "global" if record.get("kind") == "global" else "local"
