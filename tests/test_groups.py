"""Terms over groups of words, from the fit of a long text to every rendering of its report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

import surrogate
from surrogate.explanation import Explanation
from surrogate.fit import SparseLinear, Teacher
from surrogate.interactions import pair_effect
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.reference import reference_masks
from surrogate.report.groups import group_words, how_to_read, share_name, spread
from surrogate.report.html import render_fragment, render_html
from surrogate.report.render.markdown import render_markdown
from surrogate.report.text import render_text
from surrogate.rows import Rows
from surrogate.shares import Share
from tests.toys import words

FOR = {f"alpha{number}" for number in range(14)}
AGAINST = {f"beta{number}" for number in range(14)}


def text_of(n_words: int) -> str:
    generator = np.random.default_rng(5)
    named = [*sorted(FOR), *sorted(AGAINST), *(f"filler{number}" for number in range(n_words - 28))]
    return " ".join(generator.permutation(named).tolist())


def counts(texts: Sequence[str]) -> list[list[float]]:
    """A model that weighs many words alike, so that no dozen of them tells what it does."""
    shares = []
    for text in texts:
        held = words(text)
        score = 1.0 + 0.3 * sum(word in FOR for word in held) - 0.3 * sum(word in AGAINST for word in held)
        shares.append(float(1 / (1 + np.exp(-score))))
    return [[share, 1 - share] for share in shares]


@cache
def explained() -> Explanation:
    return surrogate.explain(text_of(160), counts, classes=["yes", "no"], target="yes", calls=700, store=False)


def linear(explanation: Explanation) -> LinearModel:
    return next(member.model for member in explanation.members if isinstance(member.model, LinearModel))


def test_a_long_text_is_explained_by_groups_of_words() -> None:
    model, member = linear(explained()), explained().members[0]
    groups = [term for term in model.terms if term.has_shares and isinstance(term.literals[0], Share) and term.units]
    assert groups
    assert len(model.terms) <= 12
    assert member.fidelity is not None
    assert member.fidelity.r2.value > 0.7
    spans = explained().document.units
    for term in groups[:4]:
        named = {spans[unit] for unit in term.units}
        right, wrong = (FOR, AGAINST) if term.coefficient > 0 else (AGAINST, FOR)
        assert len(named & right) > len(named & wrong)
    assert any(term.grade == "stable" for term in groups)


def test_max_words_of_one_keeps_to_single_units_and_short_texts_never_have_groups() -> None:
    masks, weights = reference_masks(100, 600, np.random.default_rng(0))
    values = 0.3 * masks[:, :40].sum(axis=1) - 0.3 * masks[:, 40:80].sum(axis=1)
    rows = Rows(masks, values, values, weights, np.arange(600) // 2, tuple(f"w{unit}" for unit in range(100)))
    grouped = SparseLinear().learn(rows, Teacher(), "auto")[0]
    single = SparseLinear(max_words=1).learn(rows, Teacher(), "auto")[0]
    assert any(term.has_shares for term in grouped.terms)
    assert not any(term.has_shares for term in single.terms)
    few = Rows(masks[:, :60], values, values, weights, rows.pairs, rows.units[:60])
    assert not any(term.has_shares for term in SparseLinear().learn(few, Teacher(), "auto")[0].terms)


def test_where_a_few_words_say_it_all_they_are_shown_one_by_one() -> None:
    masks, weights = reference_masks(100, 600, np.random.default_rng(0))
    values = 2.0 * masks[:, 3] - 1.5 * masks[:, 60]
    rows = Rows(masks, values, values, weights, np.arange(600) // 2, tuple(f"w{unit}" for unit in range(100)))
    model = SparseLinear().learn(rows, Teacher(), "auto")[0]
    assert [(term.literals, round(term.coefficient, 1)) for term in model.terms[:2]] == [
        ((Literal(3, True),), 2.0),
        ((Literal(60, True),), -1.5),
    ]


def test_a_record_with_groups_comes_back_as_it_was() -> None:
    record = json.loads(json.dumps(linear(explained()).to_dict()))
    model = LinearModel.from_dict(record)
    assert model == linear(explained())
    masks = np.random.default_rng(1).random((50, model.n_units)) < 0.5
    assert np.array_equal(model.predict(masks), linear(explained()).predict(masks))


@pytest.mark.parametrize("render", [render_html, render_fragment, render_markdown, render_text])
def test_every_format_names_the_words_of_a_group_and_how_to_read_it(render: object) -> None:
    record = explained().to_dict()
    page = render(record)  # type: ignore[operator]
    flat = " ".join(page.split())
    assert "counts the share of their places" in flat
    model = linear(explained())
    first = next(term for term in model.terms if term.units and term.grade == "stable")
    spans = explained().document.units
    named = [spans[unit] for unit in first.units]
    assert sum(name in page for name in named) >= min(2, len(named))


def test_the_words_of_a_group_are_told_once_with_their_places() -> None:
    document = {"text": "Card, my card lost", "units": [[0, 4], [6, 8], [9, 13], [14, 18]]}
    group = {"units": [0, 2, 3], "least": None, "kept": True}
    assert group_words({"document": document}, group) == [("“Card”", 2), ("“lost”", 1)]
    assert share_name({"document": document}, group) == "“Card” (2 places), “lost”"
    assert share_name({"document": document}, group, 20) == "“Card” and 1 more"
    assert share_name({"document": document}, {"units": None, "least": 0.4, "kept": False}) == (
        "less than 40\u00a0% of the text kept"
    )


def test_a_group_spreads_over_its_units_and_removal_turns_the_sign() -> None:
    literals = [{"units": [1, 2], "least": None, "kept": True}, {"units": None, "least": 0.4, "kept": False}]
    assert spread({"coefficient": 3.0, "literals": literals}) == {1: 1.5, 2: 1.5}
    assert spread({"coefficient": 2.0, "literals": [{"unit": 4, "kept": False}]}) == {4: -2.0}
    plain = {"terms": [{"literals": [{"unit": 4, "kept": False}]}], "scale": "log_odds"}
    assert how_to_read(plain, "words") == ""


def test_groups_are_left_out_of_what_two_units_do_together() -> None:
    both = Term((Literal(0, True), Literal(1, True)), "a & b", 1.0)
    model = LinearModel(3, 0.0, (Term((Share((0, 1)),), "a, b", 5.0), Term((Literal(0, True),), "a", 0.5), both))
    effect = pair_effect(model, both)
    assert (effect.alone, effect.both) == ((0.5, 0.0), 1.5)
