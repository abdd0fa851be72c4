"""The sheets of a report about a corpus."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus import glossary, order, wording
from surrogate.report.render.sheets import Cell, Sheet, estimate_cells, frame

__all__ = ["global_sheets"]

_ENDS = ["Interval, lower end", "Interval, upper end", "Level"]


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
        ["Verdict", wording.headline(record)],
        ["Note", record["banner"]],
        ["Model", record["model"]["name"]],
        ["Fingerprint of the model", record["model"]["fingerprint"]],
        ["Documents", documents["n_documents"]],
        ["Documents to fit", documents["n_fit"]],
        ["Documents held out", documents["n_test"]],
        ["Distinct texts the model was asked about", production["n_calls"]],
        *[[f"Decided “{one['label']}”", one["n"]] for one in documents["decisions"]],
        *[[wording.member_title(one), f"{_state(one)}. {one['verdict']['reason']}"] for one in members],
        *[[f"Concept {one['number']}: {one['label']}", one["n_documents"]] for one in record["concepts"]],
        *[["Finding", finding] for finding in record["findings"]],
        *[["Limit", limit] for limit in record["limits"]],
        ["SHA-256 of the texts", documents["texts_sha256"]],
        ["SHA-256 of the answers", production["answers_sha256"]],
        ["SHA-256 of report.json", sha256],
    ]
    return Sheet("Summary", ["What", "Value"], rows)


def _state(member: dict[str, Any]) -> str:
    return "Withheld" if member["withheld"] else "Shown"


def _rules_of(member: dict[str, Any]) -> list[tuple[str, str | None, str, str, dict[str, Any]]]:
    """Name, id, condition and decision of each rule, with what was found of it."""
    model, title = member["model"], wording.member_title(member)
    if member["withheld"] or not member["rules"]:
        return []
    if member["kind"] == "rule_list":
        parts = [(rule["id"], order.pairs(rule), rule["class_index"]) for rule in model["rules"]]
    else:
        leaves = order.paths(model)
        shares = [model["nodes"][leaf]["probabilities"] for leaf, _ in leaves]
        tops = [share.index(max(share)) for share in shares]
        parts = [(None, way, top) for (_, way), top in zip(leaves, tops, strict=True)]
    return [
        (f"{title}: R{number}", name, _condition(model["features"], way), model["classes"][top], found)
        for number, ((name, way, top), found) in enumerate(zip(parts, member["rules"], strict=True), 1)
    ]


def _condition(features: list[dict[str, Any]], way: list[tuple[int, bool]]) -> str:
    told = [
        f"{wording.condition_words(features[place], present)} {wording.feature_name(features[place])}".strip()
        for place, present in way
    ]
    return " AND ".join(told) or "always"


def _rules(rules: list[tuple[str, str | None, str, str, dict[str, Any]]]) -> Sheet:
    rows: list[list[Cell]] = [
        [title, name, condition, label, *estimate_cells(found["precision"]), *estimate_cells(found["coverage"])[:3],
         found["n"], found["n_fit"], found["lift"], found["grade"]]
        for title, name, condition, label, found in rules
    ]  # fmt: skip
    columns = ["Rule", "Id", "Condition", "Decision", "Precision", *_ENDS]
    columns += ["Coverage", "Coverage, lower end", "Coverage, upper end", "Held-out documents", "Fitted documents"]
    return frame("Rules", [*columns, "Lift", "Grade"], rows)


def _terms(members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        if member["kind"] != "multinomial" or member["withheld"]:
            continue
        model = member["model"]
        for label, value in zip(model["classes"], model["intercepts"], strict=True):
            rows.append([label, "(intercept)", None, None, value, None, None, None, None])
        for one in model["coefficients"]:
            feature = model["features"][one["feature"]]
            kind, forms = glossary.kind_name(feature["kind"]), ", ".join(feature["forms"])
            told = [model["classes"][one["class_index"]], wording.feature_name(feature), kind, forms]
            share = member["shares"][one["feature"]]
            rows.append([*told, one["value"], one["low"], one["high"], share, one["frequency"]])
    columns = ["Decision", "Term", "Kind", "Forms", "Weight (log-odds)", "Interval, lower end", "Interval, upper end"]
    return frame("Terms", [*columns, "Documents with it (share)", "Found again (share of refits)"], rows)


def _cases(record: dict[str, Any], rules: list[tuple[str, str | None, str, str, dict[str, Any]]]) -> Sheet:
    named: list[tuple[str, str, int]] = []
    for title, _, _, _, found in rules:
        named += [("typical of a rule", title, place) for place in found["typical"]]
        named += [("counter-example of a rule", title, place) for place in found["counterexamples"]]
    for one in record["examples"]:
        named += [("prototype of a decision", one["label"], place) for place in one["prototypes"]]
        named += [("criticism of a decision", one["label"], place) for place in one["criticisms"]]
    for one in record["concepts"]:
        concept = f"{one['number']}: {one['label']}"
        named += [("typical of a concept", concept, place) for place in one["typical"]]
    rows: list[list[Cell]] = []
    for kind, of, place in named:
        text = record["quoted"][str(place)]
        rows.append([kind, of, text["id"], text["text"], text["decision"], text["probability"], text["held_out"]])
    columns = ["Kind", "Of", "Document", "Text", "Label of the model", "Probability of its label", "Held out"]
    return frame("Cases", columns, rows)


def _fidelity(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        title = f"{wording.member_title(member)}{' (withheld)' if member['withheld'] else ''}"
        fidelity = member["fidelity"]
        names = (("Same decision", "agreement"), ("Coverage", "coverage"), ("Precision where covered", "precision"))
        for name, key in names if fidelity is not None else ():
            one = fidelity[key]
            if one is not None:
                rows.append([title, name, *estimate_cells(one), one["baseline"], fidelity["n"]])
        for part in member["slices"]:
            name = f"Same decision where {part['by']} is {part['value']}"
            rows.append([title, name, *estimate_cells(part["agreement"]), None, part["n"]])
        rows += [
            [title, f"No rule covers, decided “{label}”", None, None, None, None, None, number]
            for label, number in member["undecided"]
        ]
    accuracy = record["accuracy"]
    if accuracy is not None:
        rows.append(["the model", "Accuracy", *estimate_cells(accuracy["model"]), None, accuracy["n"]])
        for one in accuracy["members"]:
            rows.append([one["name"], "Accuracy", *estimate_cells(one["accuracy"]), None, accuracy["n"]])
    return frame("Fidelity", ["Surrogate", "Measure", "Value", *_ENDS, "Baseline", "Documents"], rows)
