"""The crosswalk: which clause is answered by which field, where the evidence is, and what is still open.

It never says that a clause is met: evidence is pointed to, and people judge it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surrogate.clauses import Clause, Pack
from surrogate.report.issuance.answers import answered

__all__ = ["CrosswalkRow", "applicability", "crosswalk"]

_UNSTATED = {"applies": None, "why": None, "by": None}


@dataclass(frozen=True)
class CrosswalkRow:
    """One field that answers to one clause.

    Parameters
    ----------
    pack, clause : str
        Their ids.
    text : str
        What the clause asks for.
    verified : bool
        Whether the original was read again.
    field : int
    name : str
    status : {"evidenced", "asserted by a person", "missing", "not applicable"}
    where : str or None
        File and JSON Pointer of the evidence.
    reason : str

    Examples
    --------
    >>> CrosswalkRow("gdpr", "Article 22", "", True, 4, "Purpose", "missing", None, "Nobody states it.").status
    'missing'
    """

    pack: str
    clause: str
    text: str
    verified: bool
    field: int
    name: str
    status: str
    where: str | None
    reason: str


def crosswalk(
    record: dict[str, Any], issuance: dict[str, Any] | None, packs: Sequence[Pack]
) -> tuple[CrosswalkRow, ...]:
    """Field, clause, evidence and status, for every clause of some packs.

    Parameters
    ----------
    record : dict
        Of the current version.
    issuance : dict or None
        Content of ``issuance.json``.  A regime of which people state that it does not apply is not applicable, by their word.
    packs : sequence of Pack

    Examples
    --------
    >>> from surrogate.clauses import shipped_packs
    >>> from surrogate.report.record.checklist import checklist
    >>> record = {"kind": "local"}
    >>> rows = crosswalk({**record, "checklist": checklist(record)}, None, shipped_packs())
    >>> [row.status for row in rows if row.clause == "Article 22"]
    ['missing']
    """
    fields = {one["field"]: one for one in answered(record, issuance)}
    return tuple(
        _row(pack, clause, fields[number], applicability(pack, issuance))
        for pack in packs
        for clause in pack.clauses
        for number in clause.fields
    )


def applicability(pack: Pack, issuance: dict[str, Any] | None) -> dict[str, Any]:
    """What people state about whether a regime applies: ``applies``, ``why`` and ``by``; None where nobody does.

    Examples
    --------
    >>> from surrogate.clauses import shipped_packs
    >>> applicability(shipped_packs()[0], None)["applies"] is None
    True
    """
    stated = (issuance or {}).get("applicability") or []
    return next((one for one in stated if pack.is_named(one["regime"])), _UNSTATED)


def _row(pack: Pack, clause: Clause, field: dict[str, Any], stated: dict[str, Any]) -> CrosswalkRow:
    said = {name: field[name] for name in ("status", "where", "reason")}
    if stated["applies"] == "no":
        why = f": {stated['why']}" if stated["why"] else ""
        said = {
            "status": "not applicable",
            "where": "issuance.json/applicability",
            "reason": f"A person states that the regime does not apply{why}.".replace("..", "."),
        }
    return CrosswalkRow(
        pack=pack.id,
        clause=clause.id,
        text=clause.text,
        verified=clause.verified,
        field=field["field"],
        name=field["name"],
        **said,
    )
