"""The baselines are the packages themselves: same numbers as run directly, nothing asked twice, no global state touched."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from surrogate.baselines import BaselineResult, LimeBaseline, MaskedModel, ShapBaseline, compare
from surrogate.errors import InputError, ModelError
from surrogate.fit import RuleTree, SparseLinear
from surrogate.perturb import Delete
from surrogate.query import Query
from surrogate.store import MemoryStore
from surrogate.units import split_units
from tests.toys import Counting, card_box, conjunction, words

with warnings.catch_warnings():
    # The plots of shap, loaded with it, use a name that matplotlib is about to rename.
    warnings.simplefilter("ignore")
    import shap

TEXT = "please help me I have lost my new card since yesterday morning"
BASELINES = [
    LimeBaseline(num_samples=300),
    LimeBaseline(num_samples=300, scale="log_odds"),
    ShapBaseline("partition", max_evals=120),
    ShapBaseline("kernel", max_evals=120, random_state=3),
]
IDS = ["lime", "lime on log-odds", "shap partition", "shap kernel"]


def masked(box: Counting, text: str = TEXT, **params: object) -> MaskedModel:
    return MaskedModel.of(split_units(text), Query(box, **params))  # type: ignore[arg-type]


def curved(texts: list[str]) -> NDArray[np.float64]:
    """Not additive: "lost" counts double beside "card"; blind to white space and to dots."""
    here = [set(words(text.replace("...", " "))) for text in texts]
    log_odds = [2.0 * ("card" in w) - ("new" in w) + 1.5 * ("lost" in w) * (1 + ("card" in w)) - 1 for w in here]
    positive = 1 / (1 + np.exp(-np.array(log_odds)))
    return np.column_stack([positive, 1 - positive])


def test_lime_gives_the_numbers_of_lime_on_the_words() -> None:
    from lime.lime_text import LimeTextExplainer

    direct = LimeTextExplainer(random_state=7).explain_instance(TEXT, curved, labels=(0,), num_samples=400)
    result = LimeBaseline(num_samples=400, random_state=7).explain(masked(Counting(curved)))
    position = {word: place for place, word in enumerate(TEXT.split())}
    theirs = np.zeros(len(position))
    for word, weight in direct.as_list(label=0):
        theirs[position[word]] = weight
    assert np.allclose(result.weights, theirs, atol=1e-9)
    assert result.intercept == pytest.approx(float(direct.intercept[0]))
    assert result.n_sent == 400


@pytest.mark.slow
def test_shap_partition_gives_the_numbers_of_shap_on_the_words() -> None:
    state = np.random.get_state()
    np.random.seed(5)
    explainer = shap.PartitionExplainer(lambda texts: curved(list(texts))[:, 0], shap.maskers.Text(r"\W+"))
    direct = explainer([TEXT], max_evals=100, silent=True)
    np.random.set_state(state)
    result = ShapBaseline("partition", max_evals=100, random_state=5).explain(masked(Counting(curved)))
    assert np.allclose(result.weights, direct.values[0], atol=1e-9)
    assert result.intercept == pytest.approx(float(direct.base_values[0]))


def test_shap_kernel_is_exact_where_it_may_ask_about_every_copy() -> None:
    text = "lost my new card"
    model = masked(Counting(curved), text)
    result = ShapBaseline("kernel", max_evals=200).explain(model)
    masks = np.array([[bool(number >> unit & 1) for unit in range(4)] for number in range(16)])
    values = model.answer(masks).probabilities[:, 0]
    exact = np.zeros(4)
    for unit in range(4):
        for number in range(16):
            if not number >> unit & 1:
                size = bin(number).count("1")
                weight = [1 / 4, 1 / 12, 1 / 12, 1 / 4][size]
                exact[unit] += weight * (values[number | 1 << unit] - values[number])
    assert np.allclose(result.weights, exact, atol=1e-6)
    assert result.intercept + result.weights.sum() == pytest.approx(values[15], abs=1e-9)


@pytest.mark.parametrize("baseline", BASELINES, ids=IDS)
def test_nothing_is_asked_twice_and_the_second_time_nothing_at_all(baseline: LimeBaseline | ShapBaseline) -> None:
    box, store = card_box(fingerprint="toy"), MemoryStore()
    model = masked(box, store=store)
    first = baseline.explain(model)
    assert len(box.asked) == len(set(box.asked))
    assert set(box.asked) == {TEXT, *model.texts(first.asked)}
    assert first.n_distinct == len(first.asked) <= first.n_sent
    n_asked = len(box.asked)
    second = baseline.explain(masked(box, store=store))
    assert len(box.asked) == n_asked
    assert np.array_equal(first.weights, second.weights)
    assert (first.n_sent, first.n_distinct) == (second.n_sent, second.n_distinct)


@pytest.mark.parametrize("baseline", BASELINES, ids=IDS)
def test_the_global_generator_is_left_as_it_was(baseline: LimeBaseline | ShapBaseline) -> None:
    np.random.seed(11)
    np.random.random(3)
    before = np.random.get_state()
    one = baseline.explain(masked(card_box()))
    after = np.random.get_state()
    assert all(np.array_equal(left, right) for left, right in zip(before, after, strict=True))
    np.random.random(5)
    assert np.array_equal(one.weights, baseline.explain(masked(card_box())).weights)


@pytest.mark.parametrize("baseline", BASELINES, ids=IDS)
def test_results_survive_a_round_trip_through_json(baseline: LimeBaseline | ShapBaseline) -> None:
    result = baseline.explain(masked(card_box()))
    again = BaselineResult.from_dict(json.loads(json.dumps(result.to_dict())))
    assert again.to_dict() == result.to_dict()
    masks = np.eye(result.model.n_units, dtype=bool)
    assert np.allclose(result.model.predict(masks), result.intercept + result.weights)


def test_calls_are_never_more_than_agreed() -> None:
    for method in ("partition", "kernel"):
        result = ShapBaseline(method, max_evals=64).explain(masked(card_box()))
        # Partition finishes the pair of copies it has begun.
        assert result.n_sent <= 64 + 1


def test_repeated_words_are_units_of_their_own() -> None:
    result = LimeBaseline(num_samples=200).explain(masked(card_box(), "card card , lost"))
    assert result.weights.shape == (4,)


def test_one_word() -> None:
    for baseline in BASELINES:
        result = baseline.explain(masked(card_box(), "card"))
        assert result.weights.shape == (1,)
        assert result.weights[0] > 0


def test_other_renderings_are_asked_as_they_are() -> None:
    box = card_box()
    document = split_units("lost card")
    model = MaskedModel.of(document, Query(box), render=lambda mask: document.replace(mask, "[MASK]"))
    ShapBaseline("kernel").explain(model)
    assert set(box.asked) == {"lost card", "[MASK] [MASK]", "lost [MASK]", "[MASK] card"}


def test_a_model_that_cannot_read_the_empty_text_is_refused() -> None:
    with pytest.raises(InputError, match="empty text"):
        ShapBaseline().explain(masked(card_box(accepts_empty=False)))


def test_a_model_that_refuses_a_copy_is_refused() -> None:
    class Refusing(Counting):
        def answer(self, texts):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            answers = super().answer(texts)
            return replace(answers, refused=np.array(["card" not in text for text in texts]))

    with pytest.raises(ModelError, match="refused"):
        LimeBaseline(num_samples=50).explain(masked(Refusing(conjunction)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: LimeBaseline(num_samples=1),
        lambda: LimeBaseline(num_features=0),
        lambda: LimeBaseline(scale="logits"),
        lambda: ShapBaseline("deep"),
        lambda: ShapBaseline(max_evals=True),
        lambda: ShapBaseline(random_state=-1),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError):
        make()


def test_everybody_is_measured_on_the_same_copies() -> None:
    box = Counting(curved)
    query = Query(box, store=MemoryStore())
    whole = query.fit_transform(Delete(n_samples=160).draw([TEXT]))
    ours = {
        "terms": SparseLinear().fit(whole).models_[TEXT],
        "rules": RuleTree(max_leaves=8).fit(whole).models_[TEXT],
    }
    rows = compare(whole, ours, MaskedModel.of(whole.documents[0], query), BASELINES)
    assert [row["name"] for row in rows[:3]] == ["terms", "rules", "LIME"]
    assert [row["form"] for row in rows[4:]] == ["as given", "refitted by ridge"] * 2
    assert len({row["n_test"] for row in rows}) == 1
    assert json.loads(json.dumps(rows)) == rows
    for row in rows:
        assert row["r2"]["low"] <= row["r2"]["value"] <= row["r2"]["high"] <= 1
        assert row["calls"]["distinct"] <= row["calls"]["sent"]
    assert all(row["n_test_asked"] == 0 for row in rows[:2])
    assert rows[2]["n_test_asked"] > 0
    assert rows[0]["r2"]["value"] > rows[2]["r2"]["value"]
    assert len(box.asked) == len(set(box.asked))


def test_a_comparison_needs_a_test_part() -> None:
    query = Query(card_box())
    fit_only = query.fit_transform(Delete(n_samples=64).draw([TEXT], ("fit",)))
    with pytest.raises(InputError, match="test pairs"):
        compare(fit_only, {}, MaskedModel.of(fit_only.documents[0], query))
