"""What the record of one text says to those fields of the checklist that depend on the kind of record."""

from __future__ import annotations

from surrogate.report.record.answering import (
    Answer,
    Record,
    Says,
    at,
    evidenced,
    first,
    missing,
    where_filled,
)

__all__ = ["LOCAL"]

#: Surrogates that are made of rules, and those that are made of coefficients with the place of these.
_RULES = {"tree": "rules", "rule_set": "rules", "anchor": "model"}
_COEFFICIENTS = {"linear": "terms", "shapley": "values"}

_ALL_ASKED = "Every possible copy was asked, so that nothing about it is left to chance."


def _unless_exhaustive(reason: str, says: Says) -> Says:
    def either(record: Record) -> Answer:
        return Answer("not applicable", reason) if at(record, "/production/exhaustive") else says(record)

    return either


def _rules(record: Record) -> Answer:
    of = [one for one in record.get("surrogates", []) if one["kind"] in _RULES]
    for number, member in enumerate(record.get("surrogates", [])):
        if member["kind"] in _RULES and member.get(_RULES[member["kind"]]):
            where = f"/surrogates/{number}/{_RULES[member['kind']]}"
            return Answer(
                "evidenced",
                "Each with condition, decision, coverage, and precision with its interval on copies kept back for testing.",
                where,
            )
    if of:
        return Answer("missing", "Withheld: the evidence carries no surrogate that is made of rules.")
    return Answer("not applicable", "The recipe fits no surrogate that is made of rules.")


def _coefficients(record: Record) -> Answer:
    of = [one for one in record.get("surrogates", []) if one["kind"] in _COEFFICIENTS]
    for number, member in enumerate(record.get("surrogates", [])):
        name = _COEFFICIENTS.get(member["kind"])
        if name is not None and at(member, f"/model/{name}"):
            return Answer(
                "evidenced",
                "Each with its interval; scale and frequency among refits are told, correlated groups are not.",
                f"/surrogates/{number}/model/{name}",
            )
    if of:
        return Answer(
            "missing", "Withheld, or nothing was selected: there is no coefficient that the evidence carries."
        )
    return Answer("not applicable", "The recipe fits no surrogate that is made of coefficients.")


def _flips(record: Record) -> Answer:
    if not isinstance(record.get("flips"), list):
        return Answer("missing", "The record has nothing at /flips.")
    if record["flips"]:
        reason = "Altered copies that the model itself decided otherwise; rules are checked on copies that the model answered."
    else:
        reason = "None of the altered copies that were asked changed the decision; rules are checked on copies that were asked."
    return Answer("evidenced", reason, "/flips")


def _fidelity(record: Record) -> Answer:
    where = where_filled(record, "surrogates", "fidelity")
    if where is None:
        return Answer("missing", "No surrogate could be measured: too few copies were usable.")
    exact = at(record, "/production/exhaustive")
    on = "all possible copies" if exact else "copies kept back for testing, with number, interval, level and baseline"
    return Answer(
        "evidenced", f"Fidelity on {on}. Accuracy is not measured: the true label of the text is not known.", where
    )


def _case(record: Record) -> Answer:
    if any(not one["withheld"] for one in record.get("surrogates", [])):
        reason = "What the model decides; whether the surrogates decide alike is told before reasons are given."
    else:
        reason = "What the model decides; no surrogate is shown, so that no reasons may be given."
    return Answer("evidenced", reason, "/decision") if at(record, "/decision") else Answer("missing", "No decision.")


#: Field by its number.
LOCAL: dict[int, Says] = {
    3: evidenced("/surrogates", "Kind and, where shown, content of each surrogate; the banner is printed first."),
    6: evidenced(
        "/production/text_sha256", "Digest of the text; who labelled what, and language and sampling, are for people."
    ),
    7: _unless_exhaustive(
        f"{_ALL_ASKED} Nothing is estimated from a part.",
        evidenced(
            "/calls",
            "Copies to fit, to select and to test, drawn apart; shown surrogates are measured on the test part.",
        ),
    ),
    11: _fidelity,
    12: first(
        "surrogates",
        "bands",
        found="Error by the share of the text that is kept; copies with the largest error are quoted.",
        otherwise=missing("Too few copies to tell parts of them apart."),
    ),
    13: first(
        "surrogates",
        "stability",
        found="Agreement of refits to halves of the calls, and the grade of each term and rule that follows from it.",
        otherwise=_unless_exhaustive(_ALL_ASKED, missing("Too few calls to fit again to halves of them.")),
    ),
    14: _flips,
    17: _rules,
    18: _coefficients,
    20: _case,
    21: missing(
        "Codes and their wordings come from a table of the user: surrogate reasons writes the report of the case."
    ),
}
