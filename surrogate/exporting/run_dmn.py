"""Run the decision table: in SpiffWorkflow, in zen-engine, or by a small reader of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.dmn import NAMESPACE
from surrogate.exporting.logic import Said
from surrogate.exporting.markup import parsed
from surrogate.exporting.members import Member
from surrogate.exporting.sql import CLASS, RULE

__all__ = ["check_dmn_schema", "read_ourselves", "run_spiffworkflow", "run_zen"]

_NAMES = {"dmn": NAMESPACE}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CONSTANT = re.compile(r"true|false|-")
_STRING = re.compile(r'null|"(?:[^"\\\n]|\\["\\]|\\u[0-9a-f]{4})*"')


def check_dmn_schema(content: bytes) -> dict[str, Any]:
    """Whether the document is valid against the XSD of the OMG, which SpiffWorkflow brings.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    dict
        ``valid``: True, False, or None where no XSD is installed; ``source``; ``error``.
    """
    from importlib.util import find_spec

    if not find_spec("SpiffWorkflow"):
        return {"valid": None, "source": None, "error": "No installed package brings the XSD of DMN 1.3."}
    from importlib.metadata import version

    from lxml import etree
    from SpiffWorkflow.dmn.parser.BpmnDmnParser import SCHEMAS

    schema = etree.XMLSchema(etree.parse(SCHEMAS[NAMESPACE]))
    valid = schema.validate(parsed(content))
    error = None if valid else str(schema.error_log.last_error)
    return {
        "valid": valid,
        "source": f"DMN13.xsd of the OMG, in SpiffWorkflow {version('SpiffWorkflow')}",
        "error": error,
    }


def run_spiffworkflow(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What SpiffWorkflow's engine, which reads the document itself, says of rows.

    It takes cells for expressions of Python: only a document whose cells are constants and strings is given to it.

    Parameters
    ----------
    content : bytes
        Of rules.dmn.
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)

    Raises
    ------
    InputError
        ``not-exported`` when it does not run.
    """
    from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser
    from SpiffWorkflow.exceptions import SpiffWorkflowException

    _cells(content)
    script = _script()
    names = [column.name for column in member.logic.columns]
    try:
        parser = BpmnDmnParser()
        parser.add_dmn_xml(parsed(content))
        engine = parser.get_engine(next(iter(parser.dmn_parsers)), None)
        found = [
            engine.result(
                SimpleNamespace(data=dict(zip(names, row, strict=True)), workflow=SimpleNamespace(script_engine=script))
            )
            for row in presence.tolist()
        ]
    except (SpiffWorkflowException, SyntaxError, ValueError, LookupError, AttributeError) as error:
        raise InputError("not-exported", f"SpiffWorkflow cannot run it: {error}.") from error
    return _said(found)


def _script() -> Any:
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

    class Script(PythonScriptEngine):
        """Parses each expression once: the engine asks for every cell and row whether it can be parsed."""

        known: ClassVar[set[str]] = set()

        def validate(self, expression: str) -> None:
            if expression not in self.known:
                super().validate(expression)
                self.known.add(expression)

    # The engine takes Python's expressions; FEEL's three constants are the only words that differ here.
    return Script(TaskDataEnvironment({"true": True, "false": False, "null": None}))


