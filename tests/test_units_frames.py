"""Values in a frame: JSON texts, and spans that the user gives."""

from __future__ import annotations

import json
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surrogate.errors import InputError
from surrogate.units import Document, from_spans, mixed, split_units
from tests.unit_texts import TEXTS

RANDOM = st.randoms(use_true_random=False)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
)
RECORDS = st.builds(
    lambda value, plain, indent: json.dumps({"first": "x", "rest": value}, ensure_ascii=plain, indent=indent),
    VALUES,
    st.booleans(),
    st.sampled_from([None, 2]),
)
TICKET = '{"name": "Ann \\"A\\" Lee", "age": 42, "vip": true, "note": null, "tags": ["lost card", ""]}'


def shape(value: object) -> object:
    """Keys and lengths, without the values."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else None


def some(document: Document, random: Random) -> list[bool]:
    return [random.random() < 0.5 for _ in document.units]


@given(RECORDS, RANDOM)
def test_json_stays_json_whatever_is_removed(text: str, random: Random) -> None:
    document = split_units(text, "json", max_units=None)
    assert document.keep([True] * document.n_units) == text
    for _ in range(3):
        mask = some(document, random)
        assert shape(json.loads(document.keep(mask))) == shape(json.loads(text))
        assert shape(json.loads(document.replace(mask, '[M"\\]'))) == shape(json.loads(text))


@given(RECORDS, RANDOM)
def test_json_stays_json_when_values_are_split_into_words(text: str, random: Random) -> None:
    whole = split_units(text, "json", max_units=None)
    for kind in ("word", "token"):
        document = mixed(
            whole, range(whole.n_units), kind, tokenize=bigrams if kind == "token" else None, max_units=None
        )
        assert shape(json.loads(document.keep(some(document, random)))) == shape(json.loads(text))


def bigrams(text: str) -> list[tuple[int, int]]:
    return [(start, min(start + 2, len(text))) for start in range(0, len(text), 2)]


@given(RECORDS)
def test_removed_json_values_are_empty_or_null(text: str) -> None:
    document = split_units(text, "json", max_units=None)
    left = split_or_none(document.keep([False] * document.n_units))
    assert left is None


def split_or_none(text: str) -> Document | None:
    try:
        return split_units(text, "json")
    except InputError:
        return None


def test_numbers_are_not_split_and_escapes_are_not_cut() -> None:
    document = mixed(split_units('{"a": -1.5e3, "b": "one\\n\\u00e9two \\"x\\""}', "json"), {0, 1}, "word")
    assert document.kind == "json+word"
    assert document.units == ("-1.5e3", "one\\n\\u00e9two", '\\"x\\"')


def test_values_are_units_and_keys_are_not() -> None:
    document = split_units(TICKET, "json")
    assert document.units == ('Ann \\"A\\" Lee', "42", "true", "lost card")
    assert document.keep([1, 0, 0, 1]) == TICKET.replace("42", "null").replace("true", "null")
    assert json.loads(document.replace([0, 0, 1, 1], "[MASK]"))["age"] == "[MASK]"


@pytest.mark.parametrize(
    ("text", "code"), [("not json", "not-json"), ('{"a": 1', "not-json"), ("[" * 100_000, "not-json")]
)
def test_what_is_not_json_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        split_units(text, "json")
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["{}", "[null, {}]", '{"a": "", "b": " "}', " "])
def test_json_without_values_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        split_units(text, "json")
    assert caught.value.code == "empty-text"


def test_long_numbers_are_not_computed() -> None:
    assert split_units(f"[{'9' * 10_000}, NaN]", "json").n_units == 2


FORM = "Name: Ann Lee\nTown: Rome, Italy"


def test_labels_of_a_form_are_always_kept() -> None:
    form = from_spans(FORM, [(6, 9), (10, 13), (20, 24), (26, 31)])
    assert form.keep([False] * 4) == "Name: \nTown: , "
    assert form.keep([False, True, True, False]) == "Name: Lee\nTown: Rome, "
    assert form.keep([True] * 4) == FORM
    assert form.replace([True, False, True, True], "[MASK]") == FORM.replace("Lee", "[MASK]")
    assert form.kind == "spans"


def test_frame_is_not_glued_where_a_span_holds_the_white_space() -> None:
    document = from_spans("Hello my card", [(5, 9)])
    assert document.units == (" my ",)
    assert document.keep([False]) == "Hello card"


@given(TEXTS, RANDOM)
def test_what_the_user_leaves_out_is_kept_as_it_is(text: str, random: Random) -> None:
    places = sorted(random.sample(range(len(text) + 1), k=min(len(text) + 1, 2 * random.randint(1, 4))))
    spans = [(start, end) for start, end in zip(places[::2], places[1::2], strict=False) if text[start:end].strip()]
    if not spans:
        return
    document = from_spans(text, spans)
    mask = some(document, random)
    rest = document.keep(mask)
    pieces = [document.gaps[0]]
    for unit, gap, flag in zip(document.units, document.gaps[1:], mask, strict=True):
        pieces += [unit if flag else "", gap]
    for piece in pieces:
        if piece.strip():
            before, found, rest = rest.partition(piece)
            assert found
            assert not before.strip()
    assert not rest.strip()


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([], "No spans"),
        ([(0, 2), (1, 3)], "Span 1 starts at 1"),
        ([(3, 5), (0, 2)], "in order"),
        ([(2, 2)], "before it ends"),
        ([(0, 99)], "31 characters"),
        ([(-3, 2)], "inside the text"),
        ([(0.0, 2)], "whole numbers"),
        ([(False, 2)], "whole numbers"),
        ([(1, 2, 3)], "whole numbers"),
        ([5], "whole numbers"),
        ([(5, 6)], "white space"),
    ],
)
def test_bad_spans_are_refused_with_their_number(spans: list, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        from_spans(FORM, spans)
    assert caught.value.code == "bad-spans"


def test_spans_may_come_as_lists_or_numpy_numbers() -> None:
    assert from_spans(FORM, np.array([[6, 9], [10, 13]])).spans == ((6, 9), (10, 13))
    assert from_spans(FORM, [[6, 9]]).units == ("Ann",)


def test_too_many_spans_and_unusable_texts_are_refused() -> None:
    for text, spans, code in (
        ("a " * 2_000, [(2 * i, 2 * i + 1) for i in range(1_001)], "text-too-long"),
        ("  ", [(0, 1)], "empty-text"),
        (None, [(0, 1)], "not-text"),
    ):
        with pytest.raises(InputError) as caught:
            from_spans(text, spans)  # type: ignore[arg-type]
        assert caught.value.code == code
