"""The proxy and what is distilled from it."""

from __future__ import annotations

import numpy as np
import pytest

from surrogate.fit import Panel, RuleTree, SparseLinear
from surrogate.fit.forward import forward_terms
from surrogate.fit.gaussian_process import fit_gaussian_process
from surrogate.fit.proxy import Additive, Teacher, fit_proxy
from surrogate.perturb import Delete
from surrogate.query import Query
from surrogate.rows import Rows
from surrogate.weigh import Weigh
from tests.toys import MESSAGE, Counting, card_box

UNITS = tuple("abcdefghij")


def sample(n_pairs: int, noise: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    half = generator.random((n_pairs, 10)) < 0.5
    masks = np.stack([half, ~half], axis=1).reshape(-1, 10)
    return masks, truth(masks) + noise * generator.standard_normal(len(masks)), np.arange(len(masks)) // 2


def truth(masks: np.ndarray) -> np.ndarray:
    return 2.0 * masks[:, 0] + masks[:, 1] - 3.0 * (masks[:, 0] & masks[:, 2]) + 1.5 * (masks[:, 3] & masks[:, 4])


def rows(n_pairs: int, noise: float = 0.0) -> Rows:
    masks, values, pairs = sample(n_pairs, noise)
    return Rows(masks, values, values, np.ones(len(values)), pairs, UNITS)


def r2(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(1 - np.mean((truth - predicted) ** 2) / truth.var())


def test_the_process_predicts_unseen_masks() -> None:
    masks, values, _ = sample(400, seed=1)
    assert r2(values, fit_gaussian_process(rows(32)).predict(masks)[:, 0]) > 0.95
    assert r2(values, fit_gaussian_process(rows(64)).predict(masks)[:, 0]) > 0.99


def test_units_that_do_not_matter_have_no_relevance() -> None:
    relevance = fit_gaussian_process(rows(64)).relevance
    assert relevance[[0, 2, 3, 4]].min() > 5 * relevance[5:].max()


def test_the_left_out_error_is_that_of_leaving_out() -> None:
    data = rows(24, noise=0.3)
    process = fit_gaussian_process(data)
    masks, n = data.masks.astype(float), len(data.masks)
    distance = (masks * process.relevance) @ (1 - masks).T
    linear = (2 * masks - 1) @ (2 * masks - 1).T / 10
    kernel = process.variances[0] * np.exp(-(distance + distance.T)) + process.variances[1] * linear
    scaled = (data.values - process.centre[0]) / process.spread[0]
    # The noise is what makes the dual reproduce the targets.
    noise = np.median((scaled - kernel @ process.dual[:, 0]) / process.dual[:, 0])
    error = 0.0
    for pair in range(24):
        rest = np.flatnonzero(data.pairs != pair)
        weights = np.linalg.solve(kernel[np.ix_(rest, rest)] + noise * np.eye(n - 2), scaled[rest])
        out = np.flatnonzero(data.pairs == pair)
        error += float(((scaled[out] - kernel[np.ix_(out, rest)] @ weights) ** 2).sum())
    assert process.left_out == pytest.approx(error * process.spread[0] ** 2, rel=1e-3)


def test_an_additive_model_gets_an_additive_proxy_and_no_other_does() -> None:
    masks, _, pairs = sample(40)
    values = masks @ np.arange(10.0)
    assert isinstance(fit_proxy(Rows(masks, values, values, np.ones(80), pairs, UNITS)), Additive)
    assert not isinstance(fit_proxy(rows(40)), Additive)


def test_interactions_are_found_after_their_words() -> None:
    taught = Teacher().teach(rows(64))
    terms = [tuple(literal.unit for literal in term) for term in forward_terms(taught, 12, 2)]
    assert {(0, 2), (3, 4)} <= set(terms)
    for place, term in enumerate(terms):
        assert len(term) == 1 or any((unit,) in terms[:place] for unit in term)
    assert all(len(term) == 1 for term in forward_terms(taught, 12, 1))


def test_distilled_terms_are_the_model_s() -> None:
    data = rows(64)
    model = SparseLinear().fit_one(data, Teacher().teach(data))
    masks, values, _ = sample(400, seed=2)
    assert r2(values, model.predict(masks)) > 0.97
    together = next(term for term in model.terms if term.units == (0, 2))
    assert together.coefficient == pytest.approx(-3.0, abs=0.3)


def test_a_distilled_tree_beats_one_grown_on_the_calls() -> None:
    masks, values, _ = sample(400, seed=3)
    grown = {}
    for kind in ("auto", "none"):
        data = rows(32)
        tree = RuleTree(min_samples_leaf=1).fit_one(data, Teacher().teach(data, kind))
        grown[kind] = r2(values, tree.predict(masks))
    assert grown["auto"] > grown["none"]


def test_one_proxy_serves_the_whole_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    import surrogate.fit.proxy as module

    calls = []
    real = module.fit_proxy
    monkeypatch.setattr(module, "fit_proxy", lambda rows, like=None: calls.append(1) or real(rows, like))
    neighborhood = Weigh().fit_transform(Query(card_box()).fit_transform(Delete().draw([MESSAGE])))
    Panel([("linear", SparseLinear()), ("tree", RuleTree())]).fit(neighborhood)
    assert len(calls) == 1


def test_a_proxy_teaches_under_a_locality_kernel_too() -> None:
    sample = Weigh(kernel="mask_cosine").fit_transform(Query(card_box()).fit_transform(Delete().draw([MESSAGE])))
    fitted = SparseLinear().fit(sample)
    assert fitted.taught_by_[MESSAGE] != "calls"
    without = SparseLinear(proxy="none").fit(sample).models_[MESSAGE]
    assert fitted.models_[MESSAGE].terms[0].units == without.terms[0].units


def test_no_proxy_when_all_is_known() -> None:
    data = rows(20)
    exact = Rows(data.masks, data.values, data.margins, data.weights, data.pairs, data.units, True)
    assert Teacher().teach(exact) is exact


def test_teaching_depends_on_content_alone() -> None:
    first, second = Teacher().teach(rows(32)), Teacher().teach(rows(32))
    assert (first.masks == second.masks).all()
    assert (first.values == second.values).all()


def test_a_noisy_model_is_smoothed_not_chased() -> None:
    masks, values, _ = sample(400, seed=4)
    assert r2(values, fit_gaussian_process(rows(100, noise=1.0)).predict(masks)[:, 0]) > 0.6


def test_constant_and_tiny_samples_need_no_proxy() -> None:
    for text, box in (("my card", card_box()), (MESSAGE, Counting(lambda texts: np.full((len(texts), 2), 0.5)))):
        neighborhood = Weigh().fit_transform(Query(box).fit_transform(Delete(n_samples=16).draw([text])))
        assert np.isfinite(SparseLinear().fit(neighborhood).predict(neighborhood)).all()
