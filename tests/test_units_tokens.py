"""Tokens as units: the spans of a model's own tokenizer."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest
from hypothesis import given, settings

from surrogate.blackbox import load_model
from surrogate.errors import InputError, ModelError
from surrogate.units import split_units
from surrogate.units.tokens import token_units
from tests.unit_texts import TEXTS

TEXT = "My card hasn't  arrived 😀 é カード!"
MODELS = ("bank-router", "bank-router-lm")


@pytest.fixture(scope="module", params=MODELS)
def box(request):
    pytest.importorskip("transformers")
    return load_model(request.param)


def test_tokens_are_those_of_the_model(box) -> None:
    units = split_units(TEXT, "token", tokenize=box.token_spans).units
    assert units[:2] == ("My", "card")
    assert "".join(units) == "".join(TEXT.split())
    assert all(len(unit) == 1 for unit in units if unit in "😀é")


@settings(max_examples=50, deadline=None)
@given(text=TEXTS)
def test_spans_are_in_order_inside_the_text_and_without_white_space(box, text: str) -> None:
    spans = box.token_spans(text)
    places = [place for span in spans for place in span]
    assert places == sorted(places)
    assert all(text[start:end] and text[start:end] == text[start:end].strip() for start, end in spans)
    document = split_units(text, "token", tokenize=box.token_spans, max_units=None)
    assert not "".join(document.gaps).strip()


def test_no_special_token_and_nothing_of_the_prompt_is_a_unit(box) -> None:
    assert box.token_spans("card") == ((0, 4),)
    assert box.token_spans("") == ()


def test_the_method_travels_with_the_model(box) -> None:
    again = pickle.loads(pickle.dumps(box.token_spans))
    assert again(TEXT) == box.token_spans(TEXT)
    assert deepcopy(box.token_spans)(TEXT) == box.token_spans(TEXT)


def test_unusable_text_is_refused(box) -> None:
    with pytest.raises(InputError) as caught:
        box.token_spans(b"bytes")
    assert caught.value.code == "not-text"


def test_a_tokenizer_without_places_is_refused() -> None:
    from surrogate.blackbox.tokens import token_spans

    with pytest.raises(ModelError) as caught:
        token_spans(object(), "toy", TEXT)
    assert caught.value.code == "no-offsets"


@pytest.mark.parametrize(
    ("text", "tokens", "units"),
    [
        ("a bc", [(0, 1), (1, 4)], ["a", "bc"]),
        ("é!", [(0, 1), (0, 1), (1, 2)], ["é", "!"]),
        ("ab", [(0, 0), (0, 2), (2, 2)], ["ab"]),
        ("\0a \u200b b", [(1, 2), (5, 6)], ["\0a \u200b", "b"]),
        ("\0", [], ["\0"]),
    ],
)
def test_every_character_is_in_one_unit(text: str, tokens: list[tuple[int, int]], units: list[str]) -> None:
    assert [text[start:end] for start, end in token_units(text, tokens)] == units


@pytest.mark.parametrize("tokens", [[(2, 1)], [(0, 9)], [(1, 2), (0, 1)], [(-1, 1)]])
def test_spans_that_do_not_fit_are_refused(tokens: list[tuple[int, int]]) -> None:
    with pytest.raises(InputError) as caught:
        split_units("abc", "token", tokenize=lambda _: tokens)
    assert caught.value.code == "bad-spans"


def test_tokens_need_a_tokenizer() -> None:
    with pytest.raises(InputError, match="token_spans") as caught:
        split_units("my card", "token")
    assert caught.value.code == "missing-tokenizer"
