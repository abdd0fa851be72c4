"""Members: the surrogates of a record of an audit, read back, checked, and turned into what an export must do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from surrogate.class_tree_model import ClassTreeModel
from surrogate.errors import InputError
from surrogate.exporting.columns import columns_of
from surrogate.exporting.logic import NO_RULE, DecisionRow, DecisionTable, Logic, Said, Scorecard
from surrogate.features import Feature, Features
from surrogate.multinomial_model import MultinomialModel
from surrogate.rule_list_model import CorpusRule, RuleListModel

__all__ = ["Member", "members_of", "said_by_model"]

Model = RuleListModel | ClassTreeModel | MultinomialModel

_MODELS: dict[str, type[Model]] = {
    RuleListModel.kind: RuleListModel,
    ClassTreeModel.kind: ClassTreeModel,
    MultinomialModel.kind: MultinomialModel,
}

#: Features that only embeddings can tell.
_EMBEDDED = ("concept", "probe")


@dataclass(frozen=True, eq=False)
class Member:
    """One surrogate of a record.

    Parameters
    ----------
    name : str
    model : RuleListModel, ClassTreeModel or MultinomialModel
        As it was fitted: what every export is compared with.
    logic : DecisionTable or Scorecard
        What an export must do.
    fidelity : dict
        As in the record.
    """

    name: str
    model: Model
    logic: Logic
    fidelity: dict[str, Any]

    @property
    def data_only(self) -> str | None:
        """Why it is exported as data and not to be run; None: it can be run."""
        named = [one.feature for one in self.logic.columns if one.feature.kind in _EMBEDDED]
        if not named:
            return None
        return (
            f"It names {len(named):,} {'concept' if len(named) == 1 else 'concepts'} found in embeddings, such as "
            f"{named[0].name!r}, which no table of features can tell without the model that embeds texts."
        )


def said_by_model(member: Member, presence: NDArray[np.bool_]) -> Said:
    """What the surrogate itself says of rows, by its own code.

    Parameters
    ----------
    member : Member
    presence : ndarray of bool, shape (n_rows, n_columns)
    """
    model = member.model
    features = Features(csr_matrix(presence.astype(np.float32)), model.features)
    labels: tuple[str | None, ...] = (*model.classes, None)
    # The last place, -1, is that of no class.
    said = tuple(labels[place] for place in model.decide(features))
    if isinstance(model, RuleListModel):
        names = (*model.ids, NO_RULE)
        return Said(said, tuple(names[place] for place in model.first(features)))
    if isinstance(model, ClassTreeModel):
        leaves = {leaf: _leaf_id(model, path) for leaf, path in model.paths()}
        return Said(said, tuple(leaves[leaf] for leaf in model.leaf_of(features).tolist()))
    return Said(said)


def members_of(record: dict[str, Any]) -> tuple[tuple[Member, ...], dict[str, str]]:
    """The surrogates of a record of an audit that can be exported, and why the others cannot.

    Parameters
    ----------
    record : dict

    Returns
    -------
    members : tuple of Member
    withheld : dict of str to str
        Reason by name.

    Raises
    ------
    InputError
        ``bad-record`` when the record is damaged.

    Examples
    --------
    >>> members_of({"members": [{"name": "tree", "withheld": True, "verdict": {"reason": "Too few."}}]})
    ((), {'tree': 'The audit withholds it: Too few.'})
    """
    try:
        shown = [one for one in record["members"] if not one["withheld"]]
        withheld = {
            str(one["name"]): f"The audit withholds it: {one['verdict']['reason']}"
            for one in record["members"]
            if one["withheld"]
        }
        names = [one["name"] for one in record["members"]]
        _check(len(set(names)) == len(names), "two surrogates have the same name")
        return tuple(_member(one) for one in shown), withheld
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("bad-record", f"The record is damaged: {type(error).__name__} at {error}.") from error


def _member(data: dict[str, Any]) -> Member:
    model = _MODELS[data["model"]["kind"]].from_dict(data["model"])
    _check_features(model.features)
    _check(len(set(model.classes)) == len(model.classes) > 0, "classes are missing, or two have the same name")
    if isinstance(model, RuleListModel):
        logic: Logic = _of_rules(model, data["rules"], [one["id"] for one in data["model"]["rules"]])
    elif isinstance(model, ClassTreeModel):
        logic = _of_tree(model, data["rules"])
    else:
        logic = _of_linear(model, data["model"])
    return Member(str(data["name"]), model, logic, dict(data["fidelity"]))


def _check(holds: bool, what: str) -> None:
    if not holds:
        raise InputError("bad-record", f"The record is damaged: {what}. Use the report as it was written.")


def _check_features(features: Sequence[Feature]) -> None:
    names = [column.name for column in columns_of(features)]
    _check(len(set(names)) == len(names), "two features have the same name")


def _is_place(place: Any, n: int) -> bool:
    return isinstance(place, int) and not isinstance(place, bool) and 0 <= place < n


def _of_rules(model: RuleListModel, evidence: list[dict[str, Any]], ids: list[str]) -> DecisionTable:
    """Rules in the order in which they are heard."""
    for number, rule in enumerate(model.rules, 1):
        _check_tests(f"rule R{number}", [(one.feature, one.present) for one in rule.conditions], len(model.features))
        _check(bool(rule.conditions), f"rule R{number} has no condition")
        _check(_is_place(rule.class_index, len(model.classes)), f"rule R{number} names a class that is not there")
    _check(list(model.ids) == list(ids), "the identifier of a rule is not the digest of its conditions")
    _check(len(evidence) == len(model.rules), "the rules and what was measured of them differ in number")
    rows = tuple(_row(model, place, model.rules[place], evidence[place]) for place in model.order)
    return DecisionTable(columns_of(model.features), model.classes, rows)


def _check_tests(what: str, tests: list[tuple[int, bool]], n_features: int) -> None:
    _check(all(_is_place(place, n_features) for place, _ in tests), f"{what} names a feature that is not there")
    _check(all(isinstance(present, bool) for _, present in tests), f"{what} has a condition that is neither so nor not")
    sides = dict(tests)
    _check(
        all(sides[place] == present for place, present in tests),
        f"{what} asks for a feature to be present and absent at once",
    )


def _row(model: RuleListModel, place: int, rule: CorpusRule, evidence: dict[str, Any]) -> DecisionRow:
    tests = tuple({one.feature: one.present for one in rule.conditions}.items())
    return DecisionRow(model.ids[place], place + 1, tests, rule.class_index, {**evidence, "error": rule.error})


def _of_tree(model: ClassTreeModel, evidence: list[dict[str, Any]]) -> DecisionTable:
    """The leaves in the order of their paths."""
    _check_nodes(model)
    paths = list(model.paths())
    _check(len(evidence) == len(paths), "the leaves and what was measured of them differ in number")
    rows = []
    for number, ((leaf, path), measured) in enumerate(zip(paths, evidence, strict=True), 1):
        tests = [(one.feature, one.present) for one in path]
        _check_tests(f"leaf L{number}", tests, len(model.features))
        told = {**measured, "probabilities": list(model.nodes[leaf].probabilities)}
        class_index = int(np.argmax(model.nodes[leaf].probabilities))
        rows.append(DecisionRow(_leaf_id(model, path), number, tuple(dict(tests).items()), class_index, told))
    return DecisionTable(columns_of(model.features), model.classes, tuple(rows), complete=True)


def _check_nodes(model: ClassTreeModel) -> None:
    """Children come after their parent, and each node has one: so that every path ends."""
    reached = [0]
    for number, node in enumerate(model.nodes):
        _check(len(node.probabilities) == len(model.classes), f"node {number} has not a probability for each class")
        _check(all(isfinite(share) for share in node.probabilities), f"node {number} has no numbers as probabilities")
        if node.feature is None:
            continue
        _check(_is_place(node.feature, len(model.features)), f"node {number} asks about a feature that is not there")
        for child in (node.present, node.absent):
            _check(_is_place(child, len(model.nodes)) and (child or 0) > number, f"node {number} leads nowhere")
            reached.append(int(child or 0))
    _check(sorted(reached) == list(range(len(model.nodes))), "the nodes of the tree do not form a tree")


def _leaf_id(model: ClassTreeModel, path: Any) -> str:
    return CorpusRule(tuple(path), 0).id_among(model.features)


def _of_linear(model: MultinomialModel, data: dict[str, Any]) -> Scorecard:
    for one in model.coefficients:
        _check(_is_place(one.feature, len(model.features)), "a coefficient names a feature that is not there")
        _check(_is_place(one.class_index, len(model.classes)), "a coefficient names a class that is not there")
    numbers = [*model.intercepts, *(one.value for one in model.coefficients)]
    _check(all(isinstance(one, int | float) and isfinite(one) for one in numbers), "a coefficient is no number")
    _check(len(model.intercepts) == len(model.classes), "the linear model has not an intercept for each class")
    matrix = model.weights()
    weights = tuple(
        tuple((int(place), float(matrix[place, number])) for place in np.flatnonzero(matrix[:, number]))
        for number in range(len(model.classes))
    )
    evidence = {"coefficients": data["coefficients"]}
    intercepts = tuple(float(one) for one in model.intercepts)
    return Scorecard(columns_of(model.features), model.classes, intercepts, weights, evidence)
