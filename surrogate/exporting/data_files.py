"""Rules as data: JSON with exact conditions and evidence, and CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from surrogate.canonical import canonical
from surrogate.exporting.heading import Heading
from surrogate.exporting.logic import NO_RULE, DecisionRow, DecisionTable, Scorecard
from surrogate.exporting.members import Member
from surrogate.exporting.plain import defused
from surrogate.exporting.wording import KEPT
from surrogate.report.visible import visible

__all__ = ["csv_bytes", "json_bytes", "table_from_json", "write_csv", "write_json"]

_SHARES = ("precision", "coverage")


def json_bytes(value: Any) -> bytes:
    """A JSON value as indented UTF-8 with sorted keys."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def csv_bytes(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """A CSV file: text is defused, numbers are numbers, None is an empty cell."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([defused(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue().encode("utf-8")


def write_json(member: Member, heading: Heading) -> bytes:
    """rules.json: the exact conditions of each rule, or the coefficients, with what was measured.

    Parameters
    ----------
    member : Member
    heading : Heading
    """
    logic = member.logic
    said: dict[str, Any] = {
        "schema": "surrogate-rules",
        "schema_version": "1.0",
        **heading.to_dict(),
        "surrogate": {"name": member.name, "kind": member.model.kind, "fidelity": member.fidelity},
        "classes": list(logic.classes),
        "columns": [{"name": column.name, "feature": column.feature.name} for column in logic.columns],
        "executable": member.data_only is None,
        "reason": member.data_only,
    }
    said |= _rules(logic) if isinstance(logic, DecisionTable) else _scores(logic)
    return json_bytes(canonical(said))


def _rules(table: DecisionTable) -> dict[str, Any]:
    return {
        "kind": "decision table",
        "reading": "Rules are heard in this order; the first of which all conditions hold speaks.",
        "complete": table.complete,
        "otherwise": None if table.complete else {"class": None, "rule": NO_RULE},
        "rules": [
            {
                "id": row.id,
                "number": row.number,
                "class": table.classes[row.class_index],
                "class_index": row.class_index,
                "conditions": [
                    {
                        "column": table.columns[place].name,
                        "feature": table.columns[place].feature.name,
                        "present": present,
                    }
                    for place, present in row.tests
                ],
                "evidence": {name: row.evidence[name] for name in KEPT if name in row.evidence},
            }
            for row in table.rows
        ],
    }


def _scores(card: Scorecard) -> dict[str, Any]:
    measured = {(one["class_index"], one["feature"]): one for one in card.evidence["coefficients"]}
    return {
        "kind": "scorecard",
        "reading": "The score of a class is 0, plus the weights of the columns that are present in the order of the columns, "
        "plus the intercept, in 64-bit floating point; the class of the highest score, the first of equals.",
        "scores": [
            {
                "class": label,
                "intercept": card.intercepts[number],
                "weights": [
                    {
                        "column": card.columns[place].name,
                        "feature": card.columns[place].feature.name,
                        "weight": weight,
                        **{name: measured[number, place].get(name) for name in ("low", "high", "frequency")},
                    }
                    for place, weight in card.weights[number]
                ],
            }
            for number, label in enumerate(card.classes)
        ],
    }


def table_from_json(content: bytes, member: Member) -> DecisionTable | Scorecard:
    """The logic as another system reads it back from rules.json, over the columns of a surrogate.

    Parameters
    ----------
    content : bytes
    member : Member
    """
    said = json.loads(content)
    places = {column["name"]: number for number, column in enumerate(said["columns"])}
    columns, classes = member.logic.columns, tuple(said["classes"])
    if said["kind"] == "scorecard":
        weights = tuple(
            tuple((places[one["column"]], float(one["weight"])) for one in score["weights"]) for score in said["scores"]
        )
        return Scorecard(columns, classes, tuple(float(score["intercept"]) for score in said["scores"]), weights)
    rows = tuple(
        DecisionRow(
            rule["id"],
            rule["number"],
            tuple((places[test["column"]], test["present"]) for test in rule["conditions"]),
            classes.index(rule["class"]),
        )
        for rule in said["rules"]
    )
    return DecisionTable(columns, classes, rows, said["complete"])


def write_csv(member: Member, _heading: Heading) -> bytes:
    """rules.csv: a line to a rule, or to a coefficient, to be read; hidden characters are shown as signs.

    It has no heading, which no table could hold; ``exports.json`` beside it has.

    Parameters
    ----------
    member : Member
    """
    logic = member.logic
    return _rule_lines(logic) if isinstance(logic, DecisionTable) else _weight_lines(logic)


def _rule_lines(table: DecisionTable) -> bytes:
    measures = [f"{name}{end}" for name in _SHARES for end in ("", "_low", "_high")]
    header = ["heard", "id", "number", "class", "condition", "exact", *measures, "n", "n_fit", "n_decides", "grade"]
    rows = []
    for heard, row in enumerate(table.rows, 1):
        tests = [(table.columns[place], present) for place, present in row.tests]
        words = " and ".join(f"{column.feature.name} {'present' if on else 'absent'}" for column, on in tests)
        exact = json.dumps([[column.name, present] for column, present in tests])
        shares = [row.evidence.get(name) or {} for name in _SHARES]
        numbers = [share.get(end) for share in shares for end in ("value", "low", "high")]
        counts = [row.evidence.get(name) for name in ("n", "n_fit", "n_decides", "grade")]
        label = visible(table.classes[row.class_index])
        rows.append([heard, row.id, row.number, label, visible(words), exact, *numbers, *counts])
    return csv_bytes(header, rows)


def _weight_lines(card: Scorecard) -> bytes:
    measured = {(one["class_index"], one["feature"]): one for one in card.evidence["coefficients"]}
    rows: list[list[Any]] = []
    for number, name in enumerate(card.classes):
        label = visible(name)
        rows.append([label, "intercept", None, card.intercepts[number], None, None, None])
        for place, weight in card.weights[number]:
            told = measured[number, place]
            column = card.columns[place]
            ends = [told.get(name) for name in ("low", "high", "frequency")]
            rows.append([label, column.name, visible(column.feature.name), weight, *ends])
    return csv_bytes(["class", "column", "feature", "weight", "low", "high", "frequency"], rows)
