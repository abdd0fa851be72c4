"""Surrogates against black boxes with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from surrogate.errors import InputError
from surrogate.fit import Panel, RuleTree, SparseLinear
from surrogate.literals import Literal
from surrogate.neighborhood import Neighborhood
from surrogate.perturb import Delete
from surrogate.query import Query
from surrogate.weigh import Weigh
from tests.toys import MESSAGE, Counting, card_box, conjunction, logistic


def answered(box: Counting, text: str = MESSAGE, kernel: str = "uniform", **params: object) -> Neighborhood:
    neighborhood = Query(box).fit_transform(Delete(**params).draw([text]))  # type: ignore[arg-type]
    return Weigh(kernel=kernel).fit_transform(neighborhood)


@pytest.mark.parametrize("kernel", ["uniform", "mask_cosine"])
def test_a_linear_black_box_is_recovered(kernel: str) -> None:
    model = SparseLinear().fit(answered(card_box(), kernel=kernel)).models_[MESSAGE]
    found = {term.text: term.coefficient for term in model.terms}
    assert found == pytest.approx({"card": 2.5, "lost": 1.0, "new": -0.5}, abs=1e-4)
    assert model.intercept == pytest.approx(-1.0, abs=1e-4)


def test_a_conjunction_is_recovered() -> None:
    box = Counting(conjunction)
    tree = RuleTree().fit(answered(box, n_samples=512)).models_[MESSAGE]
    paths = {literals: tree.nodes[leaf].margin > 0 for leaf, literals in tree.paths()}
    lost, card = MESSAGE.split().index("lost"), MESSAGE.split().index("card")
    assert paths.pop(next(path for path in paths if set(path) == {Literal(lost, True), Literal(card, True)}))
    assert not any(paths.values())


def test_a_target_and_its_opposite_mirror_each_other() -> None:
    sample = answered(card_box())
    cards, other = (SparseLinear(target=name).fit(sample).models_[MESSAGE] for name in ("cards", "other"))
    masks = sample.masks[0]
    assert cards.predict(masks) == pytest.approx(-other.predict(masks))


def test_a_contrast_compares_two_classes() -> None:
    def three(texts):  # type: ignore[no-untyped-def]
        two = logistic({"card": 2.0})(texts)
        return np.column_stack([two * 0.5, np.full(len(texts), 0.5)])

    box = Counting(three, classes=["a", "b", "c"])
    model = SparseLinear(target="a", contrast="b").fit(answered(box)).models_[MESSAGE]
    assert {term.text: round(term.coefficient, 3) for term in model.terms} == {"card": 2.0}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"target": "nobody"}, "unknown-label"),
        ({"contrast": "?"}, "unknown-label"),
        ({"contrast": "cards"}, "same-label"),
    ],
)
def test_wrong_labels_are_refused(params: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        SparseLinear(**params).fit(answered(card_box()))  # type: ignore[arg-type]
    assert caught.value.code == code


def test_fitting_sees_only_fitting_rows() -> None:
    sample = answered(card_box())
    spoiled = sample.answers.log_probabilities.copy()  # type: ignore[union-attr]
    spoiled[sample.roles != "fit"] = np.log(0.5)
    from dataclasses import replace

    poisoned = sample.replace(answers=replace(sample.answers, log_probabilities=spoiled))  # type: ignore[type-var]
    for surrogate in (SparseLinear(), RuleTree()):
        first, second = (clone(surrogate).fit(part).models_[MESSAGE] for part in (sample, poisoned))
        assert first == second


def test_score_sees_only_select_rows() -> None:
    sample = answered(card_box())
    surrogate = SparseLinear().fit(sample)
    assert surrogate.score(sample) == pytest.approx(surrogate.score(sample.role("select")))
    assert surrogate.score(sample) == pytest.approx(1.0)


def test_members_of_a_panel_see_the_same_rows_and_stay_unfitted_themselves() -> None:
    members = [("linear", SparseLinear()), ("tree", RuleTree())]
    panel = Panel(members).fit(answered(card_box()))
    assert set(panel.members_) == {"linear", "tree"}
    assert not any(hasattr(member, "models_") for _, member in members)
    with pytest.raises(InputError):
        Panel([]).fit(answered(card_box()))


def test_one_surrogate_for_each_text() -> None:
    other = "my transfer is late and the card is new today at least"
    sample = Weigh().fit_transform(Query(card_box()).fit_transform(Delete().draw([MESSAGE, other])))
    surrogate = SparseLinear().fit(sample)
    assert surrogate.predict(sample).shape == (2,)
    assert surrogate.models_[other].terms[0].text == "card"
    with pytest.raises(NotFittedError):
        surrogate.predict(Delete().draw(["an unknown text"]))


@pytest.mark.parametrize("surrogate", [SparseLinear(), RuleTree()])
@pytest.mark.parametrize("text", ["card", "card lost", MESSAGE])
def test_a_constant_black_box_gives_an_empty_surrogate(surrogate: SparseLinear | RuleTree, text: str) -> None:
    model = clone(surrogate).fit(answered(Counting(logistic({})), text)).models_[text]
    assert not getattr(model, "terms", ())
    assert len(getattr(model, "nodes", [0])) == 1


def test_extreme_probabilities_are_clipped_not_infinite() -> None:
    box = Counting(lambda texts: np.array([[1.0, 0.0] if "card" in text else [0.0, 1.0] for text in texts]))
    model = SparseLinear().fit(answered(box)).models_[MESSAGE]
    assert model.terms[0].coefficient == pytest.approx(2 * 13.8155, abs=1e-3)


def test_a_model_that_no_term_describes_gives_its_mean() -> None:
    def parity(texts):  # type: ignore[no-untyped-def]
        share = np.array([0.9 if len(words.split()) % 2 else 0.1 for words in texts])
        return np.column_stack([share, 1 - share])

    text = "one two three four five six"
    sample = answered(Counting(parity), text)
    model = SparseLinear(target="cards").fit(sample).models_[text]
    values = np.log(9) * np.where(sample.masks[0].sum(axis=1) % 2, 1.0, -1.0)
    assert model.terms == ()
    assert model.intercept == pytest.approx(np.average(values, weights=sample.sample_weight))


def test_members_of_a_panel_cannot_explain_different_things() -> None:
    panel = Panel([("linear", SparseLinear(target="other")), ("tree", RuleTree())])
    with pytest.raises(InputError, match="linear"):
        panel.fit(answered(card_box()))
    panel.set_params(target="other").fit(answered(card_box()))


def test_terms_keep_to_their_number() -> None:
    weights = {word: 0.1 * i for i, word in enumerate(MESSAGE.split())}
    model = SparseLinear(max_terms=3).fit(answered(Counting(logistic(weights)))).models_[MESSAGE]
    assert 1 <= len(model.terms) <= 3
    assert list(model.terms) == sorted(model.terms, key=lambda term: -abs(term.coefficient))


def test_a_term_of_removed_words_says_so() -> None:
    # "lost" matters where "card" is gone; "card" has a main effect.
    def function(texts):  # type: ignore[no-untyped-def]
        odds = [3.0 if "card" in text else 2.0 * ("lost" in text) for text in texts]
        share = 1 / (1 + np.exp(-np.array(odds)))
        return np.column_stack([share, 1 - share])

    sample = answered(Counting(function), n_samples=512)
    model = SparseLinear(max_terms=2, target="cards").fit(sample).models_[MESSAGE]
    assert {term.text: round(term.coefficient, 1) for term in model.terms} == {
        "card": 3.0,
        "lost kept & card removed": 2.0,
    }
