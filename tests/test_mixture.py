"""Mixture: copies made in several ways, each pair in one."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.base import clone

import surrogate
from surrogate import load, recipes
from surrogate.blackbox.masked_lm import MaskedLM, load_masked_lm
from surrogate.errors import InputError
from surrogate.perturb import Delete, Infill, Mixture, ReplaceByMask, Retrieve
from surrogate.report.html import render_html
from tests.toys import MESSAGE, card_box


@pytest.fixture(scope="module")
def bank() -> MaskedLM:
    return load_masked_lm("bank-mlm")


def mixture(**params: Any) -> Mixture:
    return Mixture([("delete", Delete()), ("mask", ReplaceByMask(mask_token="[MASK]"))], **params)


def test_both_ways_come_in_proportion_and_a_pair_is_made_in_one() -> None:
    drawn = mixture(weights=(3, 1), n_samples=256).draw([MESSAGE])
    masked = ["[MASK]" in text for text in drawn.texts]
    assert 0.15 < sum(masked[2:]) / len(masked[2:]) < 0.35
    for number in set(drawn.pairs.tolist()) - {0}:
        assert len({masked[row] for row in range(drawn.n_samples) if drawn.pairs[row] == number}) == 1


def test_prefix_roles_and_distinct_texts_are_kept(bank: MaskedLM) -> None:
    members = [("delete", Delete()), ("infill", Infill(bank))]
    short, long = (Mixture(members, n_samples=number).draw([MESSAGE]) for number in (64, 128))
    assert long.texts[: short.n_samples] == short.texts
    assert len(set(long.texts)) == long.n_samples
    deleted = Delete(n_samples=128).draw([MESSAGE])
    assert 20 < len(set(deleted.texts) & set(long.texts)) < 110


@pytest.mark.parametrize("text", ["card", "my lost card"])
def test_a_short_text_is_not_exhausted(text: str, bank: MaskedLM) -> None:
    drawn = Mixture([("delete", Delete()), ("infill", Infill(bank))], n_samples=32).draw([text])
    assert not drawn.exhaustive
    assert len(set(drawn.texts)) == drawn.n_samples > 8


def test_a_recipe_names_the_members(bank: MaskedLM) -> None:
    pipe = load("local", card_box()).set_params(perturb=Mixture([("delete", Delete()), ("infill", Infill(bank))]))
    text = recipes.dump(pipe)
    assert recipes.dump(recipes.load(text, card_box())) == text
    explanation = surrogate.explain(MESSAGE, card_box(), pipe, calls=64, store=False)
    record = explanation.to_dict()
    assert record["production"]["perturbation"] == "mixture"
    assert record["production"]["sampler"]["name"] == "bank-mlm"
    assert "removed in several ways" in render_html(record)


def test_clones_are_equal() -> None:
    assert clone(mixture()).fit_transform([MESSAGE]).texts == mixture().fit_transform([MESSAGE]).texts


@pytest.mark.parametrize("members", [[], [("a", Retrieve(["x"]))], [Delete()]])
def test_what_makes_no_copies_is_refused(members: Any) -> None:
    with pytest.raises(InputError, match="members must be pairs"):
        Mixture(members).draw([MESSAGE])


@pytest.mark.parametrize("weights", [(1.0,), (-1.0, 2.0), (0.0, 0.0)])
def test_weights_that_are_none_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="weights must be 2 numbers"):
        mixture(weights=weights).draw([MESSAGE])
