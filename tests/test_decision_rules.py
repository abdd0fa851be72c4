"""Decision rules: planted rules are found, and stay right on documents that they were not fitted to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from surrogate.errors import InputError
from surrogate.features import Feature, Features
from surrogate.fit import DecisionRules
from surrogate.fit.cross_fit import CAUTIONS, CrossFit, folds_of, least_cautious
from surrogate.fit.greedy_rules import chosen_rules
from surrogate.fit.nesting import nested_features
from surrogate.fit.rule_cover import cover_of
from surrogate.fit.rule_pool import Documents, rule_pool
from surrogate.fit.soft_errors import exact_weights, soft_errors
from surrogate.rule_list_model import Condition, CorpusRule, RuleListModel
from surrogate.table import Table
from tests.corpus_toys import WORDS, planted_rules, table_from, toy_answer, with_copies


def said(model: RuleListModel) -> set[tuple[str, frozenset[tuple[str, bool]]]]:
    return {
        (
            model.classes[rule.class_index],
            frozenset((model.features[one.feature].key, one.present) for one in rule.conditions),
        )
        for rule in model.rules
    }


PLANTED = {
    ("cards", frozenset({("pin", True)})),
    ("cards", frozenset({("lost", True), ("fee", False)})),
}


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_planted_rules_are_found(noise: float) -> None:
    table = with_copies(planted_rules(500, noise=noise), toy_answer)
    model = DecisionRules(caution=8.0).learn(table)
    assert said(model) >= PLANTED
    fresh = planted_rules(500, seed=7)
    decided = model.decide(fresh.features)
    covered = decided >= 0
    assert covered.mean() > 0.4
    assert (decided == fresh.decisions)[covered].mean() > 0.97


def test_the_chosen_caution_keeps_its_promise_on_fresh_documents() -> None:
    table = with_copies(planted_rules(500, noise=0.02), toy_answer)
    surrogate = DecisionRules(precision=0.97)
    model = surrogate.learn(table)
    assert surrogate.caution_ in CAUTIONS
    fresh = planted_rules(2000, seed=7)
    decided = model.decide(fresh.features)
    covered = decided >= 0
    assert covered.mean() > 0.4
    assert (decided == fresh.decisions)[covered].mean() > 0.97


def test_a_list_is_read_in_order() -> None:
    table = with_copies(planted_rules(500), toy_answer)
    model = DecisionRules(ordered=True).learn(table)
    fires = model.fires(table.features)
    first = model.first(table.features)
    assert first.tolist() == np.where(fires.any(axis=1), fires.argmax(axis=1), -1).tolist()
    assert (model.decide(table.features) == table.decisions)[first >= 0].mean() > 0.97


def test_in_a_set_the_rule_of_lowest_error_speaks() -> None:
    features = (Feature("word", "fee", "fee"), Feature("word", "card", "card"))
    fee, card = (CorpusRule((Condition(number, True),), number, error) for number, error in ((0, 0.1), (1, 0.02)))
    both = Features(csr_matrix([[1.0, 1.0]], dtype=np.float32), features)
    for ordered, expected in ((True, 0), (False, 1)):
        assert RuleListModel(features, ("a", "b"), (fee, card), ordered).decide(both).tolist() == [expected]


def test_identifiers_do_not_depend_on_the_other_rules() -> None:
    table = with_copies(planted_rules(300), toy_answer)
    model = DecisionRules(caution=4.0).learn(table)
    more = DecisionRules(caution=2.0).learn(table)
    assert len(set(model.ids)) == len(model.rules)
    by_id = dict(zip(more.ids, more.rules, strict=True))
    names = {
        name: {(more.features[one.feature].name, one.present) for one in rule.conditions}
        for name, rule in by_id.items()
    }
    for name, rule in zip(model.ids, model.rules, strict=True):
        if name in names:
            assert names[name] == {(model.features[one.feature].name, one.present) for one in rule.conditions}


def test_more_caution_is_more_precise_and_covers_less() -> None:
    table = with_copies(planted_rules(300, noise=0.1), toy_answer)
    bold, careful = (DecisionRules(caution=caution, max_conditions=3).learn(table) for caution in (1.0, 20.0))
    covered = [(model.decide(table.features) >= 0).mean() for model in (bold, careful)]
    assert covered[0] > covered[1]


def test_excluded_features_are_in_no_condition() -> None:
    table = planted_rules(300)
    for exclude in (("word:pin",), ("pin",)):
        model = DecisionRules(caution=4.0, exclude=exclude).learn(table)
        assert "pin" not in {feature.key for feature in model.features}
        assert model.rules


def test_no_rule_is_longer_than_allowed() -> None:
    table = planted_rules(300, noise=0.1)
    for most in (1, 2, 3):
        model = DecisionRules(caution=3.0, max_conditions=most).learn(table)
        assert max(len(rule.conditions) for rule in model.rules) <= most


def test_at_most_so_many_rules() -> None:
    assert len(DecisionRules(caution=2.0, max_rules=2).learn(planted_rules(300, noise=0.1)).rules) == 2


def test_an_absence_that_saves_hardly_an_error_is_dropped() -> None:
    n = 1000
    presence = np.zeros((n, 2))
    presence[:600, 0] = 1
    presence[:3, 1] = 1
    decided = np.where(presence[:, 0] > 0, 0, 1)
    decided[:2] = 1
    table = table_from(presence, np.where(np.eye(2)[decided] > 0, 0.95, 0.05), ("a", "b"), ("fee", "odd"))
    pool = rule_pool(Documents(presence.astype(np.float32), soft_errors(table), np.eye(2, dtype=bool)), 2, 4)
    assert (0, (0, 3)) in pool
    model = DecisionRules(caution=11.0, copy_weight=0.0, min_support=1).learn(table)
    assert said(model) == {("a", frozenset({("fee", True)}))}


def test_nested_features_make_no_rule() -> None:
    rows = [("payment",)] * 30 + [("payments",)] * 30 + [("lost",)] * 30
    stem = [float("payment" in row[0]) for row in rows]
    beginning = [float(row[0] == "payments") for row in rows]
    lost = [float(row[0] == "lost") for row in rows]
    named = (
        Feature("stem", "payment", "payment", ("payment", "payments")),
        Feature("prefix", "payment", "payment*", ("payments",)),
        Feature("word", "lost", "lost", ("lost",)),
    )
    decided = np.where(beginning, 1, 0)
    probabilities = np.where(np.eye(2)[decided] > 0, 0.95, 0.05)
    base = table_from(np.array([stem, beginning, lost]).T, probabilities, ("a", "b"))
    table = replace(base, features=Features(base.features.presence, named))
    model = DecisionRules(caution=4.0, copy_weight=0.0).learn(table)
    assert ("a", frozenset({("payment", True), ("payment", False)})) not in said(model)
    assert ("b", frozenset({("payment", True)})) in said(model)


def test_nesting_goes_by_key_and_by_forms() -> None:
    named = (
        Feature("stem", "pay", "pay", ("paid", "pay")),
        Feature("word", "paid", "paid", ("paid",)),
        Feature("word", "late", "late", ("late",)),
        Feature("phrase", "paid late", "paid late", ("paid late",)),
        Feature("prefix", "pa", "pa*"),
    )
    nested = nested_features(named)
    assert nested.diagonal().all()
    assert (nested == nested.T).all()
    assert nested[0, 1]
    assert nested[4, [0, 1]].all()
    assert not nested[2:4].sum() > 2


def test_errors_and_weights_sum_exactly() -> None:
    table = with_copies(planted_rules(50), toy_answer, n_copies=3)
    errors, weights = soft_errors(table), exact_weights(table, 5.0)
    assert (errors * 256 == np.round(errors * 256)).all()
    assert (weights * 1024 == np.round(weights * 1024)).all()
    assert errors.min() >= 0
    assert errors.max() <= 1
    other = np.ones(errors.shape, dtype=bool)
    other[np.arange(table.n_rows), table.decisions] = False
    assert errors[other].min() >= 0.5
    order = np.random.default_rng(0).permutation(table.n_rows)
    assert float(weights @ errors[:, 0]) == float(weights[order] @ errors[order, 0])


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_the_pool_s_rules_are_right_often_enough_and_each_covers_other_documents(seed: int) -> None:
    table = planted_rules(80, seed=seed, noise=0.2)
    presence = table.features.presence.toarray()
    errors = soft_errors(table)
    pool = rule_pool(Documents(presence, errors, nested_features(table.features.named)), 3, 4)
    coverages: dict[int, set[bytes]] = {}
    for class_index, conjunction in pool:
        held = np.ones(80, dtype=bool)
        for literal in conjunction:
            held &= presence[:, literal % len(WORDS)] == (literal < len(WORDS))
        assert held.sum() - errors[held, class_index].sum() >= 4
        assert conjunction[0] < len(WORDS)
        assert held.tobytes() not in coverages.setdefault(class_index, set())
        coverages[class_index].add(held.tobytes())


@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([2.0, 6.0]))
@settings(max_examples=15, deadline=None)
def test_greedy_choice_is_what_its_definition_says(seed: int, ordered: bool, caution: float) -> None:
    table = with_copies(planted_rules(60, seed=seed, noise=0.2), toy_answer)
    presence = table.features.presence.toarray() > 0
    n_features = presence.shape[1]
    errors, weights = soft_errors(table), exact_weights(table, 5.0)
    pool = [(class_index, (column,)) for class_index in range(3) for column in range(n_features)]
    cover = cover_of(pool, presence.T.copy(), weights, errors, table.original)
    left = np.ones(table.n_rows, dtype=bool)

    def rate(rule: tuple[int, tuple[int, ...]], rows: np.ndarray) -> float:
        here = presence[:, rule[1][0]] & rows
        return float(((weights * errors[:, rule[0]])[here].sum() + 0.5) / (weights[here].sum() + 1.0))

    for choice in chosen_rules(cover, n_features, caution, 40, ordered):
        rates = [rate(rule, left) for rule in pool]
        if not ordered:
            rates = [max(one, rate(rule, np.ones_like(left))) for one, rule in zip(rates, pool, strict=True)]
        gains = [
            (presence[:, rule[1][0]] & left & table.original).sum() * (1 - one - caution * one)
            for one, rule in zip(rates, pool, strict=True)
        ]
        best = int(np.argmax(np.round(gains, 9)))
        assert (choice.class_index, choice.conjunction) == pool[best]
        assert choice.error == pytest.approx(rates[best])
        left &= ~presence[:, choice.conjunction[0]]


def test_equal_texts_are_in_one_fold() -> None:
    table = planted_rules(40)
    assert table.keys is not None
    doubled = replace(table, keys=table.keys[np.arange(40) % 20])
    folds = folds_of(doubled, 4)
    assert (folds[:20] == folds[20:]).all()
    assert len(set(folds.tolist())) == 4


def test_a_cross_fit_needs_digests_a_caution_does_not() -> None:
    table = replace(planted_rules(100), keys=None)
    with pytest.raises(InputError) as caught:
        DecisionRules().learn(table)
    assert caught.value.code == "bad-parameter"
    assert DecisionRules(caution=4.0).learn(table).rules


def test_the_least_cautious_that_is_precise_enough() -> None:
    def tried(*pairs: tuple[int, int]) -> tuple[CrossFit, ...]:
        return tuple(CrossFit(caution, 100, *pair) for caution, pair in zip(CAUTIONS, pairs, strict=False))

    assert least_cautious(tried((70, 60), (60, 58), (50, 50)), 0.95) == 3.0
    assert least_cautious(tried((70, 60), (60, 50), (50, 40)), 0.95) == 2.0
    assert least_cautious(tried((50, 50), (50, 50), (0, 0)), 0.95) == 3.0
    assert least_cautious(tried((0, 0), (0, 0)), 0.95) == 3.0


def test_the_cross_fit_counts_each_document_once() -> None:
    table = with_copies(planted_rules(120, noise=0.1), toy_answer)
    surrogate = DecisionRules()
    surrogate.learn(table)
    assert [one.caution for one in surrogate.cross_fit_] == list(CAUTIONS)
    assert {one.n_documents for one in surrogate.cross_fit_} == {120}
    for one in surrogate.cross_fit_:
        assert one.n_right <= one.n_covered <= 120


def test_too_few_documents_give_no_rules() -> None:
    few: Table = planted_rules(3)
    model = DecisionRules().learn(few)
    assert model.rules == ()
    assert model.decide(few.features).tolist() == [-1, -1, -1]
