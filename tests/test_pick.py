"""Submodular pick: the texts whose explanations cover the most important words."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import surrogate
from surrogate.corpus.picking import effects_of, pick
from surrogate.errors import InputError
from surrogate.evidence.pick import importance, submodular_pick
from tests.toys import logistic

#: The example of the paper's figure 5: word 2 is the most important, and rows 2 and 5 together cover all words but one.
FIGURE = [{"f1": 1.0, "f2": 1.0}, {"f2": 1.0, "f3": 1.0}, {"f2": 1.0}, {"f4": 1.0}, {"f4": 1.0, "f5": 1.0}]


def coverage(rows: tuple[int, ...], effects: list[dict[str, float]]) -> float:
    worth = importance(effects)
    return sum(worth[word] for word in {word for row in rows for word, effect in effects[row].items() if effect})


def test_the_example_of_the_paper() -> None:
    assert importance(FIGURE)["f2"] == pytest.approx(np.sqrt(3))
    assert sorted(submodular_pick(FIGURE, 2)) in ([0, 4], [1, 4])


def test_the_greedy_choice_is_within_its_guarantee() -> None:
    generator = np.random.default_rng(0)
    effects = [
        {f"w{word}": float(generator.normal()) for word in generator.choice(14, 4, replace=False)} for _ in range(12)
    ]
    best = max(coverage(rows, effects) for rows in combinations(range(12), 3))
    assert coverage(submodular_pick(effects, 3), effects) >= (1 - 1 / np.e) * best


def test_each_is_chosen_to_add_the_most() -> None:
    effects = [{"a": 9.0}, {"a": 9.0, "b": 1.0}, {"c": 4.0}, {"b": 1.0, "c": 0.0}]
    assert submodular_pick(effects, 4) == (1, 2)


def test_nothing_is_chosen_where_nothing_is_shown() -> None:
    assert submodular_pick([], 3) == submodular_pick([{}, {}], 3) == submodular_pick([{"a": 0.0}], 1) == ()


def test_more_than_there_are() -> None:
    assert submodular_pick(FIGURE, 100) == submodular_pick(FIGURE, 5)


@pytest.mark.parametrize("n", [0, -2, 1.5, True])
def test_numbers_that_are_none_are_refused(n: object) -> None:
    with pytest.raises(InputError, match="at least 1"):
        submodular_pick(FIGURE, n)  # type: ignore[arg-type]


def test_effects_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(InputError, match="finite"):
        submodular_pick([{"a": float("nan")}], 1)


def test_explanations_are_picked_by_their_words_whatever_their_case() -> None:
    box = logistic({"card": 2.0, "lost": 1.5, "fee": 3.0})
    texts = ["my lost CARD please", "my Card please", "the fee again", "nothing at all"]
    made = [surrogate.explain(text, box, classes=["yes", "no"], store=False) for text in texts]
    assert {"lost", "card"} <= {word for word, effect in effects_of(made[0]).items() if abs(effect) > 0.5}
    chosen = pick(made, 2)
    assert set(chosen) == {0, 2}
    assert pick(made, 10)[:2] == chosen


def test_what_is_withheld_is_never_chosen() -> None:
    constant = surrogate.explain(
        "my lost card", lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"], store=False
    )
    assert not constant.passed
    assert pick([constant], 1) == ()
