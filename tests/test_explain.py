"""From a text and a model to an explanation, and what is refused on the way."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import surrogate
from surrogate import Explanation
from surrogate.answers import Answers
from surrogate.errors import InputError, ModelError
from tests.toys import MESSAGE, Counting, card_box, conjunction, logistic


def explain(text: str = MESSAGE, box: object = None, **params: object) -> Explanation:
    return surrogate.explain(text, card_box() if box is None else box, store=False, **params)  # type: ignore[arg-type]


def test_the_explanation_of_a_linear_model_is_the_model() -> None:
    explanation = explain()
    assert {term.text: round(term.coefficient, 3) for term in explanation.terms} == {
        "card": 2.5,
        "lost": 1.0,
        "new": -0.5,
    }
    assert explanation.evidence["linear"].r2.value == pytest.approx(1.0)  # type: ignore[union-attr]
    assert explanation.decision.label == "cards"


def test_rules_of_a_conjunction_are_precise_and_covered() -> None:
    explanation = explain(box=Counting(conjunction), calls=600)
    rule = next(rule for rule in explanation.rules if rule.consequent == "cards")
    assert sorted(MESSAGE.split()[literal.unit] for literal in rule.literals) == ["card", "lost"]
    assert rule.precision is not None
    assert rule.precision.value == 1.0
    assert sum(rule.coverage for rule in explanation.rules) == pytest.approx(1.0)
    assert all(rule.support >= 30 for rule in explanation.rules)


def test_calls_are_counted_and_are_a_hard_total() -> None:
    for calls in (8, 64, 100, 257):
        box = card_box()
        explanation = explain(box=box, calls=calls)
        assert explanation.calls["total"] == len(box.asked) == len(set(box.asked)) <= calls
        assert sum(value for key, value in explanation.calls.items() if key != "total") == explanation.calls["total"]


def test_a_plan_says_how_many_of_each() -> None:
    explanation = explain(calls={"fit": 64, "select": 16, "test": 128})
    assert explanation.calls == {"original": 1, "fit": 63, "select": 16, "test": 128, "total": 208}


@pytest.mark.parametrize(
    "calls",
    [
        0,
        7,
        -5,
        True,
        3.5,
        {"fit": 64},
        {"fit": 64, "select": 16, "test": 0},
        {"fit": 63, "select": 16, "test": 8},
        {"fit": 2, "select": 2, "tset": 8},
    ],
)
def test_impossible_calls_are_refused(calls: object) -> None:
    with pytest.raises(InputError) as caught:
        explain(calls=calls)
    assert caught.value.code == "bad-calls"


def test_an_explanation_survives_json() -> None:
    for text in (MESSAGE, "card", "my card?"):
        explanation = explain(text)
        record = json.loads(json.dumps(explanation.to_dict()))
        again = Explanation.from_dict(record)
        assert again.to_dict() == record == explanation.to_dict()
        masks = np.random.default_rng(0).random((20, explanation.document.n_units)) < 0.5
        for name, model in again.surrogates.items():
            assert model.predict(masks) == pytest.approx(explanation.surrogates[name].predict(masks), abs=1e-8)


@pytest.mark.parametrize("damage", ["schema_version", "surrogates", "decision"])
def test_a_damaged_record_is_refused(damage: str) -> None:
    record = explain().to_dict()
    del record[damage]
    with pytest.raises(InputError) as caught:
        Explanation.from_dict(record)
    assert caught.value.code == "bad-record"


def test_what_fails_is_withheld_but_measured() -> None:
    def noise(texts):  # type: ignore[no-untyped-def]
        share = np.array([(sum(map(ord, text)) * 2654435761 % 1000) / 1000 for text in texts])
        return np.column_stack([share, 1 - share])

    explanation = explain(box=Counting(noise))
    assert not explanation.passed
    assert explanation.terms == ()
    assert explanation.rules == ()
    record = explanation.to_dict()
    assert all(member["withheld"] and member["model"] is None and member["fidelity"] for member in record["surrogates"])
    assert set(explanation.surrogates) == {"linear", "tree"}
    with pytest.raises(InputError) as caught:
        explanation.plot()
    assert caught.value.code == "withheld"


def test_a_constant_model_is_said_not_to_react() -> None:
    explanation = explain(box=Counting(logistic({})))
    assert all("does not react" in member.verdict.reason for member in explanation.members)


@pytest.mark.parametrize(
    "text",
    ["card", "my card", "?!", "👍🏽 👩‍👩‍👧", "بطاقتي card", "我的卡还没到", "a\x00b\x07 card", "<script>card</script>"],
)
def test_odd_texts_are_explained_or_withheld_but_never_altered(text: str) -> None:
    explanation = explain(text)
    assert explanation.document.text == text
    assert explanation.to_dict()["document"]["text"] == text


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty-text"), ("  \n", "empty-text"), ("w " * 100_000, "text-too-long")]
)
def test_unusable_texts_are_refused_before_the_model_is_asked(text: str, code: str) -> None:
    box = card_box()
    with pytest.raises(InputError) as caught:
        explain(text, box)
    assert caught.value.code == code
    assert box.asked == []


def test_truncated_texts_are_flagged_never_unimportant() -> None:
    class Short(Counting):
        def answer(self, texts):  # type: ignore[no-untyped-def]
            truncated = np.array([len(text.split()) > 12 for text in texts])
            cut = [" ".join(text.split()[:12]) for text in texts]
            return Answers.from_probabilities(self.function(cut), truncated=truncated)

    explanation = explain(box=Short(logistic({"card": 2.0})))
    assert explanation.decision.truncated
    assert explanation.terms == ()
    assert all(member.verdict.status == "insufficient evidence" for member in explanation.members)
    assert any("unread" in finding for finding in explanation.findings)


def test_refused_answers_are_left_out_and_counted() -> None:
    class Shy(Counting):
        share = 0.05

        def answer(self, texts):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            answers = super().answer(texts)
            refused = np.array([sum(map(ord, text)) % 100 < 100 * self.share and text != MESSAGE for text in texts])
            return replace(answers, refused=refused)

    explanation = explain(box=Shy(logistic({"card": 2.5}, -1.0)))
    assert explanation.passed
    assert {term.text for term in explanation.terms} == {"card"}
    assert any("refused" in finding for finding in explanation.findings)
    Shy.share = 0.4
    assert not explain(box=Shy(logistic({"card": 2.5}))).passed


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda texts: np.full((len(texts), 2), np.nan), "bad-answer-values"),
        (lambda texts: np.tile([1.5, -0.5], (len(texts), 1)), "bad-answer-values"),
        (lambda texts: np.tile([0.5, 0.2], (len(texts), 1)), "bad-answer-values"),
        (lambda texts: np.full((1, 2), 0.5), "bad-answer-shape"),
        (lambda texts: np.full((len(texts), 3), 1 / 3), "bad-answer-shape"),
        (lambda texts: ["no"] * len(texts), "bad-answer-shape"),
        (lambda texts: 1 / 0, "model-failed"),
    ],
)
def test_bad_answers_are_refused_with_their_reason(function, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ModelError) as caught:
        surrogate.explain(MESSAGE, function, classes=["a", "b"], store=False)
    assert caught.value.code == code
    assert "lost" not in str(caught.value)


def test_a_scikit_learn_classifier_is_accepted_as_it_is() -> None:
    texts = ["my card is lost", "card gone", "send a transfer", "transfer money", "lost card", "money transfer late"]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10)).fit(texts, ["c", "c", "t", "t", "c", "t"])
    explanation = surrogate.explain("please help my card is lost and I want a transfer", model, store=False)
    assert explanation.decision.label == "c"
    assert explanation.model["fingerprint"]
    assert explanation.passed


def test_target_and_contrast() -> None:
    other = explain(target="other")
    assert other.terms[0].coefficient == pytest.approx(-2.5, abs=1e-3)
    with pytest.raises(InputError, match="cards, other"):
        explain(target="nobody")


def test_a_recipe_s_own_target_counts_unless_another_is_named() -> None:
    recipe = surrogate.load("local").set_params(surrogate__target="other")
    assert explain(pipeline=surrogate.dump(recipe)).decision.target == "other"
    assert explain(pipeline=recipe).decision.target == "other"
    assert explain(pipeline=recipe, target="cards").decision.target == "cards"


def test_no_text_is_in_an_error_of_a_failing_model() -> None:
    def failing(texts):  # type: ignore[no-untyped-def]
        raise ValueError("inner")

    with pytest.raises(ModelError) as caught:
        surrogate.explain(MESSAGE, failing, classes=["a", "b"], store=False)
    assert "yesterday" not in str(caught.value)


def test_an_own_pipeline_is_used_and_left_as_it_was() -> None:
    pipe = surrogate.load("local-linear").set_params(surrogate__max_terms=1)
    explanation = explain(pipeline=pipe)
    assert len(explanation.terms) == 1
    assert not hasattr(pipe.named_steps["surrogate"], "models_")
    assert pipe.named_steps["query"].black_box is None
