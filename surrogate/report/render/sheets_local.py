"""The sheets of a report about one text."""

from __future__ import annotations

from typing import Any

from surrogate.report import words
from surrogate.report.marks import unit_name
from surrogate.report.normal import ordered
from surrogate.report.render.sheets import Cell, Sheet, estimate_cells, frame
from surrogate.report.verdicts import headline, surrogate_title

__all__ = ["local_sheets"]

_ENDS = ["Interval, lower end", "Interval, upper end", "Level"]


def local_sheets(record: dict[str, Any], sha256: str) -> list[Sheet]:
    """The sheets "Summary", "Rules", "Terms", "Cases" and "Fidelity".

    Parameters
    ----------
    record : dict
    sha256 : str
        Of the record.

    Examples
    --------
    >>> local_sheets({}, "")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    KeyError: 'surrogates'
    """
    record = ordered(record)
    members = record["surrogates"]
    return [
        _summary(record, members, sha256),
        _rules(record, members),
        _terms(record, members),
        _cases(record, members),
        _fidelity(members),
    ]


def _summary(record: dict[str, Any], members: list[dict[str, Any]], sha256: str) -> Sheet:
    decision = record["decision"]
    rows: list[list[Any]] = [
        ["Verdict", headline(record)],
        ["Note", record["banner"]],
        ["Model", record["model"]["name"]],
        ["Fingerprint of the model", record["model"]["fingerprint"]],
        ["Text", record["document"]["text"]],
        ["Label of the model", decision["label"]],
        ["Explained label", decision["target"]],
        ["Against", decision["opposite"]],
        *[[f"Probability of “{label}”", value] for label, value in sorted(decision["probabilities"].items())],
        *[[f"Calls: {role}", number] for role, number in record["calls"].items()],
        *[[surrogate_title(one), f"{_state(one)}. {one['verdict']['reason']}"] for one in members],
        *[["Finding", finding] for finding in record["findings"]],
        *[["Limit", limit] for limit in record["limits"]],
        ["SHA-256 of the text", record["production"]["text_sha256"]],
        ["SHA-256 of the answers", record["production"]["answers_sha256"]],
        ["SHA-256 of report.json", sha256],
    ]
    return Sheet("Summary", ["What", "Value"], rows)


def _state(member: dict[str, Any]) -> str:
    return "Withheld" if member["withheld"] else "Shown"


def _rules(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        for rule in member["rules"]:
            # In the same order as the columns below.
            condition = words.condition(record, rule["literals"]) or "otherwise"
            told = [surrogate_title(member), rule["order"], rule["id"], condition, rule["consequent"]]
            measured = [rule["probability"], *estimate_cells(rule["precision"]), rule["coverage"], rule["support"]]
            rows.append([*told, *measured, rule["grade"], rule["frequency"]])
        if member["kind"] == "anchor" and member["model"] and member["model"].get("chosen") is not None:
            rows.append(_anchor(record, member))
    columns = ["Surrogate", "Place in the list", "Id", "Condition", "Decision", "Mean probability", "Precision", *_ENDS]
    return frame("Rules", [*columns, "Coverage", "Support (copies)", "Grade", "Found again (share of refits)"], rows)


def _anchor(record: dict[str, Any], member: dict[str, Any]) -> list[Cell]:
    model = member["model"]
    chosen = model["candidates"][model["chosen"]]
    condition = words.condition(record, chosen["literals"]) or "nothing in particular"
    decision = record["decision"]
    kept = decision["target"] if model["decision"] else decision["opposite"]
    told = [surrogate_title(member), None, None, condition, kept, None]
    return [*told, *estimate_cells(model["precision"]), chosen["coverage"], model["n_draws"], model["status"], None]


def _terms(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        model, title = member["model"] or {}, surrogate_title(member)
        for kind, items in (("term", model.get("terms", [])), ("effect", model.get("effects", []))):
            for item in items:
                name = words.term_name(record, item) if kind == "term" else unit_name(record, item["unit"])
                value = [item["coefficient"], item["low"], item["high"]]
                rows.append([title, kind, name, *value, model["scale"], item.get("grade"), item.get("frequency")])
        if member["kind"] == "shapley" and model:
            rows += [
                [title, "Shapley value", unit_name(record, unit), *three, model["scale"], None, None]
                for unit, *three in _values_of(model)
            ]
    columns = ["Surrogate", "Kind", "Name", "Value", "Interval, lower end", "Interval, upper end", "Scale", "Grade"]
    return frame("Terms", [*columns, "Found again (share of refits)"], rows)


def _values_of(model: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Unit, value and interval of each Shapley value, in the order of the units.

    Examples
    --------
    >>> _values_of({"values": [0.5], "low": None, "high": None})
    [(0, 0.5, None, None)]
    """
    n_units = len(model["values"])
    low, high = (model[end] or [None] * n_units for end in ("low", "high"))
    return list(zip(range(n_units), model["values"], low, high, strict=True))


def _cases(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = [
        ["flip: changes the decision", None, flip["text"], flip["label"], flip["probability"],
         flip["target_probability"], None, ", ".join(unit_name(record, unit) for unit in flip["removed"])]
        for flip in record["flips"]
    ]  # fmt: skip
    for member in members:
        rows += [
            ["miss: where the surrogate is wrong", surrogate_title(member), miss["text"], None, None, miss["model"],
             miss["surrogate"], None]
            for miss in member["misses"]
        ]  # fmt: skip
    columns = ["Kind", "Surrogate", "Altered copy", "Label of the model", "Probability of its label"]
    target = record["decision"]["target"]
    return frame("Cases", [*columns, f"Model: “{target}”", f"Surrogate: “{target}”", "Removed"], rows)


def _fidelity(members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        fidelity = member["fidelity"]
        title = f"{surrogate_title(member)}{' (withheld)' if member['withheld'] else ''}"
        for name, key in (("R²", "r2"), ("Error in probability", "mae_probability"), ("Same decision", "agreement")):
            if fidelity is not None:
                one = fidelity[key]
                rows.append([title, name, *estimate_cells(one), one["baseline"], fidelity["n_test"]])
        for band in member["bands"]:
            name = f"Error in probability, {band['from_share']:.0%} to {band['to_share']:.0%} of the text kept"
            rows.append([title, name, band["mae_probability"], None, None, None, None, band["n_test"]])
        if member["stability"]:
            share, n_refits = member["stability"]["decisions_alike"], member["stability"]["n_refits"]
            rows.append([title, f"Refits decide alike ({n_refits} refits)", share, None, None, None, None, None])
    return frame("Fidelity", ["Surrogate", "Measure", "Value", *_ENDS, "Baseline", "Copies"], rows)
