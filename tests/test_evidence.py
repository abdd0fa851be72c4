"""Evidence: honest intervals, exact shares, and a gate that withholds."""

from __future__ import annotations

import numpy as np
import pytest

from surrogate.estimate import Estimate
from surrogate.evidence import Fidelity, Policy, judge, measure_fidelity, with_intervals
from surrogate.evidence.rules import binomial_interval
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.rows import Rows


def rows(values: np.ndarray, masks: np.ndarray, exact: bool = False) -> Rows:
    n = len(values)
    return Rows(masks, values, values, np.ones(n), np.arange(n) // 2, ("a", "b", "c"), exact)


def sample(generator: np.random.Generator, n_pairs: int, noise: float) -> Rows:
    half = generator.random((n_pairs, 3)) < 0.5
    masks = np.stack([half, ~half], axis=1).reshape(-1, 3)
    values = masks @ np.array([1.0, -0.5, 0.0]) + noise * generator.standard_normal(len(masks))
    return rows(values, masks)


MODEL = LinearModel(
    3,
    0.0,
    (
        Term((Literal(0, True),), "a", 1.0, margin_coefficient=1.0),
        Term((Literal(1, True),), "b", -0.5, margin_coefficient=-0.5),
    ),
)


def test_a_perfect_surrogate_scores_one() -> None:
    data = sample(np.random.default_rng(0), 40, 0.0)
    fidelity = measure_fidelity(MODEL, data, data)
    assert fidelity.r2.value == pytest.approx(1.0)
    assert fidelity.mae_probability.value == pytest.approx(0.0)
    assert fidelity.agreement.value == 1.0


def test_r2_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import r2_score

    data = sample(np.random.default_rng(1), 60, 0.7)
    fidelity = measure_fidelity(MODEL, data, data)
    assert fidelity.r2.value == pytest.approx(r2_score(data.values, MODEL.predict(data.masks)))


def test_the_interval_of_r2_covers_its_population_value() -> None:
    generator = np.random.default_rng(2)
    population = sample(generator, 100_000, 0.7)
    truth = measure_fidelity(MODEL, rows(population.values, population.masks, True), population)
    hits = 0
    for _ in range(200):
        data = sample(generator, 64, 0.7)
        r2 = measure_fidelity(MODEL, data, data).r2
        hits += r2.low <= truth.r2.value <= r2.high
    assert hits >= 0.90 * 200


def test_the_interval_of_a_coefficient_covers_it() -> None:
    generator = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        data = sample(generator, 48, 0.7)
        design = np.column_stack([MODEL.design(data.masks), np.ones(len(data.values))])
        found = np.linalg.lstsq(design, data.values, rcond=None)[0]
        terms = tuple(
            Term(term.literals, term.text, value) for term, value in zip(MODEL.terms, found[:2].tolist(), strict=True)
        )
        term = with_intervals(LinearModel(3, float(found[2]), terms), data).terms[0]
        hits += term.low <= 1.0 <= term.high  # type: ignore[operator]
    assert hits >= 0.90 * 200


def test_exact_evidence_has_no_width() -> None:
    data = sample(np.random.default_rng(4), 8, 0.5)
    data = rows(data.values, data.masks, True)
    r2 = measure_fidelity(MODEL, data, data).r2
    assert r2.low == r2.value == r2.high
    assert all(term.low == term.high for term in with_intervals(MODEL, data).terms)


def test_the_binomial_interval_is_that_of_scipy() -> None:
    from scipy.stats import binomtest

    for right, n in ((0, 30), (17, 30), (30, 30)):
        interval = binomtest(right, n).proportion_ci(0.95, "exact")
        assert binomial_interval(right, n, 0.95) == pytest.approx((interval.low, interval.high))


def fidelity(value: float, low: float, high: float, **changes: object) -> Fidelity:
    one = Estimate(0.9, 0.8, 0.95, 0.6)
    fields = {
        "r2": Estimate(value, low, high, 0.0),
        "mae_probability": one,
        "agreement": one,
        "n_test": 128,
        "n_pairs": 64,
        "exact": False,
        "variance": 1.0,
    }
    return Fidelity(**{**fields, **changes})  # type: ignore[arg-type]


def verdict(measured: Fidelity | None, **changes: object):  # type: ignore[no-untyped-def]
    facts = {"n_calls": 256, "unusable_share": 0.0, "original_usable": True, "decides_alike": True}
    return judge(measured, policy=Policy(), **{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measured", "changes", "status"),
    [
        (fidelity(0.8, 0.7, 0.9), {}, "pass"),
        (fidelity(0.3, 0.2, 0.4), {}, "fail"),
        (fidelity(0.6, 0.4, 0.8), {}, "insufficient evidence"),
        (fidelity(0.8, 0.7, 0.9), {"unusable_share": 0.2}, "insufficient evidence"),
        (fidelity(0.8, 0.7, 0.9), {"original_usable": False}, "insufficient evidence"),
        (fidelity(0.8, 0.7, 0.9), {"decides_alike": False}, "fail"),
        (fidelity(0.8, 0.7, 0.9, n_test=12), {}, "insufficient evidence"),
        (fidelity(0.8, 0.8, 0.8, n_test=4, exact=True), {}, "pass"),
        (fidelity(0.8, 0.7, 0.9, agreement=Estimate(0.55, 0.5, 0.6, 0.7)), {}, "insufficient evidence"),
        (fidelity(1.0, 1.0, 1.0, variance=0.0), {}, "fail"),
        (None, {}, "insufficient evidence"),
    ],
)
def test_the_gate(measured: Fidelity | None, changes: dict[str, object], status: str) -> None:
    assert verdict(measured, **changes).status == status


def test_an_open_question_says_what_would_settle_it() -> None:
    found = verdict(fidelity(0.6, 0.4, 0.8))
    assert found.calls_needed == 1024
    assert "1,024 calls" in found.reason


def test_a_model_that_does_not_react_is_named_as_such() -> None:
    assert "does not react" in verdict(fidelity(1.0, 1.0, 1.0, variance=0.0)).reason
