"""Shapley values and interactions against brute force, shap's exact explainer, and the laws they are known by."""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.fit.gaussian_kernel import Kernel
from surrogate.fit.shapley import Shapley, fit_values
from surrogate.fit.shapley_kernel import KernelIndices
from surrogate.fit.shapley_link import PROBABILITY, linked_answers
from surrogate.fit.shapley_weights import (
    pair_weight_square,
    pair_weight_sums,
    pair_weights,
    unit_weight_square,
    unit_weights,
)
from surrogate.neighborhood import Neighborhood
from surrogate.perturb import Delete
from surrogate.perturb.shapley_sizes import draw_shapley_pairs, shapley_size_density
from surrogate.query import Query
from surrogate.reference import all_masks
from surrogate.rows import Rows
from surrogate.shapley_model import ShapleyModel
from surrogate.weigh import Weigh
from tests.toys import MESSAGE, Counting, card_box, logistic

Game = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


def rows_of(game: Game, masks: NDArray[np.bool_], exact: bool = False) -> Rows:
    values, pairs = game(masks), np.arange(len(masks)) // 2
    units = tuple(f"word{unit}" for unit in range(masks.shape[1]))
    return Rows(masks, values, values, np.ones(len(masks)), pairs, units, exact)


def asked(n_units: int, n_calls: int, seed: int = 0) -> NDArray[np.bool_]:
    """The full and the empty mask, then distinct pairs of the design."""
    found = [np.ones(n_units, dtype=bool), np.zeros(n_units, dtype=bool)]
    seen = {mask.tobytes() for mask in found}
    for pair in draw_shapley_pairs(n_units, np.random.default_rng(seed)):
        if len(found) + 2 > n_calls:
            return np.array(found)
        if pair[0].tobytes() not in seen:
            seen |= {mask.tobytes() for mask in pair}
            found += list(pair)
    raise AssertionError("the generator ended")


def random_game(n_units: int, seed: int = 0) -> Game:
    answers = np.random.default_rng(seed).normal(size=2**n_units)
    return lambda masks: answers[masks @ (2 ** np.arange(n_units))]


