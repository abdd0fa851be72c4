"""The checklist of a record together with what people state: which fields are still open."""

from __future__ import annotations

from typing import Any

from surrogate.report.issuance.issuance import Issuance

__all__ = ["ASSERTED", "STATED_IN", "answered"]

#: Status of a field that somebody states something about.
ASSERTED = "asserted by a person"

#: Statements that answer to the fields which people have to fill, by the number of the field.
STATED_IN: dict[int, tuple[str, ...]] = {
    4: ("purpose", "out_of_scope", "decision_role"),
    5: ("applicability",),
    8: ("redaction", "readers"),
    19: ("protected_terms",),
    22: ("author",),
    23: ("findings", "previous_report"),
    24: ("monitoring",),
    26: ("retention",),
}


def answered(record: dict[str, Any], issuance: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Every field of the checklist with what the record evidences and people assert.

    Parameters
    ----------
    record : dict
        Of the current version.
    issuance : dict, optional
        Content of ``issuance.json``.

    Returns
    -------
    list of dict
        As the checklist of the record; the status of what was to be asserted is "asserted by a person" or "missing", and
        ``where`` names the file too.

    Examples
    --------
    >>> record = {"checklist": [{"field": 4, "name": "Purpose", "status": "asserted", "where": None, "reason": "Purpose."}]}
    >>> answered(record, {"purpose": "Routing"})[0]["status"], answered(record)[0]["status"]
    ('asserted by a person', 'missing')
    """
    stated = Issuance().to_dict() if issuance is None else issuance
    return [_answered(one, stated) for one in record["checklist"]]


def _answered(one: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    if one["status"] != "asserted":
        return {**one, "where": None if one["where"] is None else f"report.json{one['where']}"}
    names = STATED_IN[one["field"]]
    there = [name for name in names if stated.get(name) is not None]
    if not there:
        return {**one, "status": "missing", "where": None, "reason": f"Nobody states it. Wanted: {one['reason']}"}
    absent = [name.replace("_", " ") for name in names if name not in there]
    reason = "A person states it; nothing here checks it."
    if absent:
        reason += f" Not stated: {', '.join(absent)}."
    return {**one, "status": ASSERTED, "where": f"issuance.json/{there[0]}", "reason": reason}
