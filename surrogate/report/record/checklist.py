"""The checklist of a record: what a rule report should carry, and what this one does.

No field says that a clause is met: it is evidenced in the record, asserted by a person beside it, missing, or not applicable,
each with the reason.
"""

from __future__ import annotations

from typing import Any

from surrogate.report.record import kind_of
from surrogate.report.record.answering import Says, asserted, evidenced, missing
from surrogate.report.record.global_answers import GLOBAL
from surrogate.report.record.local_answers import LOCAL

__all__ = ["FIELDS", "checklist"]

#: The fields, in order; the first has number 1.
FIELDS: tuple[str, ...] = (
    "Report: id, versions, content hash, date, previous report",
    "The explained model",
    "The surrogate, and that it is an approximation",
    "Purpose, uses that are out of scope, role in the decision",
    "Applicability of regimes",
    "Data",
    "Fitting, selection and test kept apart",
    "Personal data and readers",
    "Recipe, seeds, versions, digest of the answers",
    "Replay",
    "Fidelity to the model, and accuracy against truth",
    "Fidelity by class and slice",
    "Stability and near-equal alternatives",
    "Counterfactual check",
    "Limitations and foreseeable misuse",
    "Acceptance thresholds and verdict",
    "Rules",
    "Coefficients",
    "Protected and proxy terms",
    "The case: model and surrogate",
    "Reason codes",
    "Author, reviewer, approver",
    "Findings register and changes",
    "How to read it, when to disregard it, monitoring",
    "Manifest, signature, verification",
    "Retention",
    "Accessibility and languages",
    "Clause crosswalk",
)

#: What records of both kinds say in the same way.
_SHARED: dict[int, Says] = {
    1: evidenced(
        "/production/versions",
        "Versions of the schema and of the generator; the content hash is in manifest.json, date and previous report are for "
        "people to state.",
    ),
    2: evidenced(
        "/model", "Name, kind, fingerprint, labels and how it is read; a fingerprint of null says that it has none."
    ),
    4: asserted("Purpose, uses that are out of scope, and whether the decision is automated or assisted."),
    5: asserted("Which regimes apply, why, and who says so."),
    8: asserted("What was redacted, and who may read which view."),
    9: evidenced(
        "/production/recipe", "The recipe in full with seeds; versions and the digest of the answers stand beside it."
    ),
    10: missing(
        "A record cannot tell what is asked after it: surrogate replay asks the model again and reports the verdict."
    ),
    15: evidenced("/limits", "Printed in every rendering."),
    16: evidenced(
        "/production/policy", "The thresholds and, with each surrogate, the verdict; whose policy it is, people state."
    ),
    19: asserted("Which terms are protected or stand in for what is, and what the reviewer decided about them."),
    22: asserted("The author; reviewers and approvers sign, and their decisions are in signatures/."),
    23: asserted("Findings and the previous report; surrogate diff compares two records by meaning."),
    24: asserted(
        "How to question it is printed in every rendering; what is watched, and when it is made anew, people state."
    ),
    25: missing(
        "A record cannot hold its own digest: manifest.json and signatures/ beside it do, and surrogate verify checks them."
    ),
    26: asserted("Class of retention, date of deletion, legal hold."),
    27: missing("A property of the renderings, not of the record: check those that are handed out."),
    28: evidenced("/checklist", "The crosswalk of clauses is computed from this checklist and from what people state."),
}


def checklist(record: dict[str, Any]) -> list[dict[str, Any]]:
    """What a record says to each field, from the record alone.

    Parameters
    ----------
    record : dict
        Of the current version; a checklist in it is not looked at.

    Returns
    -------
    list of dict
        28 of them, with ``field``, ``name``, ``status``, ``where`` and ``reason``.

    Examples
    --------
    >>> [one["status"] for one in checklist({"kind": "local", "limits": ["It is one text."]})][13:16]
    ['missing', 'evidenced', 'missing']
    """
    says = {**_SHARED, **(GLOBAL if kind_of(record) == "global" else LOCAL)}
    itself = {**record, "checklist": FIELDS}
    answers = [says[number](itself) for number in range(1, len(FIELDS) + 1)]
    return [
        {"field": number, "name": name, "status": one.status, "where": one.where, "reason": one.reason}
        for number, (name, one) in enumerate(zip(FIELDS, answers, strict=True), 1)
    ]
