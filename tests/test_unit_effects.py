"""What each unit adds: Shapley values of a sparse linear surrogate, whichever way its terms are put."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate import explain
from surrogate.blackbox import FunctionBox
from surrogate.evidence import Policy, grade_effects, with_intervals
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.report.marks import mark_text
from surrogate.report.text import render_text
from surrogate.rounds import _same_terms
from surrogate.rows import Rows
from surrogate.shares import Share
from surrogate.unit_effects import unit_shares

N_UNITS = 4

literals = st.builds(Literal, st.integers(0, N_UNITS - 1), st.booleans())
terms = st.builds(
    lambda condition, weight: Term(tuple(condition), "term", weight),
    st.lists(literals, min_size=1, max_size=3, unique_by=lambda literal: literal.unit),
    st.floats(-3, 3, allow_nan=False),
)


def by_orders(model: LinearModel) -> np.ndarray:
    """Shapley values by the definition: the mean over all orders in which units can come back."""
    values = np.zeros(model.n_units)
    orders = list(permutations(range(model.n_units)))
    for order in orders:
        mask = np.zeros((1, model.n_units), bool)
        before = model.predict(mask)[0]
        for unit in order:
            mask[0, unit] = True
            after = model.predict(mask)[0]
            values[unit] += (after - before) / len(orders)
            before = after
    return values


@settings(max_examples=60, deadline=None)
@given(st.lists(terms, max_size=5))
def test_effects_are_shapley_values_of_the_surrogate(found: list[Term]) -> None:
    model = LinearModel(N_UNITS, 0.7, tuple(found))
    added = model.added()
    assert added is not None
    np.testing.assert_allclose(added, by_orders(model), atol=1e-9)
    ends = model.predict(np.array([[False] * N_UNITS, [True] * N_UNITS]))
    assert added.sum() == pytest.approx(ends[1] - ends[0])


def test_effects_do_not_depend_on_how_a_term_is_put() -> None:
    without = LinearModel(2, 0.0, (Term((Literal(0, True), Literal(1, False)), "a without b", 2.0),))
    both = Term((Literal(0, True), Literal(1, True)), "a & b", -2.0)
    apart = LinearModel(2, 0.0, (Term((Literal(0, True),), "a", 2.0), both))
    np.testing.assert_allclose(without.added(), apart.added())
    assert _same_terms({"linear": without}, {"linear": apart}, 5) == 1.0


def test_groups_of_words_have_no_effects_of_single_units() -> None:
    assert unit_shares([(Share((0, 1)),)], 3) is None
    assert LinearModel(3, 0.0, (Term((Share((0, 1)),), "a, b", 1.0),)).added() is None


def test_a_term_that_never_holds_adds_nothing() -> None:
    never = (Literal(0, True), Literal(0, False))
    assert unit_shares([never], 2).tolist() == [[0.0], [0.0]]


def _rows(exact: bool) -> Rows:
    generator = np.random.default_rng(0)
    masks = generator.random((60, 3)) < 0.5
    values = 2.0 * masks[:, 0] - masks[:, 1] + generator.normal(0, 0.1, 60)
    return Rows(masks, values, values, np.ones(60), np.arange(60) // 2, ("a", "b", "c"), exact)


def test_intervals_hold_the_effects_and_have_no_width_where_all_was_asked() -> None:
    model = LinearModel(3, 0.0, (Term((Literal(0, True),), "a", 2.0), Term((Literal(1, True),), "b", -1.0)))
    sampled = with_intervals(model, _rows(False))
    assert [effect.unit for effect in sampled.effects] == [0, 1]
    for effect, term in zip(sampled.effects, sampled.terms, strict=True):
        assert effect.low < effect.coefficient < effect.high
        assert (effect.low, effect.high) == (term.low, term.high)
    exact = with_intervals(model, _rows(True))
    assert all(effect.low == effect.coefficient == effect.high for effect in exact.effects)


def test_grades_of_effects_follow_the_policy() -> None:
    model = with_intervals(
        LinearModel(3, 0.0, (Term((Literal(0, True),), "a", 2.0), Term((Literal(1, True),), "b", -1.0))),
        _rows(False),
    )
    graded = grade_effects(model, [1.0, 0.3], False, Policy())
    assert [effect.grade for effect in graded.effects] == ["stable", "not reportable"]
    assert grade_effects(model, None, False, Policy()).effects[0].grade is None


def _answer(texts: list[str]) -> list[list[float]]:
    scores = [
        1.5 * ("lost" in text) + 1.0 * ("card" in text) - 2.0 * ("lost" in text and "not" in text) for text in texts
    ]
    return [[1 / (1 + np.exp(score)), 1 / (1 + np.exp(-score))] for score in scores]


def test_the_report_names_each_word_once_with_what_it_adds() -> None:
    found = explain("I have not lost my card at all", FunctionBox(_answer, classes=["other", "card"]), store=None)
    record = found.to_dict()
    linear = next(member["model"] for member in record["surrogates"] if member["kind"] == "linear")
    effects = {effect["unit"]: effect["coefficient"] for effect in linear["effects"]}
    assert set(effects) == {unit for term in linear["terms"] for unit in [one["unit"] for one in term["literals"]]}
    marked = {piece.unit: piece for piece in mark_text(record) if piece.marked}
    assert all(len(piece.numbers) == 1 for piece in marked.values())
    assert all((effects[unit] > 0) == (piece.sign > 0) for unit, piece in marked.items())
    assert "Words for and against" in render_text(record)
    assert type(found).from_dict(record).to_dict() == record
