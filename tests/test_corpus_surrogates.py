"""Global surrogates: planted coefficients, rules and trees are found again, whatever the order of the documents."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.features import Feature, Features
from surrogate.fit import ClassTree, CorpusPanel, DecisionRules, RuleTree, SparseMultinomial
from surrogate.fit.corpus_base import CorpusSurrogate
from surrogate.multinomial_model import Coefficient, MultinomialModel
from surrogate.neighborhood import Neighborhood
from surrogate.table import Table, table_of
from tests.corpus_toys import (
    WORDS,
    answered_sample,
    planted_rules,
    softmax,
    table_from,
    toy_answer,
    toy_texts,
    with_copies,
)

MEMBERS = [SparseMultinomial(n_coefficients=12), DecisionRules(min_support=2), ClassTree(max_leaves=8)]


@pytest.fixture(scope="module")
def sample() -> Neighborhood:
    texts = toy_texts(160)
    return answered_sample(texts, ["fit"] * 100 + ["select"] * 60)


def planted_coefficients(n_documents: int = 500, seed: int = 0) -> tuple[Table, np.ndarray]:
    generator = np.random.default_rng(seed)
    presence = (generator.random((n_documents, 60)) < 0.2).astype(float)
    weights = np.zeros((60, 4))
    places = generator.choice(240, 15, replace=False)
    weights.ravel()[places] = generator.choice([-2.5, 2.5, 4.0], 15)
    return table_from(presence, softmax(presence @ weights + [0.5, 0, 0, -0.5]), tuple("abcd")), weights


def test_planted_coefficients_are_found_again() -> None:
    table, weights = planted_coefficients()
    model = SparseMultinomial(n_coefficients=15, ridge=1e-6).learn(table)
    assert {int(feature.key[1:]) for feature in model.features} == set(np.flatnonzero(weights.any(axis=1)).tolist())
    # A feature with coefficients for two of four classes can be said in two ways; probabilities can not.
    assert np.abs(model.probabilities(table.features) - table.probabilities).max() < 0.02


def test_exchange_mends_a_wrong_start() -> None:
    from surrogate.fit.multinomial_deviance import Deviance
    from surrogate.fit.splicing import splice

    table, weights = planted_coefficients()
    problem = Deviance.of_table(table, 0.0, 1e-6)
    places = np.flatnonzero(weights)
    wrong = np.zeros(weights.size, dtype=bool)
    wrong[places[:-3]] = True
    wrong[np.flatnonzero(weights.ravel() == 0)[:3]] = True
    started = problem.refit(replace(problem.start(), active=wrong.reshape(weights.shape)), 60)
    mended = splice(problem, started)
    assert mended.size == started.size
    assert mended.loss < started.loss
    assert (mended.active == (weights != 0)).mean() > (started.active == (weights != 0)).mean()


def test_the_gradient_is_the_deviance_s_slope() -> None:
    from surrogate.fit.multinomial_deviance import Deviance

    table, weights = planted_coefficients(60)
    problem = Deviance.of_table(table, 0.0, 1e-2)
    columns, active = table.features.presence.tocsc(), weights != 0
    values = np.linspace(-1, 1, active.sum() + 4)

    def at(values: np.ndarray) -> tuple[float, np.ndarray]:
        return problem._value_and_gradient(values, columns.tocsr(), columns.T, active)

    value, slope = at(values)
    said = softmax(columns @ _filled(active, values[:-4]) + values[-4:])
    deviance = -np.mean((table.probabilities * np.log(said)).sum(axis=1)) + 1e-2 / 2 * (values[:-4] ** 2).sum()
    assert value == pytest.approx(deviance, rel=1e-5)
    for place in (0, 3, len(values) - 1):
        step = np.zeros(len(values))
        step[place] = 1e-2
        above, below = (at(values + sign * step)[0] for sign in (1, -1))
        assert slope[place] == pytest.approx((above - below) / 2e-2, abs=1e-3)


def _filled(active: np.ndarray, values: np.ndarray) -> np.ndarray:
    filled = np.zeros(active.shape)
    filled[active] = values
    return filled


def test_a_path_has_the_model_that_a_fit_gives() -> None:
    table, _ = planted_coefficients()
    surrogate = SparseMultinomial(n_coefficients=60)
    path = surrogate.path(table, (70, 0, 10, 60))
    assert list(path) == [0, 10, 60, 70]
    assert [len(model.coefficients) for model in path.values()] == [0, 10, 60, 70]
    assert path[60] == surrogate.learn(table)


def test_fewer_candidates_than_asked_for() -> None:
    table, _ = planted_coefficients(40)
    few = table.of_kinds(("word",))
    few = replace(few, features=few.features.at(np.arange(2)))
    model = SparseMultinomial(n_coefficients=200).learn(few)
    assert 0 < len(model.coefficients) <= 8
    assert SparseMultinomial().path(few, (500,))[500] == model


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: type(member).__name__)
def test_one_class_only(member: CorpusSurrogate) -> None:
    table = table_from(np.eye(6), np.ones((6, 1)), ("all",))
    model = clone(member).learn(table)
    assert set(model.decide(table.features).tolist()) <= {0, -1}
    if isinstance(model, MultinomialModel):
        assert model.coefficients == ()
        assert model.probabilities(table.features).tolist() == [[1.0]] * 6


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: type(member).__name__)
def test_no_features_at_all(member: CorpusSurrogate) -> None:
    table = table_from(np.zeros((8, 0)), np.full((8, 2), [0.7, 0.3]), ("a", "b"))
    model = clone(member).learn(table)
    assert model.features == ()
    assert set(model.decide(table.features).tolist()) <= {0, -1}


def test_a_class_that_is_never_answered_is_never_said() -> None:
    table, _ = planted_coefficients(200)
    probabilities = np.hstack([table.probabilities, np.zeros((200, 1))])
    wider = replace(table, probabilities=probabilities, classes=(*table.classes, "never"))
    for member in MEMBERS:
        model = clone(member).learn(wider)
        assert 4 not in model.decide(wider.features)
        json.dumps(model.to_dict(), allow_nan=False)


def test_a_tree_finds_the_planted_questions() -> None:
    table = planted_rules(600)
    model = ClassTree(max_leaves=8).learn(table)
    assert {feature.key for feature in model.features} >= {"lost", "fee", "rate", "pin"}
    assert (model.decide(table.features) == table.decisions).all()
    paths = dict(model.paths())
    assert set(model.leaf_of(table.features).tolist()) == set(paths)
    presence = table.features.having(model.features).toarray().astype(bool)
    for leaf, path in paths.items():
        here = np.logical_and.reduce([condition.holds(presence) for condition in path])
        assert (here == (model.leaf_of(table.features) == leaf)).all()
        said = table.probabilities[here].mean(axis=0)
        assert model.nodes[leaf].probabilities == pytest.approx(tuple(said))


def test_leaves_hold_enough_documents() -> None:
    table = planted_rules(200, noise=0.2)
    model = ClassTree(max_leaves=32, min_samples_leaf=10).learn(table)
    assert np.bincount(model.leaf_of(table.features))[[leaf for leaf, _ in model.paths()]].min() >= 10
    assert model.n_leaves > 4


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: type(member).__name__)
def test_the_order_of_documents_does_not_matter(member: CorpusSurrogate) -> None:
    table = with_copies(planted_rules(150, noise=0.1), toy_answer)
    shuffled = np.random.default_rng(1).permutation(table.n_rows)
    one, other = (clone(member).learn(rows).to_dict() for rows in (table, table.take(shuffled)))
    assert canonical_bytes(canonical(one)) == canonical_bytes(canonical(other))
    assert one == other


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: type(member).__name__)
def test_models_come_back_from_json_and_find_their_columns(member: CorpusSurrogate) -> None:
    table = with_copies(planted_rules(150), toy_answer)
    model = clone(member).learn(table)
    again = type(model).from_dict(json.loads(json.dumps(model.to_dict(), allow_nan=False)))
    assert again == model
    turned = table.features.at(np.arange(len(WORDS))[::-1])
    assert model.decide(turned).tolist() == model.decide(table.features).tolist()
    with pytest.raises(InputError) as caught:
        model.decide(table.features.at(np.arange(0)))
    assert caught.value.code == "bad-parameter"


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: type(member).__name__)
def test_scikit_learn_s_manners(member: CorpusSurrogate, sample: Neighborhood) -> None:
    fitted = clone(member)
    with pytest.raises(NotFittedError):
        fitted.predict(sample)
    assert fitted.fit(sample) is fitted
    said = fitted.predict(sample)
    assert said.shape == (160,)
    assert set(said) <= {*sample.classes, ""}
    select = table_of(sample.role("select")).originals()
    truth = np.array(sample.classes)[select.decisions]
    assert fitted.score(sample) == pytest.approx((said[100:] == truth).mean())
    assert fitted.score(sample) > 0.75
    assert clone(fitted).get_params() == member.get_params()


def test_fitting_sees_only_fitting_rows(sample: Neighborhood) -> None:
    assert sample.answers is not None
    spoiled = sample.answers.log_probabilities.copy()
    spoiled[sample.roles != "fit"] = np.log(1 / 3)
    poisoned = sample.replace(answers=replace(sample.answers, log_probabilities=spoiled))
    for member in MEMBERS:
        assert clone(member).fit(sample).model_ == clone(member).fit(poisoned).model_


def test_keys_are_digests_of_the_documents(sample: Neighborhood) -> None:
    table = table_of(sample)
    assert table.keys is not None
    assert table.keys[:4].tolist() == [digest(sample.documents[0].text)] * 4
    assert len(set(table.keys.tolist())) == 160


def test_rows_of_one_text_that_differ_in_their_features_have_an_order_too() -> None:
    base = planted_rules(6)
    assert base.keys is not None
    twins = replace(base, keys=np.repeat(base.keys[:1], 6), probabilities=np.full((6, 3), 1 / 3))
    turned = twins.take(np.arange(6)[::-1])
    one, other = (table.in_order().features.presence.toarray().tolist() for table in (twins, turned))
    assert one == other


def test_a_panel_fits_clones_of_its_members(sample: Neighborhood) -> None:
    panel = CorpusPanel([("linear", SparseMultinomial(n_coefficients=12)), ("tree", ClassTree(max_leaves=8))])
    panel.fit(sample)
    assert list(panel.members_) == ["linear", "tree"]
    assert panel.members_["tree"] is not panel.members[1][1]
    assert panel.predict(sample).tolist() == panel.members_["linear"].predict(sample).tolist()
    assert panel.score(sample) == pytest.approx(np.mean([member.score(sample) for member in panel.members_.values()]))
    assert clone(panel).set_params(tree__max_leaves=3).members[1][1].max_leaves == 3


@pytest.mark.parametrize("members", [[], [("tree", RuleTree())]])
def test_panels_refuse_other_members(members: list, sample: Neighborhood) -> None:
    with pytest.raises(InputError) as caught:
        CorpusPanel(members).fit(sample)
    assert caught.value.code == "bad-parameter"


@pytest.mark.parametrize(
    "change",
    [{"features": None}, {"answers": None}, {"multi_label": True}, {"roles": "select"}],
    ids=["features", "answers", "multi_label", "roles"],
)
def test_samples_that_cannot_be_fitted_are_refused(change: dict, sample: Neighborhood) -> None:
    if "roles" in change:
        change = {"roles": np.full(sample.n_samples, "select")}
    with pytest.raises(InputError):
        ClassTree().fit(sample.replace(**change))


@pytest.mark.parametrize("kinds", [("wrod",), ("concept",)])
def test_kinds_that_are_none_or_are_not_there_are_refused(kinds: tuple[str, ...], sample: Neighborhood) -> None:
    with pytest.raises(InputError) as caught:
        ClassTree(kinds=kinds).fit(sample)
    assert caught.value.code == "bad-parameter"


def test_only_some_kinds_of_features() -> None:
    table = planted_rules(200)
    features = tuple(
        Feature("lexicon" if feature.key == "pin" else "word", feature.key, feature.key)
        for feature in table.features.named
    )
    mixed = replace(table, features=Features(table.features.presence, features))
    model = ClassTree(kinds=("lexicon",)).learn(mixed)
    assert [feature.key for feature in model.features] == ["pin"]


def test_copies_weigh_as_much_as_is_said() -> None:
    table = with_copies(planted_rules(60), toy_answer)
    alone = SparseMultinomial(n_coefficients=8, copy_weight=0.0).learn(table)
    assert alone == SparseMultinomial(n_coefficients=8, copy_weight=0.0).learn(table.originals())
    assert alone != SparseMultinomial(n_coefficients=8).learn(table)


def test_the_largest_coefficients_of_a_class_come_first() -> None:
    features = (Feature("word", "a", "a"), Feature("word", "b", "b"))
    coefficients = (Coefficient(0, 0, 1.0), Coefficient(1, 0, -2.0), Coefficient(1, 1, 5.0))
    model = MultinomialModel(features, ("x", "y"), (0.0, 0.0), coefficients)
    assert [one.value for one in model.by_class(0)] == [-2.0, 1.0]
    presence = Features(csr_matrix([[1.0, 1.0]], dtype=np.float32), features)
    assert model.probabilities(presence)[0] == pytest.approx(softmax(np.array([[-1.0, 5.0]]))[0])
