"""The envelope that records of both kinds share."""

from __future__ import annotations

from typing import Any

from surrogate.canonical import canonical
from surrogate.report.record import SCHEMA, SCHEMA_VERSION
from surrogate.report.record.checklist import checklist

__all__ = ["in_envelope"]


def in_envelope(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """A record of the current version, with its checklist.

    Parameters
    ----------
    kind : {"local", "global"}
    body : dict
        What a record of this kind holds; its checklist, if it has one, is made anew.

    Returns
    -------
    dict
        Canonical: plain JSON values, numbers with ten significant digits.

    Examples
    --------
    >>> record = in_envelope("global", {"banner": "An approximation."})
    >>> record["schema"], record["schema_version"], record["kind"], len(record["checklist"])
    ('surrogate-report', '2.0', 'global', 28)
    """
    record = canonical({**body, "schema": SCHEMA, "schema_version": SCHEMA_VERSION, "kind": kind})
    return {**record, "checklist": checklist(record)}
