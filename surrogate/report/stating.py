"""What people state about a report, in the words of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from surrogate.report.issuance.answers import ASSERTED
from surrogate.report.language import clauses, message, say

__all__ = ["AUDIENCES", "counts", "hides", "not_stated", "rows"]

Statements = dict[str, Any]

_ROLES = {
    "automated": message("automated: the model decides"),
    "assisted": message("assisted: a person decides, with the model’s answer"),
    "unknown": message("unknown"),
}

#: Names on a page of what is stated, in order; those in tables of their own have none of them here.
_NAMES = {
    "date": message("Date"),
    "author": message("Author"),
    "organisation": message("Organisation"),
    "purpose": message("Purpose"),
    "out_of_scope": message("Out of scope"),
    "decision_role": message("Role in the decision"),
    "labelled_by": message("Who labelled the texts"),
    "language": message("Language of the texts"),
    "sampling": message("How the texts were sampled"),
    "redaction": message("Redaction of personal data"),
    "readers": message("Who may read this"),
    "policy_owner": message("Owner of the acceptance thresholds"),
    "retention": message("Retention"),
    "monitoring": message("Monitoring"),
    "previous_report": message("Takes the place of the record with SHA-256"),
}

#: For whom a view of a record is made, in words.
AUDIENCES = {
    "validator": message("those who check the model"),
    "business": message("those who use the model"),
    "person": message("the person whom the decision is about"),
}

_TABLES = {
    "applicability": message("which regimes apply"),
    "protected_terms": message("protected terms"),
    "findings": message("findings"),
}

#: What people choose from, in tables of their own.
_CHOICES = (
    *(message("yes"), message("no"), message("accepted"), message("rejected"), message("open"), message("closed")),
    *(message("low"), message("medium"), message("high"), message("–")),
)

#: Status of a field of the checklist, and how many have it.
_STATUSES = {
    message("evidenced"): message("{n} evidenced"),
    ASSERTED: message("{n} asserted by a person"),
    message("missing"): message("{n} missing"),
    message("not applicable"): message("{n} not applicable"),
}
_ASSERTED = message("asserted by a person")


def rows(issuance: Statements) -> list[tuple[str, list[str]]]:
    """What is stated: name and texts, in order; an empty list of texts states that there is none.

    Examples
    --------
    >>> rows({"purpose": "Routing", "out_of_scope": [], "decision_role": "unknown"})
    [('Purpose', ['Routing']), ('Out of scope', []), ('Role in the decision', ['unknown'])]
    """
    flat = _flat(issuance)
    return [(say(name), _texts(key, flat[key])) for key, name in _NAMES.items() if flat.get(key) is not None]


def not_stated(issuance: Statements | None) -> str:
    """One sentence on what nobody states; empty where everything is stated.

    Examples
    --------
    >>> not_stated(None)
    'Nobody states anything about this report: not its date, author or purpose, nor what it may be used for.'
    """
    flat = _flat(issuance or {})
    open_ = [say(name) for key, name in _NAMES.items() if flat.get(key) is None and key != "previous_report"]
    open_ += [say(name) for key, name in _TABLES.items() if flat.get(key) is None]
    if not rows(issuance or {}) and len(open_) == len(_NAMES) - 1 + len(_TABLES):
        return say(
            "Nobody states anything about this report: not its date, author or purpose, nor what it may be used for."
        )
    if not open_:
        return ""
    return say("Not stated: {names}.", names=say(", ").join(name[0].lower() + name[1:] for name in open_))


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
    return clauses(*(say(told, n=found[status]) for status, told in _STATUSES.items()))


def _flat(issuance: Statements) -> Statements:
    return {**issuance, **(issuance.get("data_statement") or {})}


def _texts(key: str, value: Any) -> list[str]:
    if key == "decision_role":
        return [say(_ROLES[value])]
    if key == "retention":
        held, date = value["legal_hold"], value["delete_after"]
        hold = {True: say("under legal hold"), False: say("no legal hold"), None: None}[held]
        until = None if date is None else say("delete after {date}", date=date)
        return [part for part in (value["name"], until, hold) if part is not None]
    return list(value) if isinstance(value, list) else [value]
