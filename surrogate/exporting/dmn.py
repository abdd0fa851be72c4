"""DMN 1.3: a decision table with hit policy FIRST over Booleans, and a class and a rule as its outputs."""

from __future__ import annotations

import re
from typing import Any

from surrogate.errors import InputError
from surrogate.exporting.heading import GENERATOR, Heading
from surrogate.exporting.logic import NO_RULE, DecisionRow, DecisionTable
from surrogate.exporting.markup import add, words, written
from surrogate.exporting.members import Member
from surrogate.exporting.sql import CLASS, RULE
from surrogate.exporting.wording import measured

__all__ = ["NAMESPACE", "feel", "write_dmn"]

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_ABOUT = "urn:surrogate-explainer:decision"
_ESCAPED = re.compile("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]")


def write_dmn(member: Member, heading: Heading) -> bytes:
    r"""The decision table of a surrogate.

    Parameters
    ----------
    member : Member
    heading : Heading

    Raises
    ------
    InputError
        ``not-exported`` for a surrogate that adds: a decision table holds conditions.

    Examples
    --------
    >>> feel('say "no"')
    '"say \\"no\\""'
    """
    from lxml import etree

    table = member.logic
    if not isinstance(table, DecisionTable):
        raise InputError(
            "not-exported",
            "It adds coefficients and takes the class of the highest sum; a DMN decision table holds conditions. "
            "PMML, SQL and Python hold sums.",
        )
    root = etree.Element(
        f"{{{NAMESPACE}}}definitions",
        {
            "id": "definitions",
            "name": words(member.name),
            "namespace": _ABOUT,
            "exporter": GENERATOR,
            "exporterVersion": heading.to_dict()["generator"]["version"],
        },
        nsmap={None: NAMESPACE},
    )
    add(root, "description", f"{heading.banner} Record: SHA-256 {heading.sha256}")
    _add_decision(root, member.name, table, heading)
    for number, column in enumerate(table.columns, 1):
        entry = add(root, "inputData", id=f"data_{number}", name=column.name)
        add(entry, "description", words(f"{column.feature.name}: {column.feature.label}"))
        add(entry, "variable", id=f"variable_{number}", name=column.name, typeRef="boolean")
    return written(root)


def feel(text: str) -> str:
    """A string of FEEL; what a reader cannot see, and what XML cannot hold, is escaped."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", plain) + '"'


def _add_decision(root: Any, name: str, table: DecisionTable, heading: Heading) -> None:
    decision = add(root, "decision", id="decision", name=words(name))
    otherwise = "" if table.complete else f" Where no rule holds, {CLASS} is null and {RULE} says {NO_RULE!r}."
    add(
        decision,
        "description",
        f"What the surrogate {words(name)} says the model {words(heading.model)} decides. The inputs are features, present or "
        f"not; features.json says how to compute them.{otherwise}",
    )
    add(decision, "variable", id="variable_decision", name=words(name))
    for number in range(1, len(table.columns) + 1):
        needed = add(decision, "informationRequirement", id=f"requirement_{number}")
        add(needed, "requiredInput", href=f"#data_{number}")
    _add_table(decision, table)


def _add_table(decision: Any, table: DecisionTable) -> None:
    grid = add(decision, "decisionTable", id="table", hitPolicy="FIRST")
    for number, column in enumerate(table.columns, 1):
        clause = add(grid, "input", id=f"input_{number}", label=words(column.feature.name, 80))
        expression = add(clause, "inputExpression", id=f"expression_{number}", typeRef="boolean")
        add(expression, "text", column.name)
    for name in (CLASS, RULE):
        add(grid, "output", id=f"output_{name}", label=name, name=name, typeRef="string")
    for number, row in enumerate(table.rows, 1):
        says = (feel(table.classes[row.class_index]), feel(row.id))
        _add_rule(grid, number, dict(row.tests), len(table.columns), _about(row), says)
    if not table.complete:
        _add_rule(grid, len(table.rows) + 1, {}, len(table.columns), "No rule holds.", ("null", feel(NO_RULE)))


def _about(row: DecisionRow) -> str:
    told = measured(row.evidence)
    return f"R{row.number}, {row.id}: {told}" if told else f"R{row.number}, {row.id}"


def _add_rule(grid: Any, number: int, tests: dict[int, bool], width: int, about: str, says: tuple[str, str]) -> None:
    rule = add(grid, "rule", id=f"rule_{number}")
    add(rule, "description", about)
    for place in range(width):
        entry = add(rule, "inputEntry", id=f"rule_{number}_input_{place + 1}")
        add(entry, "text", {True: "true", False: "false", None: "-"}[tests.get(place)])
    for place, text in enumerate(says, 1):
        add(add(rule, "outputEntry", id=f"rule_{number}_output_{place}"), "text", text)
