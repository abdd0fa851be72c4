"""What people state about a report, in the words of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from surrogate.report.issuance.answers import ASSERTED

__all__ = ["AUDIENCES", "counts", "hides", "not_stated", "rows"]

Statements = dict[str, Any]

_ROLES = {
    "automated": "automated: the model decides",
    "assisted": "assisted: a person decides, with the model’s answer",
    "unknown": "unknown",
}

#: Names on a page of what is stated, in order; those in tables of their own have none of them here.
_NAMES = {
    "date": "Date",
    "author": "Author",
    "organisation": "Organisation",
    "purpose": "Purpose",
    "out_of_scope": "Out of scope",
    "decision_role": "Role in the decision",
    "labelled_by": "Who labelled the texts",
    "language": "Language of the texts",
    "sampling": "How the texts were sampled",
    "redaction": "Redaction of personal data",
    "readers": "Who may read this",
    "policy_owner": "Owner of the acceptance thresholds",
    "retention": "Retention",
    "monitoring": "Monitoring",
    "previous_report": "Takes the place of the record with SHA-256",
}

#: For whom a view of a record is made, in words.
AUDIENCES = {
    "validator": "those who check the model",
    "business": "those who use the model",
    "person": "the person whom the decision is about",
}

_TABLES = {"applicability": "which regimes apply", "protected_terms": "protected terms", "findings": "findings"}


def rows(issuance: Statements) -> list[tuple[str, list[str]]]:
    """What is stated: name and texts, in order; an empty list of texts states that there is none.

    Examples
    --------
    >>> rows({"purpose": "Routing", "out_of_scope": [], "decision_role": "unknown"})
    [('Purpose', ['Routing']), ('Out of scope', []), ('Role in the decision', ['unknown'])]
    """
    flat = _flat(issuance)
    return [(name, _texts(key, flat[key])) for key, name in _NAMES.items() if flat.get(key) is not None]


def not_stated(issuance: Statements | None) -> str:
    """One sentence on what nobody states; empty where everything is stated.

    Examples
    --------
    >>> not_stated(None)
    'Nobody states anything about this report: not its date, author or purpose, nor what it may be used for.'
    """
    flat = _flat(issuance or {})
    open_ = [name for key, name in _NAMES.items() if flat.get(key) is None and key != "previous_report"]
    open_ += [name for key, name in _TABLES.items() if flat.get(key) is None]
    if not rows(issuance or {}) and len(open_) == len(_NAMES) - 1 + len(_TABLES):
        return "Nobody states anything about this report: not its date, author or purpose, nor what it may be used for."
    return f"Not stated: {', '.join(name[0].lower() + name[1:] for name in open_)}." if open_ else ""


def hides(record: dict[str, Any], name: str) -> bool:
    """Whether a view of a record hides parts of this name, so that nothing may be concluded from their absence.

    Examples
    --------
    >>> hides({"redaction": {"hidden": [{"where": "/surrogates/0/misses"}]}}, "misses"), hides({}, "misses")
    (True, False)
    """
    hidden = (record.get("redaction") or {}).get("hidden", [])
    return any(one["where"].rpartition("/")[2] == name for one in hidden)


def counts(answers: Iterable[Any]) -> str:
    """How many fields of the checklist, or rows of the crosswalk, have which status.

    Examples
    --------
    >>> counts([{"status": "evidenced"}, {"status": "missing"}, {"status": "evidenced"}])
    '2 evidenced, 0 asserted by a person, 1 missing, 0 not applicable'
    """
    found = Counter(one["status"] if isinstance(one, dict) else one.status for one in answers)
    return ", ".join(f"{found[status]} {status}" for status in ("evidenced", ASSERTED, "missing", "not applicable"))


def _flat(issuance: Statements) -> Statements:
    return {**issuance, **(issuance.get("data_statement") or {})}


def _texts(key: str, value: Any) -> list[str]:
    if key == "decision_role":
        return [_ROLES[value]]
    if key == "retention":
        hold = {True: "under legal hold", False: "no legal hold", None: None}[value["legal_hold"]]
        until = None if value["delete_after"] is None else f"delete after {value['delete_after']}"
        return [part for part in (value["name"], until, hold) if part is not None]
    return list(value) if isinstance(value, list) else [value]
