"""PMML 4.4: a TreeModel for a tree, a RuleSetModel for rules, a RegressionModel for a linear model."""

from __future__ import annotations

from typing import Any

from surrogate.class_tree_model import ClassTreeModel
from surrogate.exporting.columns import Column
from surrogate.exporting.heading import GENERATOR, Heading
from surrogate.exporting.logic import DecisionTable, Scorecard
from surrogate.exporting.markup import add, carried, words, written
from surrogate.exporting.members import Member
from surrogate.exporting.sql import CLASS, RULE

__all__ = ["NAMESPACE", "write_pmml"]

NAMESPACE = "http://www.dmg.org/PMML-4_4"

#: A feature is 1 where it is present, else 0; what is compared lies between, so that no rounding can matter.
_HALF = "0.5"


def write_pmml(member: Member, heading: Heading) -> bytes:
    """The document of a surrogate.

    Parameters
    ----------
    member : Member
    heading : Heading

    Raises
    ------
    InputError
        ``not-exported`` when the name of a class has a character that XML cannot hold.

    Examples
    --------
    >>> NAMESPACE
    'http://www.dmg.org/PMML-4_4'
    """
    from lxml import etree

    logic = member.logic
    for label in logic.classes:
        carried(label, "The name of a class")
    root = etree.Element(f"{{{NAMESPACE}}}PMML", {"version": "4.4"}, nsmap={None: NAMESPACE})
    about = f"{heading.banner} Model {words(heading.model)}. Record: SHA-256 {heading.sha256}"
    header = add(root, "Header", description=about)
    add(header, "Application", name=GENERATOR, version=heading.to_dict()["generator"]["version"])
    _add_dictionary(root, logic.columns, logic.classes)
    if isinstance(logic, Scorecard):
        _add_regression(root, member.name, logic)
    elif isinstance(member.model, ClassTreeModel):
        _add_tree(root, member.name, member.model, logic)
    else:
        _add_rules(root, member.name, logic)
    return written(root)


def _add_dictionary(root: Any, columns: tuple[Column, ...], classes: tuple[str, ...]) -> None:
    dictionary = add(root, "DataDictionary", numberOfFields=str(len(columns) + 1))
    for column in columns:
        label = words(column.feature.label)
        entry = add(
            dictionary, "DataField", name=column.name, displayName=label, optype="continuous", dataType="double"
        )
        add(entry, "Extension", name="feature", value=words(column.feature.name))
        for value in ("0", "1"):
            add(entry, "Value", value=value)
    target = add(dictionary, "DataField", name=CLASS, optype="categorical", dataType="string")
    for label in classes:
        add(target, "Value", value=label)


def _add_schema(model: Any, columns: tuple[Column, ...]) -> None:
    schema = add(model, "MiningSchema")
    for column in columns:
        # A feature is never unknown: a missing value is the caller's mistake, and no answer may hide it.
        add(schema, "MiningField", name=column.name, usageType="active", missingValueTreatment="returnInvalid")
    add(schema, "MiningField", name=CLASS, usageType="target")


def _add_output(model: Any, *, rule: bool) -> None:
    output = add(model, "Output")
    say = {"optype": "categorical", "dataType": "string"}
    add(output, "OutputField", name=f"predicted_{CLASS}", feature="predictedValue", **say)
    if rule:
        add(output, "OutputField", name=RULE, feature="entityId", **say)


def _add_rules(root: Any, name: str, table: DecisionTable) -> None:
    model = add(root, "RuleSetModel", modelName=words(name), functionName="classification")
    _add_schema(model, table.columns)
    _add_output(model, rule=True)
    # Without a default score, a row for which no rule holds has no value.
    rules = add(model, "RuleSet")
    add(rules, "RuleSelectionMethod", criterion="firstHit")
    for row in table.rows:
        rule = add(rules, "SimpleRule", id=row.id, score=table.classes[row.class_index])
        _add_predicate(rule, [(table.columns[place], present) for place, present in row.tests])


def _add_predicate(parent: Any, tests: list[tuple[Column, bool]]) -> None:
    if not tests:
        add(parent, "True")
        return
    inside = add(parent, "CompoundPredicate", booleanOperator="and") if len(tests) > 1 else parent
    for column, present in tests:
        operator = "greaterThan" if present else "lessOrEqual"
        add(inside, "SimplePredicate", field=column.name, operator=operator, value=_HALF)


def _add_tree(root: Any, name: str, tree: ClassTreeModel, table: DecisionTable) -> None:
    model = add(
        root,
        "TreeModel",
        modelName=words(name),
        functionName="classification",
        splitCharacteristic="binarySplit",
        missingValueStrategy="nullPrediction",
        noTrueChildStrategy="returnNullPrediction",
    )
    _add_schema(model, table.columns)
    _add_output(model, rule=True)
    leaves = {leaf: row for (leaf, _), row in zip(tree.paths(), table.rows, strict=True)}
    waiting: list[tuple[Any, int, list[tuple[Column, bool]]]] = [(model, 0, [])]
    while waiting:
        parent, number, tests = waiting.pop()
        node = tree.nodes[number]
        if node.feature is None or node.present is None or node.absent is None:
            row = leaves[number]
            _add_predicate(add(parent, "Node", id=row.id, score=table.classes[row.class_index]), tests)
            continue
        inner = add(parent, "Node", id=f"node {number}")
        _add_predicate(inner, tests)
        column = table.columns[node.feature]
        waiting += [(inner, node.absent, [(column, False)]), (inner, node.present, [(column, True)])]


def _add_regression(root: Any, name: str, card: Scorecard) -> None:
    model = add(
        root,
        "RegressionModel",
        modelName=words(name),
        functionName="classification",
        normalizationMethod="softmax",
    )
    _add_schema(model, card.columns)
    _add_output(model, rule=False)
    for label, intercept, weights in zip(card.classes, card.intercepts, card.weights, strict=True):
        table = add(model, "RegressionTable", intercept=repr(intercept), targetCategory=label)
        named = dict(weights)
        # Zeros too: readers take the coefficients of all classes for one rectangle.
        for place, column in enumerate(card.columns):
            add(table, "NumericPredictor", name=column.name, coefficient=repr(named.get(place, 0.0)))