def run_zen(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What zen-engine says of rows.

    It reads tables of its own form: the conditions of the document are put there as they are, and the place of each rule as its
    answer, since its strings have no escapes; the answer is then read from the document.

    Parameters
    ----------
    content : bytes
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)
    """
    import zen

    names = [column.name for column in member.logic.columns]
    inputs, outputs, rules = _cells(content)
    answers = _answers(outputs, rules)
    try:
        decision = zen.ZenEngine().create_decision(json.dumps(_for_zen(inputs, [tests for tests, _ in rules])))
        found = [decision.evaluate(dict(zip(names, row, strict=True)))["result"] for row in presence.tolist()]
        said = [answers[int(one["place"])] if one else {} for one in found]
    except (RuntimeError, ValueError, LookupError, TypeError) as error:
        raise InputError("not-exported", f"zen-engine cannot run it: {error}.") from error
    return _said(said)


def _for_zen(inputs: list[str], rules: list[list[str]]) -> dict[str, Any]:
    fields = [(f"input {number}", name) for number, name in enumerate(inputs)]
    rows = [
        {"_id": f"rule {number}", "place": str(number)}
        | {key: "" if text == "-" else text for (key, _), text in zip(fields, tests, strict=True)}
        for number, tests in enumerate(rules)
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": key, "name": name, "field": name} for key, name in fields],
        "outputs": [{"id": "place", "name": "place", "field": "place"}],
        "rules": rows,
    }
    ends = [("in", "inputNode", {}), ("table", "decisionTableNode", {"content": table}), ("out", "outputNode", {})]
    return {
        "nodes": [{"id": key, "name": key, "type": kind, **more} for key, kind, more in ends],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def _cells(content: bytes) -> tuple[list[str], list[str], list[tuple[list[str], list[str]]]]:
    """Names of inputs and outputs, and the cells of each rule."""
    table = parsed(content).find(".//dmn:decisionTable", _NAMES)
    if table is None or table.get("hitPolicy") != "FIRST":
        raise InputError("not-exported", "The document has no decision table with the hit policy FIRST.")

    def texts(parent: Any, path: str) -> list[str]:
        return [one.text or "" for one in parent.findall(path, _NAMES)]

    inputs = texts(table, "dmn:input/dmn:inputExpression/dmn:text")
    outputs = [one.get("name") for one in table.findall("dmn:output", _NAMES)]
    rules = [
        (texts(rule, "dmn:inputEntry/dmn:text"), texts(rule, "dmn:outputEntry/dmn:text"))
        for rule in table.findall("dmn:rule", _NAMES)
    ]
    _check_plain(inputs, rules)
    return inputs, outputs, rules


def _check_plain(inputs: list[str], rules: list[tuple[list[str], list[str]]]) -> None:
    """No engine gets an expression: only names, constants and strings without an unescaped quote."""
    cells = [
        *((_NAME, text) for text in inputs),
        *((_CONSTANT, text) for tests, _ in rules for text in tests),
        *((_STRING, text) for _, says in rules for text in says),
    ]
    wrong = next((text for pattern, text in cells if not pattern.fullmatch(text)), None)
    if wrong is not None:
        raise InputError("not-exported", f"The decision table has the cell {wrong[:80]!r}, which is no constant.")


def _answers(outputs: list[str], rules: list[tuple[list[str], list[str]]]) -> list[dict[str, Any]]:
    """What each rule answers: strings of FEEL are read as those of JSON, whose escapes they have."""
    try:
        return [
            {name: json.loads(cell, strict=False) for name, cell in zip(outputs, cells, strict=True)}
            for _, cells in rules
        ]
    except ValueError as error:
        raise InputError("not-exported", f"The decision table cannot be read: {error}.") from error


def _said(found: Sequence[Mapping[str, Any]]) -> Said:
    return Said(tuple(one.get(CLASS) for one in found), tuple(str(one.get(RULE)) for one in found))


def read_ourselves(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What the document says of rows, read cell by cell.

    Parameters
    ----------
    content : bytes
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)
    """
    inputs, outputs, rules = _cells(content)
    place = {column.name: number for number, column in enumerate(member.logic.columns)}
    wanted = {"true": True, "false": False}
    first = np.full(len(presence), len(rules), dtype=np.intp)
    answers = [*_answers(outputs, rules), {}]
    try:
        for number, (tests, _) in enumerate(rules):
            held = first == len(rules)
            for name, text in zip(inputs, tests, strict=True):
                if text != "-":
                    held &= presence[:, place[name]] == wanted[text]
            first[held] = number
    except (KeyError, ValueError) as error:
        raise InputError("not-exported", f"The decision table cannot be read: {error}.") from error
    return _said([answers[one] for one in first])
