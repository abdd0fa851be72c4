"""What pages of both kinds are given beside their record."""

from __future__ import annotations

from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.clauses import Pack, shipped_packs
from surrogate.report.crosswalk import CrosswalkRow, applicability, crosswalk
from surrogate.report.issuance.answers import answered
from surrogate.report.issuance.issuance import Issuance

__all__ = ["people", "record_sha256"]


def people(record: dict[str, Any], issuance: dict[str, Any] | None) -> dict[str, Any]:
    """What people state, the checklist with it, and the crosswalk to the clauses of the shipped packs.

    Examples
    --------
    >>> from surrogate.report.record.checklist import checklist
    >>> given = people({"checklist": checklist({"kind": "local"})}, None)
    >>> given["issuance"] is None, len(given["answers"])
    (True, 28)
    """
    told = bool(record["checklist"])  # Some readers are not shown it.
    stated = None if issuance is None else Issuance.from_dict(issuance).to_dict()
    return {
        "issuance": stated,
        "answers": answered(record, stated),
        "crosswalk": [_of_pack(pack, record, stated) for pack in shipped_packs()] if told else [],
        "redaction": record.get("redaction"),
    }


def record_sha256(record: dict[str, Any]) -> str:
    """SHA-256 of a record; of a view that hides parts of it, that of the whole record.

    Examples
    --------
    >>> record_sha256({})[:8], record_sha256({"redaction": {"record_sha256": "0f"}})
    ('44136fa3', '0f')
    """
    redaction = record.get("redaction")
    return digest(canonical_bytes(record)) if redaction is None else str(redaction["record_sha256"])


def _of_pack(
    pack: Pack, record: dict[str, Any], issuance: dict[str, Any] | None
) -> tuple[Pack, dict[str, Any], tuple[CrosswalkRow, ...]]:
    return pack, applicability(pack, issuance), crosswalk(record, issuance, [pack])
