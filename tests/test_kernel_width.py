"""Kernel width: chosen on the select part, the narrowest of those that are about as good."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

import surrogate
from surrogate import load
from surrogate.blackbox import load_model
from surrogate.errors import InputError
from surrogate.kernel_width import WidthChoice, choose_width, with_width
from surrogate.perturb import Delete
from surrogate.store import MemoryStore
from surrogate.weigh import Weigh
from tests.toys import MESSAGE, card_box


def test_the_narrowest_of_those_close_to_the_best_is_taken() -> None:
    assert WidthChoice.of([0.1, 0.2, 0.3, 0.4], [0.2, 0.895, 0.9, 0.9]).width == 0.2
    assert WidthChoice.of([0.1, 0.2, 0.3], [np.nan, 0.5, -1.0]).width == 0.2
    assert WidthChoice.of([0.1, 0.2], [np.nan, np.nan]).width == 0.2


@pytest.mark.parametrize("recipe", ["local-linear", "local", "local-shapley"])
def test_a_width_is_chosen_for_every_kind_of_surrogate(recipe: str) -> None:
    pipe = load(recipe, card_box()).set_params(weigh__kernel="mask_cosine", weigh__kernel_width="auto")
    choice = choose_width(pipe, MESSAGE)
    assert choice.width in choice.widths
    assert list(choice.widths) == sorted(choice.widths)
    assert len(choice.scores) == len(choice.widths) > 4


def test_an_additive_model_needs_no_wide_kernel_to_be_told_well() -> None:
    pipe = load("local-linear", card_box()).set_params(weigh__kernel="mask_cosine", weigh__kernel_width="auto")
    choice = choose_width(pipe, MESSAGE)
    assert max(choice.scores) > 0.95


def test_the_embedding_kernel_s_width_is_chosen_from_its_own_distances() -> None:
    box = load_model("bank-router")
    pipe = load("local-linear", box, MemoryStore())
    pipe.set_params(weigh__kernel="embedding_cosine", weigh__kernel_width="auto")
    text = "Why has my new card still not arrived after two weeks?"
    chosen = with_width(pipe, text).named_steps["weigh"].kernel_width
    assert 0 < chosen < 4
    explanation = surrogate.explain(text, box, _auto(), calls=64, store=False)
    assert "kernel_width = 0." in explanation.production["recipe"]["toml"] or "kernel_width = 1." in str(
        explanation.production["recipe"]["toml"]
    )


def _auto() -> Pipeline:
    return load("local-linear").set_params(weigh__kernel="embedding_cosine", weigh__kernel_width="auto")


def test_nothing_is_asked_that_the_explanation_does_not_ask() -> None:
    box = card_box()
    pipe = load("local-linear").set_params(weigh__kernel="mask_cosine", weigh__kernel_width="auto")
    explanation = surrogate.explain(MESSAGE, box, pipe, calls=128, store=False)
    assert len(box.asked) == len(set(box.asked)) == explanation.calls["total"]


def test_a_number_is_left_as_it_is_and_the_uniform_kernel_needs_none() -> None:
    pipe = load("local", card_box())
    assert with_width(pipe, MESSAGE) is pipe
    uniform = load("local", card_box()).set_params(weigh__kernel_width="auto")
    assert with_width(uniform, MESSAGE).named_steps["weigh"].kernel_width == 1.0


def test_the_step_alone_cannot_choose() -> None:
    with pytest.raises(InputError, match="with_width"):
        Weigh(kernel="mask_cosine", kernel_width="auto").fit(Delete(n_samples=8).draw(["lost card"]))
