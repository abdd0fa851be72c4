"""What is computed without scikit-learn's checks of its input has the bits that scikit-learn gives."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_info, threadpool_limits

from surrogate.determination import r2
from surrogate.fit import RuleTree
from surrogate.fit.pairwise import fit_pairwise
from surrogate.fit.weighted_ridge import weighted_ridge
from surrogate.rows import Rows
from surrogate.single_thread import single_thread


def masks_and_values(seed: int, n: int = 256, n_units: int = 8) -> Rows:
    generator = np.random.default_rng(seed)
    masks = generator.random((n, n_units)) < 0.5
    values = masks @ generator.standard_normal(n_units) + 0.1 * generator.standard_normal(n)
    weights = generator.random(n) if seed % 2 else np.ones(n)
    return Rows(masks, values, np.tanh(values), weights, np.arange(n) // 2, tuple("abcdefgh"))


@pytest.mark.parametrize("seed", range(20))
def test_a_ridge_has_the_bits_of_scikit_learn(seed: int) -> None:
    rows = masks_and_values(seed, n=(5, 9, 64, 1000)[seed % 4])
    columns, targets = rows.masks.astype(float), np.column_stack([rows.values, rows.margins])
    theirs = Ridge(alpha=1e-6).fit(columns, targets, sample_weight=rows.weights)
    coefficients, intercepts = weighted_ridge(columns, targets, rows.weights, 1e-6)
    assert (coefficients == theirs.coef_).all()
    assert (intercepts == theirs.intercept_).all()


@pytest.mark.parametrize("seed", range(20))
def test_r2_has_the_bits_of_scikit_learn(seed: int) -> None:
    rows = masks_and_values(seed, n=(2, 9, 64, 1000)[seed % 4])
    assert r2(rows.values, rows.margins, rows.weights) == r2_score(
        rows.values, rows.margins, sample_weight=rows.weights
    )


def test_r2_of_values_that_do_not_vary_is_one_or_zero() -> None:
    same, weights = np.ones(4), np.ones(4)
    assert r2(same, same, weights) == 1.0
    assert r2(same, same + 1.0, weights) == 0.0
    # Their weighted mean is another number, in the last bit.
    assert r2(np.full(3, 0.1), np.full(3, 0.2), np.array([0.3, 0.3, 0.1])) == 0.0
    assert np.isnan(r2(same[:1], same[:1], weights[:1]))


def test_a_tree_has_the_splits_and_values_of_scikit_learn() -> None:
    rows = masks_and_values(3)
    model = RuleTree(max_leaves=6, min_samples_leaf=1).fit_one(rows, rows)
    variance = np.average((rows.values - np.average(rows.values, weights=rows.weights)) ** 2, weights=rows.weights)
    theirs = DecisionTreeRegressor(
        max_leaf_nodes=6, min_weight_fraction_leaf=1 / 256, min_impurity_decrease=0.001 * variance, random_state=0
    ).fit(rows.masks, rows.values, sample_weight=rows.weights)
    assert (model.predict(rows.masks) == theirs.predict(rows.masks)).all()
    for leaf in np.unique(model.leaf_of(rows.masks)):
        reached = model.leaf_of(rows.masks) == leaf
        assert model.nodes[leaf].margin == np.average(rows.margins[reached], weights=rows.weights[reached])


def test_ridge_strengths_tried_together_are_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = masks_and_values(1, n=64)
    together = fit_pairwise(rows)
    monkeypatch.setattr("surrogate.fit.pairwise._AT_ONCE", 1)
    alone = fit_pairwise(rows)
    assert together.left_out == alone.left_out
    assert (together.dual == alone.dual).all()


def test_one_thread_inside_and_as_many_as_before_outside() -> None:
    with threadpool_limits(2):
        before = [pool["num_threads"] for pool in threadpool_info()]
        with single_thread():
            assert {pool["num_threads"] for pool in threadpool_info()} == {1}
        assert [pool["num_threads"] for pool in threadpool_info()] == before
