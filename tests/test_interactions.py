"""What two units do alone and together."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from surrogate.errors import InputError
from surrogate.interactions import pair_effect
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.shares import Share


def term(coefficient: float, *units: tuple[int, bool]) -> Term:
    return Term(tuple(Literal(unit, kept) for unit, kept in units), "", coefficient)


def model(*terms: Term) -> LinearModel:
    return LinearModel(3, 0.7, terms)


@pytest.mark.parametrize("kept", list(product([True, False], repeat=2)))
def test_effects_are_differences_of_the_model_s_predictions(kept: tuple[bool, bool]) -> None:
    together = term(-2.5, (0, kept[0]), (1, kept[1]))
    told = model(
        term(-0.5, (0, True)), term(2.0, (1, True)), together, term(9.0, (2, True)), term(4.0, (1, True), (2, True))
    )
    effect = pair_effect(told, together)
    neither, first, second, both = told.predict(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], bool))
    assert effect.alone == pytest.approx((first - neither, second - neither))
    assert effect.both == pytest.approx(both - neither)
    assert effect.beyond == pytest.approx(both - first - second + neither)


def test_the_order_of_the_literals_does_not_matter() -> None:
    one, other = term(1.0, (0, True), (1, False)), term(1.0, (1, False), (0, True))
    rest = (term(2.0, (0, True)),)
    assert pair_effect(model(one, *rest), one) == pair_effect(model(other, *rest), other)


def test_terms_with_the_same_condition_add_up() -> None:
    once, twice = term(1.0, (0, True), (1, True)), term(0.5, (0, True), (1, True))
    assert pair_effect(model(twice, twice), twice) == pair_effect(model(once), once)
    repeated = term(1.0, (0, True), (1, True), (0, True))
    assert pair_effect(model(repeated), repeated) == pair_effect(model(once), once)


def test_what_never_holds_does_nothing() -> None:
    never = term(5.0, (0, True), (0, False), (1, True))
    assert pair_effect(model(never, term(2.0, (1, True))), never).to_dict() == {
        "units": [0, 1], "alone": [0.0, 2.0], "both": 2.0, "added": 2.0, "beyond": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize("units", [((0, True),), ((0, True), (0, True)), ((0, True), (1, True), (2, True))])
def test_only_two_units_have_an_effect_together(units: tuple[tuple[int, bool], ...]) -> None:
    other = term(1.0, *units)
    with pytest.raises(InputError, match="product of two different units"):
        pair_effect(model(other), other)


def test_terms_of_shares_are_not_of_two_units() -> None:
    share = Term((Share((0, 1)),), "", 1.0)
    pair = term(1.0, (0, True), (1, True))
    with pytest.raises(InputError):
        pair_effect(model(share), share)
    assert pair_effect(model(share, pair), pair) == pair_effect(model(pair), pair)
