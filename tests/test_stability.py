"""Grades, refits to halves of the calls, support of leaves, and the reference for a size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from surrogate import explain
from surrogate.blackbox import FunctionBox
from surrogate.estimate import Estimate
from surrogate.evidence import Policy, grade_rules, grade_terms, measure_size_reference, needed, prune_to_support
from surrogate.evidence.rules import Rule
from surrogate.fit import RuleTree, SparseLinear, Teacher
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.reference import all_masks, reference_density
from surrogate.refits import N_SPLITS, decisions_alike, halves, refit, rule_frequencies, term_frequencies
from surrogate.rows import Rows
from surrogate.tree_model import Node, TreeModel
from tests.toys import MESSAGE, logistic

N_UNITS = 12
UNITS = tuple(f"w{number}" for number in range(N_UNITS))


def rows(n_pairs: int = 64, noise: float = 0.0, seed: int = 0) -> Rows:
    """Two strong words and a weak one."""
    generator = np.random.default_rng(seed)
    first = generator.random((n_pairs, N_UNITS)) < 0.5
    first[0] = True
    masks = np.stack([first, ~first], axis=1).reshape(-1, N_UNITS)
    values = 3.0 * masks[:, 0] - 2.0 * masks[:, 1] + 0.2 * masks[:, 2] + noise * generator.normal(size=len(masks))
    return Rows(masks, values, values, np.ones(len(masks)), np.arange(len(masks)) // 2, UNITS)


def test_halves_are_complementary_and_share_only_the_first_pair() -> None:
    parts = halves(rows())
    assert len(parts) == 2 * N_SPLITS
    for one, other in zip(parts[::2], parts[1::2], strict=True):
        assert set(one.pairs) & set(other.pairs) == {0}
        assert set(one.pairs) | set(other.pairs) == set(range(64))
        assert np.bincount(one.pairs)[one.pairs].min() == 2


def test_nothing_is_split_where_every_copy_was_asked_or_there_are_too_few() -> None:
    masks = all_masks(4)
    exact = Rows(masks, masks[:, 0] * 1.0, masks[:, 0] * 1.0, np.ones(16), np.arange(16) // 2, UNITS[:4], exact=True)
    assert halves(exact) == []
    assert halves(rows(5)) == []


def test_strong_terms_are_found_in_every_half_and_noise_is_not() -> None:
    data = rows(noise=1.0)
    estimator = SparseLinear(max_terms=6)
    model = estimator.fit_one(data, Teacher().teach(data))
    shares = dict(
        zip(
            [term.text for term in model.terms],
            term_frequencies(model, refit(estimator, data, "auto", Teacher())),
            strict=True,
        )
    )
    assert shares["w0"] == shares["w1"] == 1.0
    assert min(shares.values()) < 0.9


def test_a_term_of_the_other_sign_is_another_term() -> None:
    one = LinearModel(2, 0.0, (Term((Literal(0, True), Literal(1, True)), "a & b", 1.0),))
    turned = LinearModel(2, 0.0, (Term((Literal(1, True), Literal(0, True)), "b & a", -1.0),))
    otherwise = LinearModel(2, 0.0, (Term((Literal(0, True), Literal(1, False)), "a & b", -1.0),))
    assert term_frequencies(one, [turned]) == [0.0]
    assert term_frequencies(one, [otherwise]) == [1.0]


def test_grades_follow_the_policy() -> None:
    clear = Term((Literal(0, True),), "a", 1.0, 0.5, 1.5)
    unclear = Term((Literal(1, True),), "b", 0.2, -0.1, 0.5)
    model = LinearModel(2, 0.0, (clear, unclear))
    grades = [term.grade for term in grade_terms(model, [1.0, 1.0], False, Policy()).terms]
    assert grades == ["stable", "weak"]
    strict = grade_terms(model, [0.95, 0.4], False, Policy(stable_share=0.99))
    assert [term.grade for term in strict.terms] == ["weak", "not reportable"]
    assert grade_terms(model, None, False, Policy()).terms[0].grade is None
    assert grade_terms(model, None, True, Policy()).terms[0].grade == "stable"


def test_a_rule_that_cannot_be_checked_is_not_reportable() -> None:
    precise = Rule("a", (Literal(0, True),), "x", 0.9, 40, 0.5, Estimate(0.9, 0.8, 0.95), 1)
    unchecked = Rule("b", (Literal(0, False),), "x", 0.9, 4, 0.5, None, 2)
    graded = grade_rules([precise, unchecked], [1.0, 1.0], False, Policy())
    assert [rule.grade for rule in graded] == ["stable", "not reportable"]


def test_rules_that_refits_contradict_lose_their_grade() -> None:
    data = rows(noise=2.0)
    rule = Rule("a", (Literal(0, True),), "x", 0.9, 40, 0.5, Estimate(0.9, 0.8, 0.95), 1)
    always = TreeModel(N_UNITS, (Node(1.0, 1.0),))
    never = TreeModel(N_UNITS, (Node(-1.0, -1.0),))
    assert rule_frequencies([rule], "x", [always, never, never, never], data) == [0.25]
    assert decisions_alike(always, [always, never], data) == 0.5


def test_a_rule_of_a_list_is_judged_where_no_earlier_one_holds() -> None:
    first = Rule("a", (Literal(0, True),), "x", 0.9, 40, 0.5, Estimate(0.9, 0.8, 0.95), 1, order=1)
    second = Rule("b", (Literal(1, True),), "y", 0.1, 40, 0.25, Estimate(0.9, 0.8, 0.95), 1, order=2)
    removed_wins = TreeModel(N_UNITS, (Node(0.0, 0.5, 0, 1, 2), Node(3.0, 3.0), Node(-1.0, -1.0)))
    assert rule_frequencies([first, second], "x", [removed_wins], rows()) == [1.0, 1.0]


def tree_of(data: Rows) -> TreeModel:
    return RuleTree(max_leaves=8, min_samples_leaf=1, proxy="none").fit_one(data, data)


def test_a_tree_is_pruned_until_its_leaves_can_be_checked() -> None:
    tree = tree_of(rows(noise=0.5))
    paths = list(tree.paths())
    coverage = {leaf: 2.0 ** -len(literals) for leaf, literals in paths}
    support = {leaf: int(100 * share) for leaf, share in coverage.items()}
    sizes = []
    for budget in (0, 30, 60, 1000):
        pruned = prune_to_support(tree, support, coverage, budget, 30)
        sizes.append(sum(node.is_leaf for node in pruned.nodes))
        predicted = pruned.predict(all_masks(N_UNITS))
        assert np.isfinite(predicted).all()
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == len(paths)
    assert prune_to_support(tree, support, coverage, 1000, 30) == tree


def test_pruning_gives_up_what_explains_least() -> None:
    # The root asks about w0 (much), its children about w1 (little) and w2 (much).
    nodes = (
        Node(0.0, 0.0, 0, 1, 2),
        Node(2.0, 2.0, 1, 3, 4),
        Node(-2.0, -2.0, 2, 5, 6),
        Node(2.1, 2.1),
        Node(1.9, 1.9),
        Node(1.0, 1.0),
        Node(-5.0, -5.0),
    )
    tree = TreeModel(N_UNITS, nodes)
    support, coverage = dict.fromkeys((3, 4, 5, 6), 20), dict.fromkeys((3, 4, 5, 6), 0.25)
    pruned = prune_to_support(tree, support, coverage, 20, 30)
    assert [node.unit for node in pruned.nodes] == [0, None, 2, None, None]
    assert needed({1: 30, 2: 29}, 30) == {2: 1}


def test_leaves_are_confirmed_by_copies_that_were_never_asked() -> None:
    asked: list[str] = []
    inner = logistic({"lost": 3.0, "card": 2.0, "yesterday": -2.5, "new": 1.5}, -2.0)

    def counting(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return inner(texts)

    explanation = explain(
        MESSAGE, FunctionBox(counting, classes=["card", "other"]), "local-tree", calls=512, store=False
    )
    assert len(asked) == len(set(asked)) == explanation.calls["total"]
    assert explanation.calls["confirm"] > 0
    assert len(explanation.rules) > 3
    assert all(rule.reportable and rule.support >= 30 for rule in explanation.rules)
    assert abs(sum(rule.coverage for rule in explanation.rules) - 1) < 1e-9


def test_the_reference_for_a_size_is_what_that_size_reaches_when_all_is_known() -> None:
    masks = all_masks(6)
    density = np.array([reference_density(6, int(size)) for size in masks.sum(axis=1)])
    values = 2.0 * masks[:, 0] + masks[:, 1] + 1.5 * (masks[:, 2] & masks[:, 3])
    everything = Rows(masks, values, values, density * 64, np.arange(64) // 2, UNITS[:6], exact=True)
    coarse = TreeModel(6, (Node(0.0, 0.0, 5, 1, 2), Node(1.0, 1.0), Node(-1.0, -1.0)))
    reference = measure_size_reference(coarse, everything, "every copy")
    assert reference.size == 2
    best = RuleTree(max_leaves=2, min_samples_leaf=1).fit_one(everything, everything)
    spread = np.average((values - np.average(values, weights=density)) ** 2, weights=density)
    by_hand = 1 - np.average((values - best.predict(masks)) ** 2, weights=density) / spread
    assert reference.r2 == pytest.approx(by_hand)


def test_a_report_says_how_good_its_size_could_be() -> None:
    box = FunctionBox(logistic({"lost": 3.0, "card": 2.0, "yesterday": -2.5}, -2.0), classes=["card", "other"])
    explanation = explain(MESSAGE, box, calls=256, store=False)
    linear = explanation.members[0]
    assert linear.size_reference is not None
    assert linear.size_reference.r2 > 0.99
    assert linear.size_reference.proxy_r2 is not None
    assert linear.stability is not None
    assert linear.stability.n_refits == 2 * N_SPLITS
