"""Run the PMML: by sklearn-pmml-model, which reads trees and regressions, or by a small reader of our own."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.logic import NO_RULE, Said
from surrogate.exporting.markup import parsed
from surrogate.exporting.members import Member
from surrogate.exporting.pmml import NAMESPACE

__all__ = ["read_ourselves", "run_regression", "run_tree"]

_NAMES = {"p": NAMESPACE}


def run_tree(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What sklearn-pmml-model says of rows, by a tree.

    Parameters
    ----------
    content : bytes
        Of rules.pmml.
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)

    Raises
    ------
    InputError
        ``not-exported`` when it does not run.
    """
    with _reporting():
        from sklearn_pmml_model.tree import PMMLTreeClassifier

        return _predicted(PMMLTreeClassifier(io.BytesIO(content)), member, presence)


def run_regression(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What sklearn-pmml-model says of rows, by a regression; as :func:`run_tree`.

    Parameters
    ----------
    content : bytes
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)
    """
    with _reporting():
        from sklearn_pmml_model.linear_model import PMMLLogisticRegression

        return _predicted(PMMLLogisticRegression(io.BytesIO(content)), member, presence)


def _predicted(model: Any, member: Member, presence: NDArray[np.bool_]) -> Said:
    import pandas

    names = [column.name for column in member.logic.columns]
    said = model.predict(pandas.DataFrame(presence.astype(np.float64), columns=names))
    return Said(tuple(map(str, said)))


@contextmanager
def _reporting() -> Iterator[None]:
    """Its warnings are about what it reads in other documents; what it cannot read is its word."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
            raise InputError("not-exported", f"sklearn-pmml-model cannot run it: {error}.") from error


def read_ourselves(content: bytes, member: Member, presence: NDArray[np.bool_]) -> Said:
    """What the document says of rows, read element by element.

    Parameters
    ----------
    content : bytes
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)
    """
    names = [column.name for column in member.logic.columns]
    columns = {name: presence[:, number].astype(np.float64) for number, name in enumerate(names)}
    root = parsed(content)
    try:
        for kind, read in (("RuleSetModel", _rule_set), ("TreeModel", _tree), ("RegressionModel", _regression)):
            model = root.find(f"p:{kind}", _NAMES)
            if model is not None:
                return read(model, columns, len(presence))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("not-exported", f"The PMML cannot be read: {type(error).__name__} at {error}.") from error
    raise InputError("not-exported", "The PMML holds no model that is known.")


def _predicate(parent: Any, columns: dict[str, NDArray[np.float64]], n_rows: int) -> NDArray[np.bool_]:
    """Whether the predicate of a rule or node holds for each row."""
    held = np.ones(n_rows, dtype=bool)
    found = [*parent.findall("p:SimplePredicate", _NAMES), *parent.findall("p:CompoundPredicate/*", _NAMES)]
    if not found and parent.find("p:True", _NAMES) is None:
        raise ValueError("a rule or node without a predicate")
    for test in found:
        value, limit = columns[test.get("field")], float(test.get("value"))
        held &= {"greaterThan": value > limit, "lessOrEqual": value <= limit}[test.get("operator")]
    return held


def _rule_set(model: Any, columns: dict[str, NDArray[np.float64]], n_rows: int) -> Said:
    rules = model.find("p:RuleSet", _NAMES)
    if [one.get("criterion") for one in rules.findall("p:RuleSelectionMethod", _NAMES)] != ["firstHit"]:
        raise ValueError("another criterion than firstHit")
    labels: list[str | None] = [rules.get("defaultScore")] * n_rows
    names = [NO_RULE] * n_rows
    for rule in reversed(rules.findall("p:SimpleRule", _NAMES)):
        for row in np.flatnonzero(_predicate(rule, columns, n_rows)).tolist():
            labels[row], names[row] = rule.get("score"), rule.get("id")
    return Said(tuple(labels), tuple(names))


def _tree(model: Any, columns: dict[str, NDArray[np.float64]], n_rows: int) -> Said:
    labels: list[str | None] = [None] * n_rows
    names = [NO_RULE] * n_rows
    root = model.find("p:Node", _NAMES)
    waiting = [(root, _predicate(root, columns, n_rows))]
    while waiting:
        node, here = waiting.pop()
        children = node.findall("p:Node", _NAMES)
        left = here.copy()
        for child in children:
            reached = left & _predicate(child, columns, n_rows)
            left &= ~reached
            waiting.append((child, reached))
        for row in np.flatnonzero(here).tolist() if not children else ():
            labels[row], names[row] = node.get("score"), node.get("id")
    return Said(tuple(labels), tuple(names))


def _regression(model: Any, columns: dict[str, NDArray[np.float64]], n_rows: int) -> Said:
    tables = model.findall("p:RegressionTable", _NAMES)
    scores = np.zeros((n_rows, len(tables)))
    for number, table in enumerate(tables):
        for one in table.findall("p:NumericPredictor", _NAMES):
            scores[:, number] += float(one.get("coefficient")) * columns[one.get("name")]
        scores[:, number] += float(table.get("intercept"))
    return Said(tuple(tables[place].get("targetCategory") for place in scores.argmax(axis=1)))
