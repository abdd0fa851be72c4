"""The proxy and what is distilled from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surrogate.fit import Panel, RuleTree, SparseLinear
from surrogate.fit.candidates import Candidates, candidate_terms
from surrogate.fit.chosen import Chosen
from surrogate.fit.forward import _add, _exchange, forward_terms
from surrogate.fit.gaussian_likelihood import LogPosterior
from surrogate.fit.gaussian_process import fit_gaussian_process
from surrogate.fit.pairwise import Pairwise, fit_pairwise
from surrogate.fit.proxy import Additive, Teacher, fit_proxy
from surrogate.literals import Literal, all_hold
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


def test_the_left_out_error_of_pairs_of_words_is_that_of_leaving_out() -> None:
    data = rows(24, noise=0.3)
    fitted = fit_pairwise(data)
    alphas = [float(np.median((data.values - fitted.predict(data.masks)[:, 0]) / fitted.dual[:, 0]))]
    signs = 2.0 * data.masks - 1.0
    kernel = 1.0 + signs @ signs.T / 10 + 0.3 * ((signs @ signs.T) ** 2 - 10) / 90
    error = 0.0
    for pair in range(24):
        rest, out = np.flatnonzero(data.pairs != pair), np.flatnonzero(data.pairs == pair)
        ridge = kernel[np.ix_(rest, rest)] + alphas[0] * np.eye(len(rest))
        told = kernel[np.ix_(out, rest)] @ np.linalg.solve(ridge, data.values[rest] - fitted.centre[0])
        error += float(((data.values[out] - fitted.centre[0] - told) ** 2).sum())
    assert fitted.left_out == pytest.approx(error, rel=1e-6)


def test_a_row_without_its_other_half_is_left_out_alone() -> None:
    data = rows(24)
    part = replace(
        data, **{name: getattr(data, name)[1:] for name in ("masks", "values", "margins", "weights", "pairs")}
    )
    assert np.isfinite(fit_pairwise(part).left_out)
    assert fit_proxy(part).predict(data.masks).shape == (48, 2)


def test_a_model_of_pairs_gets_a_pairwise_proxy_where_calls_suffice() -> None:
    masks, _, pairs = sample(100)
    generator = np.random.default_rng(7)
    strength = generator.standard_normal((10, 10))
    signs = 2.0 * masks - 1.0
    values = np.einsum("ni,ij,nj->n", signs, strength, signs)
    proxy = fit_proxy(Rows(masks, values, values, np.ones(200), pairs, UNITS))
    assert isinstance(proxy, Pairwise)
    unseen = 2.0 * sample(100, seed=8)[0] - 1.0
    assert r2(np.einsum("ni,ij,nj->n", unseen, strength, unseen), proxy.predict(unseen > 0)[:, 0]) > 0.999


@pytest.mark.parametrize("tied", [False, True])
def test_the_gradient_of_the_likelihood_is_its_slope(tied: bool) -> None:
    generator = np.random.default_rng(0)
    masks = (generator.random((20, 4)) < 0.5).astype(float)
    posterior = LogPosterior(masks, generator.standard_normal((20, 3)), np.array([1.0, 0.2, 0.3]), tied)
    place = posterior.start(None) + 0.2 * generator.standard_normal(8) * ([1] * 7 + [tied])
    slopes = [(posterior.loss(place + step)[0] - posterior.loss(place - step)[0]) / 2e-5 for step in 1e-5 * np.eye(8)]
    free = 8 if tied else 7
    assert posterior.loss(place)[1][:free] == pytest.approx(slopes[:free], rel=1e-4, abs=1e-4)


def test_a_tilted_process_predicts_a_model_that_varies_more_near_the_full_text() -> None:
    def grows(masks: np.ndarray) -> np.ndarray:
        return np.exp(0.3 * masks.sum(axis=1)) * (masks[:, 0] - 0.5)

    masks, _, pairs = sample(32)
    data = Rows(masks, grows(masks), grows(masks), np.ones(64), pairs, UNITS)
    unseen = sample(400, seed=5)[0]
    plain, tilted = (fit_gaussian_process(data, tilted=flag) for flag in (False, True))
    assert tilted.kernel.tilt > 0 == plain.kernel.tilt
    assert r2(grows(unseen), tilted.predict(unseen)[:, 0]) > r2(grows(unseen), plain.predict(unseen)[:, 0])


def test_what_else_the_model_said_tells_which_units_matter() -> None:
    unseen, values, _ = sample(400, seed=6)
    found: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(5):
        masks, noisy, pairs = sample(12, noise=0.7, seed=seed)
        data = Rows(masks, noisy, noisy, np.ones(24), pairs, UNITS)
        scores = np.column_stack([truth(masks), -truth(masks), np.zeros(24)])
        others = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        for helped in found:
            process = fit_gaussian_process(data, tilted=True, others=others if helped else None)
            found[helped].append(r2(values, process.predict(unseen)[:, 0]))
    assert np.mean(found[True]) > np.mean(found[False])


def test_of_two_classes_nothing_more_is_learned() -> None:
    data = rows(24)
    others = -np.logaddexp(0, np.column_stack([-data.values, data.values]))
    alone, with_others = (fit_gaussian_process(data, others=what) for what in (None, others))
    assert (alone.dual == with_others.dual).all()


def test_masks_that_were_asked_twice_are_no_obstacle() -> None:
    data = rows(24)
    twice = replace(
        data,
        **{name: np.tile(getattr(data, name).T, 2).T for name in ("masks", "values", "margins", "weights")},
        pairs=np.arange(96) // 2,
    )
    assert np.isfinite(fit_proxy(twice).predict(data.masks)).all()


def known(values: np.ndarray, masks: np.ndarray) -> Rows:
    return Rows(masks, values, values, np.ones(len(values)), np.arange(len(values)) // 2, UNITS)


EVERY = ((np.arange(1024)[:, None] >> np.arange(10)) & 1).astype(bool)


def test_a_term_says_removed_only_where_that_explains_more() -> None:
    # "b matters where a is gone" beside a main effect of a alone; with one of b too, both tell the same.
    gone = 3.0 * EVERY[:, 0] + 2.0 * (~EVERY[:, 0] & EVERY[:, 1])
    assert (Literal(0, False), Literal(1, True)) in forward_terms(known(gone, EVERY), 2, 2)
    terms = forward_terms(known(gone + 0.5 * EVERY[:, 1], EVERY), 3, 2)
    assert set(terms) == {(Literal(0, True),), (Literal(1, True),), (Literal(0, True), Literal(1, True))}


def test_words_come_before_their_pairs_whatever_was_exchanged() -> None:
    generator = np.random.default_rng(3)
    for _ in range(5):
        values = sum(
            generator.standard_normal() * EVERY[:, generator.choice(10, size)].all(axis=1) for size in (1, 2, 3) * 6
        )
        terms = forward_terms(known(np.asarray(values), EVERY), 8, 2)
        assert len(set(terms)) == len(terms) <= 8
        for place, term in enumerate(terms):
            assert len(term) == 1 or any((Literal(one.unit, True),) in terms[:place] for one in term)


def explained(values: np.ndarray, terms: list) -> float:
    columns = np.column_stack([all_hold(term, EVERY) for term in terms] + [np.ones(len(EVERY))]).astype(float)
    return r2(values, columns @ np.linalg.lstsq(columns, values, rcond=None)[0])


def test_exchanges_explain_what_one_at_a_time_cannot() -> None:
    better = 0
    for seed in range(10):
        generator = np.random.default_rng(seed)
        values = 3.0 * np.tanh(EVERY @ generator.standard_normal(10) + generator.standard_normal())
        values += 2.0 * EVERY[:, :3].all(axis=1) - 2.0 * (EVERY[:, 3] & ~EVERY[:, 4])
        candidates = candidate_terms(known(values, EVERY), 2)
        one_at_a_time = _add(Chosen.of(candidates, [()]), 10)[0]
        exchanged = _exchange(candidates, one_at_a_time, 10)
        assert exchanged[1] >= one_at_a_time[1]
        better += exchanged[1] > one_at_a_time[1] + 1e-4
        assert explained(values, forward_terms(known(values, EVERY), 10, 2)) == pytest.approx(
            Chosen.of(candidates, [exchanged[0]]).explained[0], abs=1e-4
        )
    assert better


def candidates_of(seed: int) -> Candidates:
    generator = np.random.default_rng(seed)
    values = np.tanh(EVERY @ generator.standard_normal(10)) + EVERY[:, :3].all(axis=1)
    return candidate_terms(replace(known(values, EVERY), weights=generator.random(1024)), 2)


def test_sets_of_terms_have_the_same_bits_alone_as_among_others() -> None:
    for seed in range(10):
        candidates, generator = candidates_of(seed), np.random.default_rng(seed)
        sets = np.array([generator.permutation(10)[: seed + 1] for _ in range(30)])
        added = np.array([np.setdiff1d(np.arange(10, 40), one)[seed] for one in sets])
        together = Chosen.of(candidates, sets)
        for number in range(30):
            alone = Chosen.of(candidates, sets[[number]])
            for one, all_of_them in ((alone, together), (alone.add(added[[number]]), together.add(added))):
                for name in ("known", "left", "correlation", "explained", "allowed", "gains"):
                    assert (getattr(one, name)[0] == getattr(all_of_them, name)[number]).all(), name


def test_a_set_that_grows_is_as_one_that_is_named_whole() -> None:
    candidates = candidates_of(1)
    grown = Chosen.of(candidates, [[0, 4], [3, 1]]).add(np.array([12, 20])).add(np.array([2, 5]))
    whole = Chosen.of(candidates, [[0, 4, 12, 2], [3, 1, 20, 5]])
    assert (grown.places == whole.places).all()
    assert grown.explained == pytest.approx(whole.explained)
    assert grown.gains == pytest.approx(whole.gains, abs=1e-6)


def test_copies_and_weights_share_their_covariances_whatever_the_answers_are() -> None:
    one, other = (
        candidate_terms(known(EVERY[:, 0] * 1.0, EVERY), 2),
        candidate_terms(known(EVERY[:, 1] * 2.0, EVERY), 2),
    )
    weighted = candidate_terms(replace(known(EVERY[:, 0] * 1.0, EVERY), weights=np.arange(1.0, 1025.0)), 2)
    assert one.covariances is other.covariances
    assert not np.allclose(one.covariances.of_columns, weighted.covariances.of_columns)


def test_covariances_of_products_of_absences_follow_from_those_of_presences() -> None:
    generator = np.random.default_rng(2)
    weighted = replace(known(truth(EVERY), EVERY), weights=generator.random(1024))
    candidates = candidate_terms(weighted, 2)
    columns = np.column_stack([all_hold(condition, EVERY) for condition in candidates.terms.conditions]).astype(float)
    share = weighted.weights / weighted.weights.sum()
    centred = columns - share @ columns
    whole = (centred * share[:, None]).T @ centred
    assert candidates.covariances.variances == pytest.approx(np.diag(whole), abs=1e-5)
    assert candidates.covariances.rows(np.array([40]))[0] == pytest.approx(whole[40], abs=1e-5)
    assert candidates.moments == pytest.approx((centred * share[:, None]).T @ weighted.values, abs=1e-5)


@pytest.mark.parametrize(("n_pairs", "is_taught"), [(3, False), (4, True)])
def test_eight_answers_are_enough_for_a_proxy(n_pairs: int, is_taught: bool) -> None:
    assert (Teacher().proxy(rows(n_pairs)) is not None) is is_taught