def polynomial(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Products of presences: the Shapley value of a product is shared equally among its units."""
    return 3.0 * masks[:, 0] - 1.0 * masks[:, 2] + 2.0 * masks[:, 1:3].all(axis=1) - 1.5 * masks[:, 3:6].all(axis=1)


def polynomial_values(n_units: int) -> NDArray[np.float64]:
    values = np.zeros(n_units)
    values[:6] = [3.0, 1.0, 0.0, -0.5, -0.5, -0.5]
    return values


def interactions(model: ShapleyModel) -> dict[tuple[int, int], float]:
    return {found.units: found.value for found in model.interactions}


def brute_force_value(game: Game, n_units: int, unit: int) -> float:
    """Shapley's formula over all subsets of the others."""
    total = 0.0
    others = [other for other in range(n_units) if other != unit]
    for size in range(n_units):
        for subset in combinations(others, size):
            weight = math.factorial(size) * math.factorial(n_units - size - 1) / math.factorial(n_units)
            without = np.isin(np.arange(n_units), subset)
            with_it = without | (np.arange(n_units) == unit)
            total += weight * float(game(with_it[None])[0] - game(without[None])[0])
    return total


def brute_force_interaction(game: Game, n_units: int, pair: tuple[int, int]) -> float:
    """The Shapley interaction index over all subsets of the others."""
    total = 0.0
    others = [other for other in range(n_units) if other not in pair]
    for size in range(n_units - 1):
        for subset in combinations(others, size):
            weight = math.factorial(size) * math.factorial(n_units - size - 2) / math.factorial(n_units - 1)
            base = np.isin(np.arange(n_units), subset)
            corners = np.array([base, base, base, base])
            corners[[1, 3], pair[0]] = True
            corners[[2, 3], pair[1]] = True
            total += weight * float(game(corners) @ [1.0, -1.0, -1.0, 1.0])
    return total


def test_every_copy_asked_gives_the_values_of_the_formula() -> None:
    game = random_game(5)
    model = fit_values(rows_of(game, all_masks(5)))
    assert model.exact
    assert model.low == model.high == model.values
    assert model.values == pytest.approx([brute_force_value(game, 5, unit) for unit in range(5)], abs=1e-9)
    found = interactions(model)
    assert len(found) == 10
    for pair, value in found.items():
        assert value == pytest.approx(brute_force_interaction(game, 5, pair), abs=1e-9)


def test_every_copy_asked_gives_the_values_of_shap() -> None:
    shap = pytest.importorskip("shap")
    game = random_game(7, seed=3)
    model = fit_values(rows_of(game, all_masks(7)))
    explainer = shap.KernelExplainer(lambda array: game(array > 0.5), np.zeros((1, 7)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        values = explainer.shap_values(np.ones((1, 7)), nsamples=2**7, l1_reg=False, silent=True)[0]
    assert model.values == pytest.approx(values, abs=1e-6)


@pytest.mark.parametrize("tilt", [0.0, 0.8])
@pytest.mark.parametrize("n_units", [2, 5, 8])
def test_the_closed_form_of_the_kernel_is_the_enumeration(n_units: int, tilt: float) -> None:
    generator = np.random.default_rng(n_units)
    masks, pairs = all_masks(n_units), list(combinations(range(n_units), 2))
    rows = masks[generator.permutation(len(masks))[:20]]
    kernel = Kernel(generator.random(n_units) * 3, 1.3, 0.7, tilt, tied=bool(tilt))
    indices, whole = KernelIndices(rows, kernel), kernel.matrix(masks.astype(float), masks.astype(float))
    columns = kernel.matrix(masks.astype(float), rows.astype(float))
    units, products = unit_weights(masks), pair_weights(masks, pairs)
    assert indices.unit_columns() == pytest.approx(units @ columns, abs=1e-10)
    assert indices.pair_columns(pairs) == pytest.approx(products @ columns, abs=1e-10)
    dual = generator.normal(size=len(rows))
    sums = indices.pair_sums(dual)
    assert [sums[pair] for pair in pairs] == pytest.approx(products @ columns @ dual, abs=1e-10)
    assert indices.unit_variances() == pytest.approx(np.diag(units @ whole @ units.T), abs=1e-9)
    assert indices.pair_variances(pairs) == pytest.approx(np.diag(products @ whole @ products.T), abs=1e-9)


def test_the_quadrature_is_exact_to_rounding_on_long_texts() -> None:
    generator = np.random.default_rng(0)
    rows = generator.random((3, 400)) < 0.5
    kernel = Kernel(generator.gamma(0.3, 0.1, size=400), 1.0, 0.5, 0.5)
    ends = kernel.matrix(np.array([np.ones(400), np.zeros(400)]), rows.astype(float))
    assert KernelIndices(rows, kernel).unit_columns().sum(axis=0) == pytest.approx(ends[0] - ends[1], abs=1e-12)


def test_squared_weights_and_sums_of_pairs() -> None:
    masks, pairs = all_masks(6), list(combinations(range(6), 2))
    assert (unit_weights(masks) ** 2).sum(axis=1) == pytest.approx(unit_weight_square(6))
    assert (pair_weights(masks, pairs) ** 2).sum(axis=1) == pytest.approx(pair_weight_square(6))
    answers = np.random.default_rng(0).normal(size=64)
    sums = pair_weight_sums(masks, answers)
    assert [sums[pair] for pair in pairs] == pytest.approx(pair_weights(masks, pairs) @ answers)


@pytest.mark.parametrize("n_calls", [40, 120])
@pytest.mark.parametrize("n_units", [9, 30])
def test_values_sum_to_what_the_whole_text_adds(n_units: int, n_calls: int) -> None:
    rows = rows_of(polynomial, asked(n_units, n_calls))
    model = fit_values(rows)
    assert not model.exact
    assert model.base_asked
    assert model.full_asked
    assert (model.base_value, model.full_value) == (rows.values[1], rows.values[0])
    assert math.isclose(math.fsum(model.values), model.full_value - model.base_value, abs_tol=1e-9)


def test_values_of_a_polynomial_are_found_from_few_calls() -> None:
    model = fit_values(rows_of(polynomial, asked(20, 200)))
    truth = polynomial_values(20)
    assert np.array(model.values) == pytest.approx(truth, abs=0.1)
    assert model.interactions[0].units == (1, 2)
    assert model.interactions[0].text == "word1 & word2"
    assert model.interactions[0].value == pytest.approx(2.0, abs=0.2)
    # An interaction of three is shared among its pairs, half of it to each.
    assert {found.units for found in model.interactions[1:4]} == {(3, 4), (3, 5), (4, 5)}
    assert model.low is not None
    assert model.high is not None
    assert np.mean((np.array(model.low) <= truth) & (truth <= np.array(model.high))) >= 0.9


def test_interchangeable_units_share_alike_and_a_dummy_gets_nothing() -> None:
    def game(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.tanh(masks[:, 0] + masks[:, 1] - 0.5) * (1.0 + masks[:, 2])

    model = fit_values(rows_of(game, all_masks(5)))
    assert model.values[0] == pytest.approx(model.values[1], abs=1e-12)
    assert model.values[3:] == pytest.approx((0.0, 0.0), abs=1e-12)
    assert not [pair for pair, value in interactions(model).items() if max(pair) > 2 and abs(value) > 1e-12]
    sampled = fit_values(rows_of(game, asked(12, 150)))
    assert sampled.values[0] == pytest.approx(sampled.values[1], abs=0.1)
    assert np.abs(sampled.values[3:]).max() < 0.05


@pytest.mark.parametrize("with_empty", [True, False])
def test_a_linear_model_is_its_coefficients(with_empty: bool) -> None:
    coefficients = np.random.default_rng(1).normal(size=18)
    masks = asked(18, 60)
    rows = rows_of(lambda some: some @ coefficients - 4.0, masks if with_empty else np.delete(masks, 1, axis=0))
    model = fit_values(rows)
    assert model.values == pytest.approx(coefficients, abs=1e-9)
    assert model.base_value == pytest.approx(-4.0)
    assert model.base_asked is with_empty
    assert model.interactions == ()
    assert model.source == "additive model"


def test_without_the_empty_text_its_value_is_predicted_and_said_to_be() -> None:
    rows = rows_of(polynomial, np.delete(asked(9, 150), 1, axis=0))
    model = fit_values(rows)
    assert not model.base_asked
    assert not model.exact
    assert model.base_value == pytest.approx(0.0, abs=0.3)
    assert math.isclose(math.fsum(model.values), model.full_value - model.base_value, abs_tol=1e-9)


def test_a_constant_model_has_no_values() -> None:
    for masks in (all_masks(4), asked(12, 40)):
        model = fit_values(rows_of(lambda some: np.full(len(some), 0.7), masks))
        assert not np.any(model.values)
        assert model.interactions == ()
        assert model.base_value == model.full_value == 0.7


def test_one_unit_and_two_units() -> None:
    one = fit_values(rows_of(lambda masks: 2.0 * masks[:, 0] - 1.0, all_masks(1)))
    assert (one.base_value, one.full_value, one.values, one.interactions) == (-1.0, 1.0, (2.0,), ())
    two = fit_values(rows_of(lambda masks: 4.0 * masks.all(axis=1), all_masks(2)))
    assert two.values == (2.0, 2.0)
    assert two.interactions[0].value == 4.0
    assert two.exact


def test_a_single_answer_gives_no_interval() -> None:
    model = fit_values(rows_of(lambda masks: masks.sum(axis=1) * 1.0, np.ones((1, 3), dtype=bool)))
    assert model.values == (0.0, 0.0, 0.0)
    assert model.low is None
    assert not model.base_asked


@pytest.mark.parametrize("n_rows", [2, 3, 5])
def test_very_few_answers_still_share_out_what_there_is(n_rows: int) -> None:
    model = fit_values(rows_of(polynomial, asked(8, 8)[:n_rows]))
    assert math.isclose(math.fsum(model.values), model.full_value - model.base_value, abs_tol=1e-9)


def test_a_mask_asked_twice_counts_once() -> None:
    rows = rows_of(polynomial, asked(9, 60))
    twice = rows_of(polynomial, np.concatenate([rows.masks, rows.masks[4:12]]))
    assert fit_values(twice).values == pytest.approx(fit_values(rows).values, abs=1e-12)


def test_without_a_proxy_nothing_is_estimated() -> None:
    assert fit_values(rows_of(polynomial, all_masks(6)), proxy="none").exact
    with pytest.raises(InputError, match="2 \\*\\* 9"):
        fit_values(rows_of(polynomial, asked(9, 60)), proxy="none")


def test_order_one_leaves_out_interactions() -> None:
    assert fit_values(rows_of(polynomial, all_masks(6)), max_order=1).interactions == ()


def test_linked_answers_keep_what_was_asked_and_stay_probabilities() -> None:
    def game(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(PROBABILITY.to_value(2.0 * polynomial(masks)))

    rows = rows_of(game, asked(10, 80))
    masks, answers = linked_answers(rows, PROBABILITY)
    assert answers.min() >= 0
    assert answers.max() <= 1
    powers = 2 ** np.arange(10)
    position = np.argsort(masks @ powers)[rows.masks @ powers]
    assert (answers[position] == rows.values).all()
    truth = unit_weights(masks) @ game(masks)
    linked, plain = (
        np.abs(np.array(fit_values(rows, link=link).values) - truth).mean() for link in (PROBABILITY, None)
    )
    assert linked < plain


def neighborhood(box: Counting, text: str = MESSAGE, **params: object) -> Neighborhood:
    sample = Query(box).fit_transform(Delete(**params).draw([text]))  # type: ignore[arg-type]
    return Weigh().fit_transform(sample)


def test_the_step_explains_a_text() -> None:
    model = Shapley().fit(neighborhood(card_box(), design="shapley", n_samples=128)).models_[MESSAGE]
    words = MESSAGE.split()
    found = {word: model.values[words.index(word)] for word in ("card", "lost", "new")}
    assert found == pytest.approx({"card": 2.5, "lost": 1.0, "new": -0.5}, abs=1e-6)
    assert model.kind == "shapley"
    assert model.scale == "log_odds"
    assert model.n_units == len(words)


@pytest.mark.parametrize("text", ["card", "lost card", "the lost card is here"])
def test_probabilities_of_short_texts_are_shared_exactly(text: str) -> None:
    model = Shapley(scale="probability").fit(neighborhood(card_box(), text, n_samples=64)).models_[text]
    assert model.exact
    assert model.scale == "probability"
    bare = logistic({"card": 2.5, "lost": 1.0}, -1.0)(["", text])[:, 0]
    assert (model.base_value, model.full_value) == pytest.approx(tuple(bare), abs=1e-9)
    assert math.fsum(model.values) == pytest.approx(bare[1] - bare[0], abs=1e-9)


def test_a_model_that_takes_no_empty_text_is_explained_without_it() -> None:
    sample = neighborhood(card_box(), "lost my card", n_samples=64, accepts_empty=False)
    model = Shapley(target="cards").fit(sample).models_["lost my card"]
    assert not model.base_asked
    assert not model.exact
    assert model.values == pytest.approx((1.0, 0.0, 2.5), abs=1e-6)


def test_it_is_no_prediction_model() -> None:
    assert not hasattr(ShapleyModel, "predict")
    assert not hasattr(Shapley(), "predict")
    assert not hasattr(Shapley(), "score")


def test_a_model_survives_json() -> None:
    for masks in (all_masks(6), asked(9, 60), np.ones((1, 9), dtype=bool)):
        model = fit_values(rows_of(polynomial, masks))
        assert ShapleyModel.from_dict(json.loads(json.dumps(model.to_dict()))) == model


def test_the_same_answers_give_the_same_model() -> None:
    rows = rows_of(polynomial, asked(20, 100))
    assert fit_values(rows) == fit_values(rows)


def test_the_design_spreads_its_pairs_and_keeps_its_density() -> None:
    source = draw_shapley_pairs(7, np.random.default_rng(0))
    masks = np.concatenate([next(source) for _ in range(6000)])
    assert (masks[::2] ^ masks[1::2]).all()
    numbers = np.bincount(masks @ (2 ** np.arange(7)), minlength=128) / len(masks)
    density = [shapley_size_density(7, int(size)) for size in all_masks(7).sum(axis=1)]
    assert numbers[all_masks(7) @ (2 ** np.arange(7))] == pytest.approx(density, abs=0.003)
    first = asked(30, 100)
    longer = asked(30, 200)
    assert (longer[:100] == first).all()


def test_forty_units_from_256_calls_take_less_than_a_second() -> None:
    rows = rows_of(polynomial, asked(40, 256))
    start = time.perf_counter()
    fit_values(rows)
    # Wall time, with room for a machine that is busy.
    assert time.perf_counter() - start < 3.0
