"""Adaptive sampling: calls double until what a reader sees has settled, and the report says why it stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from surrogate import explain, load
from surrogate.adaptive import Adaptive
from surrogate.blackbox import FunctionBox
from surrogate.errors import InputError
from surrogate.plan import check_calls, confirm_share, sample_size
from surrogate.rounds import fitted_to, measure_round
from surrogate.stopping import REASONS, Round, Stopping
from tests.toys import MESSAGE, logistic

CLASSES = ["card", "other"]
ADDITIVE = logistic({"lost": 2.0, "card": 1.5, "yesterday": -1.0}, -1.0)


def box(function: Any, **options: Any) -> FunctionBox:
    return FunctionBox(function, classes=CLASSES, **options)


def noisy(texts: Sequence[str]) -> np.ndarray:
    """Answers that vary from call to call by about as much as they differ between texts."""
    drawn = noisy.generator.normal(0.0, 1.0, len(texts))  # type: ignore[attr-defined]
    log_odds = np.log(ADDITIVE(texts)[:, 0] / ADDITIVE(texts)[:, 1]) + drawn
    positive = 1 / (1 + np.exp(-log_odds))
    return np.column_stack([positive, 1 - positive])


noisy.generator = np.random.default_rng(0)  # type: ignore[attr-defined]


def test_an_additive_model_settles_soon() -> None:
    adaptive = Adaptive(load("local-linear", box(ADDITIVE))).fit([MESSAGE])
    assert adaptive.stopping_.reason == "settled"
    assert len(adaptive.stopping_.rounds) <= 3
    assert adaptive.stopping_.rounds[-1].same_terms == 1.0
    assert adaptive.score([MESSAGE]) > 0.95


def test_the_calls_double_and_the_budget_is_a_hard_total() -> None:
    generator = np.random.default_rng(0)
    values: dict[str, float] = {}

    def hopeless(texts: Sequence[str]) -> np.ndarray:
        positive = np.array([values.setdefault(text, float(generator.random())) for text in texts])
        return np.column_stack([positive, 1 - positive])

    explanation = explain(MESSAGE, box(hopeless), budget=300, store=False)
    assert explanation.stopping.reason == "budget"
    assert explanation.calls["total"] <= 300
    assert not explanation.passed
    calls = [each.calls for each in explanation.stopping.rounds]
    assert calls == sorted(calls)
    assert len(calls) == 3


def test_every_copy_of_a_short_text_is_asked_and_nothing_more() -> None:
    explanation = explain("lost card yesterday", box(ADDITIVE), store=False)
    assert explanation.stopping.reason == "exhausted"
    assert explanation.calls["total"] == 8
    assert all(term.grade == "stable" for term in explanation.terms if term.coefficient)


def test_a_model_that_does_not_react_stops_after_two_rounds_and_says_so() -> None:
    explanation = explain(MESSAGE, box(lambda texts: [[0.7, 0.3]] * len(texts)), store=False)
    assert explanation.stopping.reason == "no reaction"
    assert len(explanation.stopping.rounds) == 2
    assert all("does not react" in member.verdict.reason for member in explanation.members)


def test_a_model_whose_answers_vary_stops_at_its_noise() -> None:
    noisy.generator = np.random.default_rng(0)  # type: ignore[attr-defined]
    explanation = explain(MESSAGE, box(noisy, stochastic=True), "local-linear", store=False, budget=1024)
    ceiling = explanation.stopping.noise_ceiling
    assert ceiling is not None
    assert 0.2 < ceiling < 0.95
    assert explanation.calls["noise"] == 32
    assert explanation.calls["total"] <= 1024


def test_a_model_that_is_not_declared_stochastic_is_never_asked_twice() -> None:
    asked: list[str] = []

    def counting(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return ADDITIVE(texts)

    explanation = explain(MESSAGE, box(counting), store=False)
    assert len(asked) == len(set(asked)) == explanation.calls["total"]
    assert "noise" not in explanation.calls


def test_the_test_part_is_not_read_before_the_calls_are_settled() -> None:
    asked: list[str] = []

    def counting(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return ADDITIVE(texts)

    adaptive = Adaptive(load("local-linear", box(counting))).fit([MESSAGE])
    test = adaptive.pipeline_.named_steps["perturb"].draw([MESSAGE], ("test",)).texts
    assert not set(test) & set(asked)


def test_a_second_round_is_compared_on_its_own_select_part() -> None:
    short, long = (load("local-linear", box(ADDITIVE)).set_params(perturb__n_samples=n) for n in (64, 128))
    fitted = []
    for pipe in (short, long):
        pipe.fit([MESSAGE])
        drawn = pipe.named_steps["perturb"].draw([MESSAGE], ("fit", "select"))
        fitted.append(fitted_to(pipe, pipe.named_steps["weigh"].transform(pipe.named_steps["query"].transform(drawn))))
    first = measure_round([], fitted[0], 5)
    second = measure_round(fitted[0], fitted[1], 5)
    assert first.same_terms is None
    assert second.same_terms is not None
    assert second.same_terms > 0.5
    assert second.r2_change is not None
    assert second.r2_change < 0.1


@pytest.mark.parametrize("reason", list(REASONS))
def test_every_reason_has_a_sentence_and_says_what_more_calls_would_buy(reason: str) -> None:
    stopping = Stopping(reason, (Round(64, {"linear": 0.5}), Round(128, {"linear": 0.6}, 1.0, 1.0, 0.1)))
    assert stopping.sentence.endswith(".")
    assert stopping.more.endswith(".")
    assert Stopping.from_dict(stopping.to_dict()) == stopping


@pytest.mark.parametrize("calls", [7, 0, -1, "many", 3.5, True, {"fit": 3, "select": 2, "test": 8}, {"fit": 8}])
def test_a_number_of_calls_that_cannot_be_used_is_refused(calls: Any) -> None:
    with pytest.raises(InputError):
        check_calls(calls)


def test_what_is_kept_back_for_confirmation_is_part_of_the_total() -> None:
    pipe = load("local", box(ADDITIVE))
    for total in (64, 100, 256, 512, 2000):
        assert sample_size(pipe, total, 40) + confirm_share(pipe, total) == total
    assert sample_size(pipe, 512, 9) == 512


def test_a_given_number_of_calls_is_a_hard_total_with_confirmation() -> None:
    explanation = explain(MESSAGE, box(ADDITIVE), calls=300, store=False)
    assert explanation.calls["total"] <= 300
    assert explanation.stopping.reason == "fixed"
    roles = sum(explanation.calls[role] for role in ("original", "fit", "select", "test"))
    assert roles + explanation.calls.get("confirm", 0) == explanation.calls["total"]


def test_several_texts_settle_together() -> None:
    texts = [MESSAGE, "where is the card that I lost, it was sent on Monday and has not come yesterday"]
    adaptive = Adaptive(load("local-linear", box(ADDITIVE))).fit(texts)
    assert adaptive.stopping_.reason == "settled"
    assert adaptive.predict(texts).shape == (2,)
