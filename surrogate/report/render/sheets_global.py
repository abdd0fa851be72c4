"""The sheets of a report about a corpus."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus import glossary, order, parts, wording
from surrogate.report.language import message, recorded, say
from surrogate.report.render.sheets import (
    Cell,
    Sheet,
    estimate_cells,
    frame,
    interval_columns,
    member_rows,
    surrogate_name,
    word,
)

__all__ = ["global_sheets"]

#: What is measured on held-out documents.
_MEASURES = {
    "agreement": message("Same decision"),
    "coverage": message("Coverage"),
    "precision": message("Precision where covered"),
}


def global_sheets(record: dict[str, Any], sha256: str) -> list[Sheet]:
    """The sheets "Summary", "Rules", "Terms", "Cases" and "Fidelity".

    Parameters
    ----------
    record : dict
    sha256 : str
        Of the record.

    Examples
    --------
    >>> global_sheets({}, "")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'members'
    """
    members = record["members"]
    rules = [row for member in members for row in _rules_of(member)]
    return [
        _summary(record, members, sha256),
        _rules(rules),
        _terms(members),
        _cases(record, rules),
        _fidelity(record, members),
    ]


def _summary(record: dict[str, Any], members: list[dict[str, Any]], sha256: str) -> Sheet:
    documents, production = record["documents"], record["production"]
    rows: list[list[Any]] = [
        [say("Verdict"), wording.headline(record)],
        [say("Note"), recorded(record["banner"])],
        [say("Model"), record["model"]["name"]],
        [say("Fingerprint of the model"), record["model"]["fingerprint"]],
        [say("Documents"), documents["n_documents"]],
        [say("Documents to fit"), documents["n_fit"]],
        [say("Documents held out"), documents["n_test"]],
        [say("Distinct texts the model was asked about"), production["n_calls"]],
        *[[say("Decided “{label}”", label=one["label"]), one["n"]] for one in documents["decisions"]],
        *member_rows(members, wording.member_title),
        *[[say("Concept {concept}", concept=_concept(one)), one["n_documents"]] for one in record["concepts"]],
        *[[say("Finding"), recorded(finding)] for finding in record["findings"]],
        *[[say("Limit"), recorded(limit)] for limit in record["limits"]],
        [say("SHA-256 of the texts"), documents["texts_sha256"]],
        [say("SHA-256 of the answers"), production["answers_sha256"]],
        [say("SHA-256 of report.json"), sha256],
    ]
    return Sheet(say("Summary"), [say("What"), say("Value")], rows)


def _concept(concept: dict[str, Any]) -> str:
    return f"{concept['number']}: {wording.concept_name(concept['label'])}"


def _rules_of(member: dict[str, Any]) -> list[tuple[str, str | None, str, str, dict[str, Any]]]:
    """Name, id, condition and decision of each rule, with what was found of it."""
    model, title = member["model"], wording.member_title(member)
    if member["withheld"] or not member["rules"]:
        return []
    if member["kind"] == "rule_list":
        told = [(rule["id"], order.pairs(rule), rule["class_index"]) for rule in model["rules"]]
    else:
        leaves = order.paths(model)
        shares = [model["nodes"][leaf]["probabilities"] for leaf, _ in leaves]
        tops = [share.index(max(share)) for share in shares]
        told = [(None, way, top) for (_, way), top in zip(leaves, tops, strict=True)]
    return [
        (
            say("{surrogate}: R{number}", surrogate=title, number=number),
            name,
            _condition(model["features"], way),
            model["classes"][top],
            found,
        )
        for number, ((name, way, top), found) in enumerate(zip(told, member["rules"], strict=True), 1)
    ]


def _condition(features: list[dict[str, Any]], way: list[tuple[int, bool]]) -> str:
    told = [
        say(wording.condition_form(features[place], present), feature=wording.feature_name(features[place])).strip()
        for place, present in way
    ]
    return say(" AND ").join(told) or say("always")


def _rules(rules: list[tuple[str, str | None, str, str, dict[str, Any]]]) -> Sheet:
    rows: list[list[Cell]] = [
        [title, name, condition, label, *estimate_cells(found["precision"]), *estimate_cells(found["coverage"])[:3],
         found["n"], found["n_fit"], found["lift"], word(found["grade"])]
        for title, name, condition, label, found in rules
    ]  # fmt: skip
    columns = [say("Rule"), say("Id"), say("Condition"), say("Decision"), say("Precision"), *interval_columns()]
    columns += [
        say("Coverage"),
        say("Coverage, lower end"),
        say("Coverage, upper end"),
        say("Held-out documents"),
        say("Fitted documents"),
    ]
    return frame(say("Rules"), [*columns, say("Lift"), say("Grade")], rows)


def _terms(members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        if member["kind"] != "multinomial" or member["withheld"]:
            continue
        model = member["model"]
        for label, value in zip(model["classes"], model["intercepts"], strict=True):
            rows.append([label, say("(intercept)"), None, None, value, None, None, None, None])
        for one in model["coefficients"]:
            feature = model["features"][one["feature"]]
            kind, forms = glossary.kind_name(feature["kind"]), wording.joined(feature["forms"])
            told = [model["classes"][one["class_index"]], wording.feature_name(feature), kind, forms]
            share = member["shares"][one["feature"]]
            rows.append([*told, one["value"], one["low"], one["high"], share, one["frequency"]])
    columns = [
        say("Decision"),
        say("Term"),
        say("Kind"),
        say("Forms"),
        say("Weight (log-odds)"),
        say("Interval, lower end"),
        say("Interval, upper end"),
    ]
    return frame(say("Terms"), [*columns, say("Documents with it (share)"), say("Found again (share of refits)")], rows)


def _cases(record: dict[str, Any], rules: list[tuple[str, str | None, str, str, dict[str, Any]]]) -> Sheet:
    named: list[tuple[str, str, int]] = []
    for title, _, _, _, found in rules:
        named += [(say("typical of a rule"), title, place) for place in found["typical"]]
        named += [(say("counter-example of a rule"), title, place) for place in found["counterexamples"]]
    for one in record["examples"]:
        named += [(say("prototype of a decision"), one["label"], place) for place in one["prototypes"]]
        named += [(say("criticism of a decision"), one["label"], place) for place in one["criticisms"]]
    for one in record["concepts"]:
        named += [(say("typical of a concept"), _concept(one), place) for place in one["typical"]]
    rows: list[list[Cell]] = []
    for kind, of, place in named:
        text = record["quoted"][str(place)]
        rows.append([kind, of, text["id"], text["text"], text["decision"], text["probability"], text["held_out"]])
    columns = [
        say("Kind"),
        say("Of"),
        say("Document"),
        say("Text"),
        say("Label of the model"),
        say("Probability of its label"),
        say("Held out"),
    ]
    return frame(say("Cases"), columns, rows)


def _fidelity(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        title = surrogate_name(wording.member_title(member), member["withheld"])
        fidelity = member["fidelity"]
        for key, name in _MEASURES.items() if fidelity is not None else ():
            one = fidelity[key]
            if one is not None:
                rows.append([title, say(name), *estimate_cells(one), one["baseline"], fidelity["n"]])
        for part in member["slices"]:
            by, value = parts.part_name(part["by"]), parts.part_value(part["by"], part["value"])
            name = say("Same decision where {part} is {value}", part=by, value=value)
            rows.append([title, name, *estimate_cells(part["agreement"]), None, part["n"]])
        rows += [
            [title, say("No rule covers, decided “{label}”", label=label), None, None, None, None, None, number]
            for label, number in member["undecided"]
        ]
    accuracy = record["accuracy"]
    if accuracy is not None:
        rows.append([say("the model"), say("Accuracy"), *estimate_cells(accuracy["model"]), None, accuracy["n"]])
        for one in accuracy["members"]:
            rows.append([one["name"], say("Accuracy"), *estimate_cells(one["accuracy"]), None, accuracy["n"]])
    return frame(
        say("Fidelity"),
        [say("Surrogate"), say("Measure"), say("Value"), *interval_columns(), say("Baseline"), say("Documents")],
        rows,
    )
