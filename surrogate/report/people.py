"""What pages of both kinds are given beside their record."""

from __future__ import annotations

from typing import Any

from surrogate.clauses import Pack, shipped_packs
from surrogate.report.crosswalk import CrosswalkRow, applicability, crosswalk
from surrogate.report.issuance.answers import answered

__all__ = ["people"]


def people(record: dict[str, Any], issuance: dict[str, Any] | None) -> dict[str, Any]:
    """What people state, the checklist with it, and the crosswalk to the clauses of the shipped packs.

    Examples
    --------
    >>> from surrogate.report.record.checklist import checklist
    >>> given = people({"checklist": checklist({"kind": "local"})}, None)
    >>> given["issuance"] is None, len(given["answers"])
    (True, 28)
    """
    return {
        "issuance": issuance,
        "answers": answered(record, issuance),
        "crosswalk": [_of_pack(pack, record, issuance) for pack in shipped_packs()],
    }


def _of_pack(
    pack: Pack, record: dict[str, Any], issuance: dict[str, Any] | None
) -> tuple[Pack, dict[str, Any], tuple[CrosswalkRow, ...]]:
    return pack, applicability(pack, issuance), crosswalk(record, issuance, [pack])
