"""The record of a report: what all records share."""

from __future__ import annotations

from typing import Any

__all__ = ["kind_of"]


def kind_of(record: dict[str, Any]) -> str:
    """Whether a record explains one text ("local") or what a model does over a corpus ("global").

    Examples
    --------
    >>> kind_of({"schema": "surrogate-corpus-report"}), kind_of({"kind": "local"}), kind_of({"surrogates": []})
    ('global', 'local', 'local')
    """
    if record.get("schema") == "surrogate-corpus-report":
        return "global"
    return "global" if record.get("kind") == "global" else "local"
