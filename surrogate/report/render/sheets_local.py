"""The sheets of a report about one text."""

from __future__ import annotations

from typing import Any

from surrogate.report import words
from surrogate.report.language import message, recorded, say, translated
from surrogate.report.marks import unit_name
from surrogate.report.normal import ordered
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
from surrogate.report.verdicts import headline, surrogate_title

__all__ = ["local_sheets"]

#: What is measured on test copies.
_MEASURES = {
    "r2": message("R²"),
    "mae_probability": message("Error in probability"),
    "agreement": message("Same decision"),
}


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
        [say("Verdict"), headline(record)],
        [say("Note"), recorded(record["banner"])],
        [say("Model"), record["model"]["name"]],
        [say("Fingerprint of the model"), record["model"]["fingerprint"]],
        [say("Text"), record["document"]["text"]],
        [say("Label of the model"), decision["label"]],
        [say("Explained label"), decision["target"]],
        [say("Against"), decision["opposite"]],
        *[
            [say("Probability of “{label}”", label=label), value]
            for label, value in sorted(decision["probabilities"].items())
        ],
        *[[say("Calls: {role}", role=translated(role)), number] for role, number in record["calls"].items()],
        *member_rows(members, surrogate_title),
        *[[say("Finding"), recorded(finding)] for finding in record["findings"]],
        *[[say("Limit"), recorded(limit)] for limit in record["limits"]],
        [say("SHA-256 of the text"), record["production"]["text_sha256"]],
        [say("SHA-256 of the answers"), record["production"]["answers_sha256"]],
        [say("SHA-256 of report.json"), sha256],
    ]
    return Sheet(say("Summary"), [say("What"), say("Value")], rows)


def _rules(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        for rule in member["rules"]:
            # In the same order as the columns below.
            condition = words.condition(record, rule["literals"]) or say("otherwise")
            told = [surrogate_title(member), rule["order"], rule["id"], condition, rule["consequent"]]
            measured = [rule["probability"], *estimate_cells(rule["precision"]), rule["coverage"], rule["support"]]
            rows.append([*told, *measured, word(rule["grade"]), rule["frequency"]])
        if member["kind"] == "anchor" and member["model"] and member["model"].get("chosen") is not None:
            rows.append(_anchor(record, member))
    columns = [
        say("Surrogate"),
        say("Place in the list"),
        say("Id"),
        say("Condition"),
        say("Decision"),
        say("Mean probability"),
        say("Precision"),
        *interval_columns(),
    ]
    return frame(
        say("Rules"),
        [*columns, say("Coverage"), say("Support (copies)"), say("Grade"), say("Found again (share of refits)")],
        rows,
    )


def _anchor(record: dict[str, Any], member: dict[str, Any]) -> list[Cell]:
    model = member["model"]
    chosen = model["candidates"][model["chosen"]]
    condition = words.condition(record, chosen["literals"]) or say("nothing in particular")
    decision = record["decision"]
    kept = decision["target"] if model["decision"] else decision["opposite"]
    told = [surrogate_title(member), None, None, condition, kept, None]
    return [
        *told,
        *estimate_cells(model["precision"]),
        chosen["coverage"],
        model["n_draws"],
        word(model["status"]),
        None,
    ]


def _terms(record: dict[str, Any], members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        model, title = member["model"] or {}, surrogate_title(member)
        for kind, items in (("term", model.get("terms", [])), ("effect", model.get("effects", []))):
            for item in items:
                name = words.term_name(record, item) if kind == "term" else unit_name(record, item["unit"])
                value = [item["coefficient"], item["low"], item["high"]]
                grades = [word(item.get("grade")), item.get("frequency")]
                rows.append([title, word(kind), name, *value, word(model["scale"]), *grades])
        if member["kind"] == "shapley" and model:
            rows += [
                [title, say("Shapley value"), unit_name(record, unit), *three, word(model["scale"]), None, None]
                for unit, *three in _values_of(model)
            ]
    columns = [
        say("Surrogate"),
        say("Kind"),
        say("Name"),
        say("Value"),
        say("Interval, lower end"),
        say("Interval, upper end"),
        say("Scale"),
        say("Grade"),
    ]
    return frame(say("Terms"), [*columns, say("Found again (share of refits)")], rows)


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
        [say("flip: changes the decision"), None, flip["text"], flip["label"], flip["probability"],
         flip["target_probability"], None, say(", ").join(unit_name(record, unit) for unit in flip["removed"])]
        for flip in record["flips"]
    ]  # fmt: skip
    for member in members:
        rows += [
            [say("miss: where the surrogate is wrong"), surrogate_title(member), miss["text"], None, None, miss["model"],
             miss["surrogate"], None]
            for miss in member["misses"]
        ]  # fmt: skip
    columns = [
        say("Kind"),
        say("Surrogate"),
        say("Altered copy"),
        say("Label of the model"),
        say("Probability of its label"),
    ]
    target = record["decision"]["target"]
    return frame(
        say("Cases"),
        [*columns, say("Model: “{label}”", label=target), say("Surrogate: “{label}”", label=target), say("Removed")],
        rows,
    )


def _fidelity(members: list[dict[str, Any]]) -> Sheet:
    rows: list[list[Cell]] = []
    for member in members:
        fidelity = member["fidelity"]
        title = surrogate_name(surrogate_title(member), member["withheld"])
        for key, name in _MEASURES.items():
            if fidelity is not None:
                one = fidelity[key]
                rows.append([title, say(name), *estimate_cells(one), one["baseline"], fidelity["n_test"]])
        for band in member["bands"]:
            ends = {end: f"{band[key]:.0%}" for end, key in (("low", "from_share"), ("high", "to_share"))}
            name = say("Error in probability, {low} to {high} of the text kept", **ends)
            rows.append([title, name, band["mae_probability"], None, None, None, None, band["n_test"]])
        if member["stability"]:
            share, n_refits = member["stability"]["decisions_alike"], member["stability"]["n_refits"]
            rows.append(
                [title, say("Refits decide alike ({n} refits)", n=n_refits), share, None, None, None, None, None]
            )
    return frame(
        say("Fidelity"),
        [say("Surrogate"), say("Measure"), say("Value"), *interval_columns(), say("Baseline"), say("Copies")],
        rows,
    )
