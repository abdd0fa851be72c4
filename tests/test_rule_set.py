"""Rule sets: read in order, found where they tell most, and measured as they are reached."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.evidence.coverage import reached_coverage
from surrogate.evidence.rules import MIN_SUPPORT, Rule, measure_rules
from surrogate.fit import RuleTree
from surrogate.fit.clause_search import reached_rows
from surrogate.fit.rule_set import RuleSet
from surrogate.literals import Literal, all_hold
from surrogate.outcome import Outcome
from surrogate.reference import REFERENCES, all_masks, reference_density, rule_coverage
from surrogate.rows import Rows
from surrogate.rule_set_model import Clause, RuleSetModel

N_UNITS = 7
KEPT, REMOVED = Literal(0, True), Literal(1, False)
OUTCOME = Outcome(("no", "yes"), "yes")
MODEL = RuleSetModel(
    N_UNITS,
    (
        Clause((KEPT, REMOVED), 2.0, 2.0),
        Clause((Literal(2, True),), -1.0, -1.0),
        Clause((Literal(0, False),), 0.5, 0.5),
    ),
    -0.5,
    -0.5,
)


def rows(values: np.ndarray, masks: np.ndarray, **changes: object) -> Rows:
    units = tuple(f"w{unit}" for unit in range(masks.shape[1]))
    whole = Rows(masks, values, values, np.ones(len(masks)), np.arange(len(masks)) // 2, units)
    return replace(whole, **changes)  # type: ignore[arg-type]


def everything(model: RuleSetModel = MODEL, kind: str = "sizes") -> Rows:
    masks = all_masks(N_UNITS)
    weights = np.array([reference_density(N_UNITS, int(size), kind) for size in masks.sum(axis=1)])
    return rows(model.predict(masks), masks, weights=weights, exact=True, reference=kind)


literals = st.builds(Literal, st.integers(0, N_UNITS - 1), st.booleans())
conditions = st.lists(literals, max_size=3, unique_by=lambda literal: literal.unit).map(tuple)


@given(st.lists(conditions, min_size=1, max_size=6), st.sampled_from(REFERENCES))
@settings(max_examples=60, deadline=None)
def test_coverage_is_the_share_of_all_masks_that_reach_the_rule(found: list, kind: str) -> None:
    masks = all_masks(N_UNITS)
    density = np.array([reference_density(N_UNITS, int(size), kind) for size in masks.sum(axis=1)])
    shares = [reached_coverage(own, found[:number], N_UNITS, kind) for number, own in enumerate([*found, ()])]
    assert shares == pytest.approx([density @ reached for reached in reached_rows(found, masks)], abs=1e-12)
    assert sum(shares) == pytest.approx(1.0)


def test_coverage_of_a_dozen_long_rules_is_quick() -> None:
    clauses = [tuple(Literal(4 * rule + unit, True) for unit in range(4)) for rule in range(12)]
    assert reached_coverage((), clauses, 60, "uniform") == pytest.approx((15 / 16) ** 12)


def test_the_first_rule_whose_condition_holds_speaks() -> None:
    masks = np.array([[1, 0, 1, 0, 0, 0, 0], [1, 1, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0, 0], [1, 1, 0, 1, 1, 1, 1]], bool)
    assert MODEL.clause_of(masks).tolist() == [0, 1, 2, 3]
    assert MODEL.predict(masks).tolist() == [2.0, -1.0, 0.5, -0.5]
    assert MODEL.predict_margin(masks).tolist() == [2.0, -1.0, 0.5, -0.5]


def test_a_rule_set_comes_back_from_json() -> None:
    assert RuleSetModel.from_dict(json.loads(json.dumps(MODEL.to_dict()))) == MODEL


def test_a_rule_set_is_recovered() -> None:
    data = everything()
    found = RuleSet().fit_one(data, data)
    assert found.predict(data.masks) == pytest.approx(MODEL.predict(data.masks))
    assert len(found.clauses) <= 3


@pytest.mark.parametrize("kept", [True, False])
def test_a_condition_on_removed_units_is_found_as_well(kept: bool) -> None:
    masks = np.random.default_rng(0).random((512, 20)) < 0.5
    wanted = (Literal(3, kept), Literal(8, True), Literal(11, False))
    data = rows(np.where(all_hold(wanted, masks), 3.0, -1.0), masks)
    found = RuleSet(min_samples_leaf=8).fit_one(data, data)
    assert [clause.literals for clause in found.clauses] == [wanted]
    assert (found.clauses[0].value, found.value) == (3.0, -1.0)


def test_a_constant_model_has_no_rules() -> None:
    masks = all_masks(4)
    found = RuleSet().fit_one(*[rows(np.full(16, 0.7), masks)] * 2)
    assert found.clauses == ()
    assert found.value == pytest.approx(0.7)


def test_rules_are_reached_by_enough_rows_and_keep_to_their_number() -> None:
    generator = np.random.default_rng(1)
    masks = generator.random((400, 12)) < 0.5
    data = rows(masks @ generator.standard_normal(12) + 3.0 * (masks[:, 0] & masks[:, 1]), masks)
    found = RuleSet(max_rules=4, max_literals=2, min_samples_leaf=40).fit_one(data, data)
    assert 1 <= len(found.clauses) <= 4
    assert max(len(clause.literals) for clause in found.clauses) <= 2
    assert np.bincount(found.clause_of(masks)).min() >= 40


def test_values_are_the_means_of_the_rows_that_reach_a_rule() -> None:
    generator = np.random.default_rng(2)
    masks = generator.random((300, 8)) < 0.5
    data = rows(masks @ generator.standard_normal(8), masks, weights=generator.random(300))
    found = RuleSet().fit_one(data, data)
    place = found.clause_of(masks)
    for number, clause in enumerate([*found.clauses, found]):
        own = place == number
        assert clause.value == pytest.approx(np.average(data.values[own], weights=data.weights[own]))


def test_equal_rules_are_chosen_alike_whatever_the_order_of_the_rows() -> None:
    masks = all_masks(6)
    data = rows((masks[:, 2].astype(float) + masks[:, 4]) / 2, masks)
    order = np.random.default_rng(3).permutation(len(masks))
    shuffled = rows(data.values[order], masks[order])
    first, second = (RuleSet(max_rules=2).fit_one(part, part) for part in (data, shuffled))
    assert [clause.literals for clause in first.clauses] == [clause.literals for clause in second.clauses]


def test_a_short_rule_set_tells_more_than_a_tree_of_as_many_leaves() -> None:
    masks = np.random.default_rng(4).random((2000, 12)) < 0.5
    values = np.where(masks[:, 0] & masks[:, 1], 2.0, 0.0) + np.where(masks[:, 2] & ~masks[:, 3], 1.0, 0.0)
    data = rows(values, masks)
    rules, tree = RuleSet(max_rules=3).fit_one(data, data), RuleTree(max_leaves=4).fit_one(data, data)
    errors = [np.mean((values - model.predict(masks)) ** 2) for model in (rules, tree)]
    assert errors[0] < 0.8 * errors[1]


def test_rules_are_measured_in_order_as_they_are_reached() -> None:
    data = everything()
    wrong = np.flatnonzero(MODEL.clause_of(data.masks) == 1)[:1]
    margins = data.margins.copy()
    margins[wrong] *= -1
    measured = measure_rules(MODEL, replace(data, margins=margins), OUTCOME)
    assert [rule.order for rule in measured] == [1, 2, 3, 4]
    assert [rule.consequent for rule in measured] == ["yes", "not yes", "yes", "not yes"]
    assert measured[-1].literals == ()
    assert sum(rule.coverage for rule in measured) == pytest.approx(1.0)
    assert sum(rule.support for rule in measured) == 2**N_UNITS - 2
    precision = [rule.precision.value for rule in measured]  # type: ignore[union-attr]
    share = data.weights[wrong].sum() / measured[1].coverage
    assert precision == pytest.approx([1.0, 1.0 - share, 1.0, 1.0])
    assert Rule.from_dict(json.loads(json.dumps(measured[0].to_dict()))) == measured[0]


def test_a_rule_read_later_has_another_name_than_the_same_condition_alone() -> None:
    alone = RuleSetModel(N_UNITS, MODEL.clauses[1:], MODEL.value, MODEL.margin)
    ids = [[rule.id for rule in measure_rules(model, everything(), OUTCOME)] for model in (MODEL, alone)]
    assert not set(ids[0]) & set(ids[1])


def test_rules_of_a_tree_keep_their_names_and_coverage() -> None:
    masks = all_masks(N_UNITS)
    data = rows(np.where(masks[:, 0] & masks[:, 1], 1.0, -1.0), masks, exact=True)
    tree = RuleTree().fit_one(data, data)
    for rule in measure_rules(tree, data, OUTCOME):
        condition = [[literal.unit, data.units[literal.unit], literal.kept] for literal in rule.literals]
        content = json.dumps(["yes", None, condition]).encode("ascii")
        n_kept = sum(literal.kept for literal in rule.literals)
        assert rule.id == hashlib.sha256(content).hexdigest()[:12]
        assert rule.coverage == pytest.approx(rule_coverage(N_UNITS, n_kept, len(rule.literals) - n_kept))
        assert rule.order is None


def test_two_copies_of_a_pair_that_both_reach_otherwise_are_one_draw() -> None:
    half = np.random.default_rng(5).random((100, N_UNITS)) < 0.5
    masks = np.stack([half, ~half], axis=1).reshape(-1, N_UNITS)
    model = RuleSetModel(
        N_UNITS, (Clause((Literal(0, True), Literal(1, True), Literal(2, True)), 1.0, 1.0),), -1.0, -1.0
    )
    data = rows(model.predict(masks), masks)
    paired = measure_rules(model, data, OUTCOME)[-1].precision
    alone = measure_rules(model, replace(data, pairs=np.arange(200)), OUTCOME)[-1].precision
    assert paired.value == alone.value == 1.0  # type: ignore[union-attr]
    assert paired.low < alone.low  # type: ignore[union-attr]


def test_a_rule_with_few_test_copies_is_not_reportable() -> None:
    few = np.flatnonzero(MODEL.clause_of(all_masks(N_UNITS)) == 0)[: MIN_SUPPORT - 1]
    masks = np.concatenate([all_masks(N_UNITS)[few], all_masks(N_UNITS)[-64:]])
    measured = measure_rules(MODEL, rows(MODEL.predict(masks), masks), OUTCOME)
    assert [rule.reportable for rule in measured] == [rule.support >= MIN_SUPPORT for rule in measured]


@pytest.mark.parametrize("params", [{"max_rules": 0}, {"max_rules": 13}, {"max_literals": 5}, {"min_samples_leaf": 0}])
def test_parameters_out_of_range_are_refused(params: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(params))):
        RuleSet(**params)._validate_params()
