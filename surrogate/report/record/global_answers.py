"""What the record of a corpus says to those fields of the checklist that depend on the kind of record."""

from __future__ import annotations

from surrogate.report.record.answering import (
    Answer,
    Record,
    Says,
    at,
    evidenced,
    first,
    missing,
    not_applicable,
    where_filled,
)

__all__ = ["GLOBAL"]

#: Surrogates that are made of rules; a tree has a rule to each leaf.
_RULES = ("rule_list", "class_tree")


def _place(record: Record, kinds: tuple[str, ...], name: str) -> str | None:
    for number, member in enumerate(record.get("members", [])):
        if member["kind"] in kinds and member.get(name):
            return f"/members/{number}/{name}"
    return None


def _rules(record: Record) -> Answer:
    where = _place(record, _RULES, "rules")
    if where is not None:
        return Answer(
            "evidenced",
            "Identifier and condition of each rule are in the model beside; coverage, precision with interval, overlaps and "
            "counter-examples on held-out documents are here; what no rule covers is told.",
            where,
        )
    if any(one["kind"] in _RULES for one in record.get("members", [])):
        return Answer("missing", "Withheld: the evidence carries no surrogate that is made of rules.")
    return Answer("not applicable", "The recipe fits no surrogate that is made of rules.")


def _coefficients(record: Record) -> Answer:
    of = [one for one in record.get("members", []) if one["kind"] == "multinomial"]
    where = where_filled(record, "members", "model", "coefficients")
    if where is not None:
        return Answer(
            "evidenced", "In log-odds, with intervals where they were estimated; correlated groups are not told.", where
        )
    if of:
        return Answer("missing", "Withheld: the evidence does not carry the linear surrogate.")
    return Answer("not applicable", "The recipe fits no linear surrogate.")


def _fidelity(record: Record) -> Answer:
    where = where_filled(record, "members", "fidelity")
    if where is None:
        return Answer("missing", "No surrogate could be measured.")
    truth = (
        "No labels were given, so that accuracy is not measured."
        if at(record, "/accuracy") is None
        else "Accuracy against the labels is in a table of its own."
    )
    return Answer(
        "evidenced", f"On held-out documents, with their number, intervals, level and baseline. {truth}", where
    )


def _stability(record: Record) -> Answer:
    where = where_filled(record, "members", "model", "coefficients")
    if where is not None and any(one["frequency"] is not None for one in at(record, where)):
        return Answer("evidenced", "How often resampled fits select each coefficient again.", where)
    return Answer("missing", "The surrogates were not fitted again with other seeds or to resampled documents.")


#: Field by its number.
GLOBAL: dict[int, Says] = {
    3: evidenced("/members", "Kind and, where shown, content of each surrogate; the banner is printed first."),
    6: evidenced(
        "/documents",
        "Numbers, digest of the texts and decisions on them; who labelled, language and sampling are for people.",
    ),
    7: evidenced(
        "/production/split",
        "Documents are split by the hash of their text, so that equal texts are never apart; counts are told.",
    ),
    11: _fidelity,
    12: first(
        "members",
        "slices",
        found="Agreement by decision, length, concept and column, the worst first; what no rule covers is told.",
        otherwise=missing("Too few held-out documents to tell parts of them apart."),
    ),
    13: _stability,
    14: missing("Documents are not edited as a rule says and asked again; surrogate explain does so for single texts."),
    17: _rules,
    18: _coefficients,
    20: not_applicable("No single case is decided here; surrogate explain --rules tells which rules hold for a text."),
    21: not_applicable("Reasons belong to single cases; this record is of a corpus."),
}
