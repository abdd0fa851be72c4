"""Every kind of surrogate, of unit and of input that a person may try on one text."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from surrogate import explain
from surrogate.blackbox import FunctionBox
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.units import from_spans
from tests.toys import MESSAGE, conjunction, logistic

CLASSES = ["card", "other"]
ADDITIVE = logistic({"lost": 3.0, "card": 2.0, "yesterday": -2.5}, -1.5)


def box(function: Any = ADDITIVE, **options: Any) -> FunctionBox:
    return FunctionBox(function, classes=CLASSES, **options)


@pytest.mark.parametrize(
    "recipe", ["local", "local-linear", "local-tree", "local-rules", "local-anchor", "local-shapley"]
)
def test_every_recipe_explains_and_its_record_reads_back(recipe: str) -> None:
    explanation = explain(MESSAGE, box(), recipe, store=False)
    assert explanation.passed
    record = explanation.to_dict()
    assert Explanation.from_dict(json.loads(json.dumps(record))).to_dict() == record
    assert explanation.calls["total"] <= 1024


def test_a_conjunction_is_one_rule_of_a_set() -> None:
    explanation = explain(MESSAGE, box(conjunction), "local-rules", store=False)
    first = explanation.rules[0]
    units = explanation.document.units
    assert {units[literal.unit] for literal in first.literals} == {"lost", "card"}
    assert first.order == 1
    assert first.precision is not None
    assert first.precision.value == 1.0
    assert explanation.rules[-1].literals == ()


def test_an_anchor_is_confirmed_on_copies_of_its_own() -> None:
    explanation = explain(MESSAGE, box(conjunction), "local-anchor", store=False)
    (member,) = explanation.members
    anchor: Any = member.model
    assert member.verdict.passed
    assert {explanation.document.units[literal.unit] for literal in anchor.literals} == {"lost", "card"}
    assert anchor.precision.low >= 0.95
    assert explanation.calls["confirm"] > 0


def test_an_anchor_without_calls_to_confirm_it_is_withheld_and_says_what_it_takes() -> None:
    (member,) = explain(MESSAGE, box(conjunction), "local-anchor", calls=64, store=False).members
    assert not member.verdict.passed
    assert "independent draws" in member.verdict.reason


def test_shapley_values_of_an_additive_model_are_its_weights() -> None:
    (member,) = explain(MESSAGE, box(), "local-shapley", store=False).members
    values: Any = member.model
    by_word = dict(zip(MESSAGE.split(), values.values, strict=True))
    assert by_word["lost"] == pytest.approx(3.0, abs=0.05)
    assert by_word["yesterday"] == pytest.approx(-2.5, abs=0.05)
    assert sum(values.values) == pytest.approx(values.full_value - values.base_value)
    assert member.fidelity is None


TWO_PARTS = "I lost my card. It was yesterday.\n\nPlease help me. I need a new one. Thank you, good bye. See you soon."


@pytest.mark.parametrize("units", ["word", "phrase", "sentence", "paragraph", "line"])
def test_every_unit_kind_explains_the_text_as_it_stands(units: str) -> None:
    explanation = explain(TWO_PARTS, box(), units=units, store=False)
    document = explanation.document
    assert document.kind == units
    assert document.keep([True] * document.n_units) == TWO_PARTS
    record = explanation.to_dict()
    assert all(TWO_PARTS[start:end].strip() for start, end in record["document"]["units"])


def test_the_fields_of_a_form_are_units_and_their_labels_stay() -> None:
    form = "Name: Jo\nReason: lost card\nWhen: yesterday\nPlace: station\nAmount: 20"
    spans = [
        (form.index(value), form.index(value) + len(value))
        for value in ("Jo", "lost card", "yesterday", "station", "20")
    ]
    asked: list[str] = []

    def reading(texts: list[str]) -> Any:
        asked.extend(texts)
        return ADDITIVE(texts)

    explanation = explain(from_spans(form, spans), box(reading), store=False)
    assert all("Reason:" in text and "Name:" in text for text in asked)
    assert {term.text for term in explanation.terms[:2]} == {"lost card", "yesterday"}


def test_the_values_of_a_json_text_are_units_and_the_copies_stay_json() -> None:
    asked: list[str] = []

    def reading(texts: list[str]) -> Any:
        asked.extend(texts)
        return ADDITIVE([" ".join(map(str, json.loads(text).values())) for text in texts])

    explanation = explain(
        '{"reason": "lost card", "when": "yesterday", "n": 3}', box(reading), units="json", store=False
    )
    assert explanation.passed
    assert all(isinstance(json.loads(text), dict) for text in asked)


def test_tokens_need_a_model_that_has_them() -> None:
    with pytest.raises(InputError, match="token"):
        explain(MESSAGE, box(), units="token", store=False)
    explanation = explain("I lost my card", "bank-router", units="token", store=False, calls=32)
    assert explanation.document.kind == "token"


def test_an_unknown_unit_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="Units can be"):
        explain(MESSAGE, box(), units="stanza", store=False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("我的银行卡昨天丢了请帮我冻结谢谢", "银行"),
        ("昨日カードを失くしました。すぐに止めてください。", "カード"),
        ("บัตรเครดิตของฉันหายเมื่อวานนี้กรุณาช่วยอายัดด้วย", "บัตร"),
    ],
)
def test_languages_without_spaces_are_explained_by_words(text: str, word: str) -> None:
    def reading(texts: list[str]) -> Any:
        positive = np.array([0.95 if word in each else 0.05 for each in texts])
        return np.column_stack([positive, 1 - positive])

    explanation = explain(text, box(reading), store=False)
    assert explanation.passed
    assert word in explanation.terms[0].text
    assert len(explanation.document.units) < len(text)


def test_one_unit_repeated_words_and_emoji() -> None:
    assert explain("card", box(), store=False).calls["total"] == 2
    repeated = explain("card " * 40, box(), store=False)
    assert repeated.calls["total"] <= 1024
    assert repeated.document.n_units == 40
    assert explain("🏦💳 card 😀 lost", box(), store=False).stopping.reason == "exhausted"


def test_fewer_calls_than_anything_can_be_fitted_with_are_refused_with_the_minimum() -> None:
    with pytest.raises(InputError, match="at least 8"):
        explain(MESSAGE, box(), calls=4, store=False)
    with pytest.raises(InputError, match="8"):
        explain(MESSAGE, box(), budget=4, store=False)


def test_the_same_answers_give_the_same_record_whatever_was_stored_before() -> None:
    first = explain(MESSAGE, box(), store=False).to_dict()
    again = explain(MESSAGE, box(), store=False).to_dict()
    assert first == again


def test_a_text_of_five_thousand_words_is_explained_by_the_few_that_matter() -> None:
    dull = "The meeting was held in the large room on the second floor. Nobody knew when it would end. "
    text = (dull * 12 + "\n\n") * 23 + "My card was lost yesterday near the station. " + dull * 5
    assert len(text.split()) > 5000
    explanation = explain(text, box(), store=False)
    assert explanation.passed
    assert explanation.document.text == text
    assert explanation.document.n_units < 250
    assert {"lost", "card", "yesterday"} <= {term.text for term in explanation.terms[:6]}
    assert explanation.refinement is not None
    assert explanation.calls["refine"] > 0
    assert explanation.calls["total"] <= 1024
    record = explanation.to_dict()
    assert Explanation.from_dict(record).to_dict() == record
