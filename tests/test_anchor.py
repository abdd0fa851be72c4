"""Anchors: proposed without asking, confirmed by fresh draws that may err in one case of twenty, never more."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from surrogate.anchor_model import CONFIRMED, NOT_CONFIRMED, AnchorCandidate, AnchorModel
from surrogate.errors import InputError
from surrogate.evidence import anchors
from surrogate.evidence.anchors import confirm_anchor
from surrogate.evidence.looks import Looks, plan_looks
from surrogate.fit.anchor import Anchor
from surrogate.literals import Literal
from surrogate.neighborhood import Neighborhood
from surrogate.perturb import Delete
from surrogate.query import Query
from surrogate.reference import all_masks, reference_density, rule_coverage
from surrogate.rows import Rows
from surrogate.weigh import Weigh
from tests.toys import MESSAGE, Counting, card_box, conjunction, logistic

N_UNITS = 40
WORDS = MESSAGE.split()
Masks = NDArray[np.bool_]


def candidates(*sets: tuple[int, ...], n_units: int = N_UNITS, kind: str = "uniform", expected: float = 0.98):
    return tuple(
        AnchorCandidate(
            tuple(Literal(unit, True) for unit in units), rule_coverage(n_units, len(units), 0, kind), expected
        )
        for units in sets
    )


def proposed(*sets: tuple[int, ...], n_units: int = N_UNITS, kind: str = "uniform", **changes: object) -> AnchorModel:
    model = AnchorModel(n_units, candidates(*sets, n_units=n_units, kind=kind), 0.95, True, 0.5, kind)
    return replace(model, **changes)  # type: ignore[arg-type]


class Box:
    """Answers masks by a rule, and remembers them."""

    def __init__(self, rule: Callable[[Masks], Masks], usable: float = 1.0) -> None:
        self.rule, self.usable = rule, usable
        self.asked: list[Masks] = []

    def __call__(self, masks: Masks) -> tuple[NDArray[np.float64], Masks]:
        self.asked += list(masks)
        usable = np.random.default_rng(len(self.asked)).random(len(masks)) < self.usable
        return np.where(self.rule(masks), 1.0, -1.0), usable


def fails_without(*groups: range) -> Callable[[Masks], Masks]:
    """The decision is lost when all units of a group are removed; uniform masks keep it with a known share."""
    return lambda masks: np.all([masks[:, list(group)].any(axis=1) for group in groups], axis=0)


def confirm(model: AnchorModel, box: Box, budget: int = 256, seed: int = 0, delta: float = 0.05) -> AnchorModel:
    return confirm_anchor(model, box, budget=budget, generator=np.random.default_rng(seed), delta=delta)


def answered(box: Counting, **params: object) -> Neighborhood:
    return Weigh().fit_transform(Query(box).fit_transform(Delete(**params).draw([MESSAGE])))  # type: ignore[arg-type]


@pytest.mark.parametrize(("threshold", "delta", "most"), [(0.95, 0.05, 128), (0.95, 0.025, 400), (0.9, 0.01, 300)])
def test_planned_looks_err_no_more_often_than_they_may(threshold: float, delta: float, most: int) -> None:
    looks = plan_looks(threshold, delta, most)
    open_share, wrongly = np.zeros(most + 1), 0.0
    open_share[0] = 1.0  # Share of the sequences that are not yet declared, by their number of failures.
    for n_draws in range(1, most + 1):
        open_share[1:] = open_share[1:] * threshold + open_share[:-1] * (1 - threshold)
        open_share[0] *= threshold
        for n_failed in range(n_draws + 1):
            if looks.confirms(n_draws, n_failed):
                wrongly += open_share[n_failed]
                open_share[n_failed] = 0.0
    assert delta / 4 < wrongly <= delta


#: Under every one of these conditions 94.98 % of the copies keep the decision: just less than the 95 % wanted.
NEARLY = fails_without(range(10, 15), range(15, 21), range(21, 29))
NULL = proposed((0,), (1,), (2,), (3,))


def share_confirmed(rule: Callable[[Masks], Masks], model: AnchorModel, n_runs: int, budget: int) -> float:
    return float(np.mean([confirm(model, Box(rule), budget, seed).confirmed for seed in range(n_runs)]))


def test_what_is_confirmed_is_true_in_95_percent_of_runs() -> None:
    assert (1 - 2.0**-5) * (1 - 2.0**-6) * (1 - 2.0**-8) < 0.95
    assert share_confirmed(NEARLY, NULL, 150, 256) <= 0.05


def test_looking_after_every_batch_without_a_plan_would_err_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = tuple(range(60, 256, 12))  # 60 draws without a failure would do, if they were looked at once.
    careless = Looks(batches, (0,) * len(batches), 0.05)
    monkeypatch.setattr(anchors, "plan_looks", lambda threshold, delta, most: careless)
    assert share_confirmed(NEARLY, NULL, 40, 256) > 0.05


def test_a_precise_condition_is_confirmed_within_the_budget() -> None:
    assert share_confirmed(fails_without(range(10, 18)), NULL, 30, 256) >= 0.9


def test_the_largest_coverage_that_is_precise_enough_is_chosen() -> None:
    box = Box(lambda masks: masks[:, 0] & masks[:, 1])
    found = confirm(proposed((0,), (1,), (0, 1), (0, 1, 2)), box)
    assert found.literals == (Literal(0, True), Literal(1, True))
    assert found.coverage == 0.25
    assert found.precision is not None
    assert 0.95 <= found.precision.low <= found.precision.value == 1.0
    assert found.precision.baseline == 0.5


def test_draws_are_under_the_condition_never_repeated_and_within_the_budget() -> None:
    box = Box(fails_without(range(10, 14)))
    found = confirm(proposed((0, 1), (2,), (3, 4, 5)), box, budget=100)
    masks = np.array(box.asked)
    assert len(masks) == found.n_calls <= 100
    assert len(np.unique(masks, axis=0)) == len(masks)
    under = [masks[:, list(units)].all(axis=1) for units in ((0, 1), (2,), (3, 4, 5))]
    assert np.any(under, axis=0).all()
    assert found.n_draws == sum(candidate.n_draws for candidate in found.candidates)


@pytest.mark.parametrize("kind", ["sizes", "uniform"])
def test_few_copies_are_all_asked_and_the_precision_is_exact(kind: str) -> None:
    model = proposed((0,), (0, 1), n_units=7, kind=kind)
    found = confirm(model, Box(lambda masks: masks[:, 0] & masks[:, 1:].any(axis=1)), budget=64)
    masks = all_masks(7)
    density = np.array([reference_density(7, int(size), kind) for size in masks.sum(axis=1)])
    held = masks[:, 0] & masks[:, 1:].any(axis=1)
    assert found.exact
    assert found.literals == (Literal(0, True),)
    assert found.precision.value == pytest.approx(density @ held / (density @ masks[:, 0]))  # type: ignore[union-attr]
    assert found.precision.low == found.precision.high  # type: ignore[union-attr]
    assert "all there are" in found.reason


def test_a_decision_that_hardly_ever_changes_needs_no_unit() -> None:
    found = confirm(proposed((), (0,)), Box(fails_without(range(10, 20))))
    assert found.literals == ()
    assert found.coverage == 1.0
    assert "whatever is removed" in found.reason


def test_where_nothing_holds_the_decision_nothing_is_confirmed() -> None:
    found = confirm(proposed((0,), (1, 2)), Box(lambda masks: masks.sum(axis=1) % 2 == 0))
    assert (found.status, found.literals, found.precision) == (NOT_CONFIRMED, None, None)
    assert "No anchor was confirmed" in found.reason


def test_a_hopeless_proposal_costs_no_call() -> None:
    box = Box(lambda masks: masks[:, 0])
    weak = replace(NULL, candidates=candidates((0,), (1,), expected=0.6))
    found = confirm(weak, box)
    assert not box.asked
    assert "60 %" in found.reason


def test_a_budget_that_cannot_confirm_is_not_spent() -> None:
    box = Box(lambda masks: masks[:, 0])
    found = confirm(proposed((0,)), box, budget=40)
    assert not box.asked
    assert "at least 59 independent draws" in found.reason


def test_answers_that_cannot_be_used_count_against_the_anchor() -> None:
    found = confirm(proposed((0,)), Box(lambda masks: masks[:, 0], usable=0.85))
    assert found.status == NOT_CONFIRMED
    assert 0 < found.n_unusable == found.n_draws - found.candidates[0].n_held


def test_an_anchor_can_hold_the_decision_against_the_target() -> None:
    found = confirm(proposed((0,), decision=False), Box(lambda masks: ~masks[:, 0]))
    assert found.status == CONFIRMED


def test_without_an_answer_to_the_text_there_is_no_anchor() -> None:
    box = Box(lambda masks: masks[:, 0])
    found = confirm(AnchorModel(N_UNITS, (), 0.95, None), box)
    assert not box.asked
    assert "did not answer the text itself" in found.reason


def test_an_impossible_error_is_refused() -> None:
    with pytest.raises(InputError, match="delta"):
        confirm(NULL, Box(lambda masks: masks[:, 0]), delta=0.0)


def test_an_anchor_comes_back_from_json() -> None:
    found = confirm(proposed((0,), (1,)), Box(lambda masks: masks[:, 0]))
    assert found.confirmed
    assert AnchorModel.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_the_anchor_of_a_conjunction_is_proposed_first_and_nothing_is_asked() -> None:
    box = Counting(conjunction)
    sample = answered(box, n_samples=384)
    n_asked = len(box.asked)
    model = Anchor(max_units=3).fit(sample).models_[MESSAGE]
    wanted = {Literal(WORDS.index(word), True) for word in ("lost", "card")}
    assert set(model.candidates[0].literals) == wanted
    assert model.candidates[0].expected > 0.95
    assert model.candidates[0].coverage == pytest.approx(rule_coverage(len(WORDS), 2, 0))
    assert len(box.asked) == n_asked
    assert model.status == "proposed"


def test_candidates_are_few_short_and_in_order_of_coverage() -> None:
    model = Anchor(max_units=2, n_candidates=5).fit(answered(card_box(), n_samples=256)).models_[MESSAGE]
    shares = [candidate.coverage for candidate in model.candidates]
    assert 1 <= len(shares) <= 5
    assert shares == sorted(shares, reverse=True)
    assert max(len(candidate.literals) for candidate in model.candidates) <= 2
    assert all(literal.kept for candidate in model.candidates for literal in candidate.literals)


def test_a_model_that_does_not_react_gets_the_empty_anchor() -> None:
    model = Anchor().fit(answered(Counting(logistic({}, 1.0)))).models_[MESSAGE]
    assert model.candidates[0].literals == ()
    assert model.candidates[0].expected > 0.9
    assert model.base == 1.0


def test_without_a_proxy_candidates_come_from_the_calls() -> None:
    model = Anchor(proxy="none").fit(answered(card_box(), n_samples=512)).models_[MESSAGE]
    assert Literal(WORDS.index("card"), True) in model.candidates[0].literals


def test_the_same_sample_gives_the_same_candidates() -> None:
    sample = answered(Counting(conjunction), n_samples=256)
    first, second = (Anchor().fit(sample).models_[MESSAGE] for _ in range(2))
    assert first == second


def test_a_text_without_its_own_answer_gets_no_candidates() -> None:
    masks = all_masks(3)[1:]
    rows = Rows(masks, np.zeros(7), np.zeros(7), np.ones(7), np.arange(7), ("a", "b", "c"))
    model = Anchor().fit_one(rows, rows)
    assert (model.candidates, model.decision) == ((), None)


def test_an_anchor_predicts_nothing() -> None:
    sample = answered(card_box())
    anchor = Anchor().fit(sample)
    assert not hasattr(anchor.models_[MESSAGE], "predict")
    for method in (anchor.predict, anchor.score):
        with pytest.raises(InputError, match="predicts nothing"):
            method(sample)


@pytest.mark.parametrize("params", [{"precision": 1.0}, {"max_units": 0}, {"n_candidates": 0}])
def test_parameters_out_of_range_are_refused(params: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(params))):
        Anchor(**params)._validate_params()  # type: ignore[arg-type]
