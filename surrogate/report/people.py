"""What pages of both kinds are given beside their record."""

from __future__ import annotations

from typing import Any

from surrogate.report.issuance.answers import answered

__all__ = ["people"]


def people(record: dict[str, Any], issuance: dict[str, Any] | None) -> dict[str, Any]:
    """What people state, and the checklist with it.

    Examples
    --------
    >>> people({"checklist": []}, None)["issuance"] is None
    True
    """
    return {"issuance": issuance, "answers": answered(record, issuance)}
