"""Units: every character accounted for, whatever the script."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surrogate.errors import InputError
from surrogate.units import MAX_UNITS, Document, split_units

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(str.strip)


def split(text: str) -> Document:
    try:
        return split_units(text)
    except InputError:
        pytest.fail(f"{text!r} was refused")


@given(TEXTS)
def test_gaps_and_units_are_the_text(text: str) -> None:
    document = split(text)
    pieces = [gap + unit for gap, unit in zip(document.gaps, document.units, strict=False)]
    assert "".join([*pieces, document.gaps[-1]]) == text


@given(TEXTS)
def test_what_lies_between_units_is_white_space(text: str) -> None:
    assert all(not gap.strip() for gap in split(text).gaps)


@given(TEXTS)
def test_all_kept_is_the_text_and_none_kept_is_empty(text: str) -> None:
    document = split(text)
    assert document.keep([True] * document.n_units) == text
    assert document.keep([False] * document.n_units) == ""
    assert document.replace([True] * document.n_units, "[MASK]") == text


@given(TEXTS, st.randoms(use_true_random=False))
def test_kept_units_appear_in_order(text: str, random) -> None:  # type: ignore[no-untyped-def]
    document = split(text)
    mask = [random.random() < 0.5 for _ in range(document.n_units)]
    kept = [unit for unit, flag in zip(document.units, mask, strict=True) if flag]
    assert "".join(document.keep(mask).split()) == "".join("".join(kept).split())


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("It's a co-op", ("It's", "a", "co-op")),
        ("pay £3.50, 1,000.50 or 50% at 12:30", ("pay", "£3.50", ",", "1,000.50", "or", "50%", "at", "12:30")),
        ("मेरा कार्ड नहीं", ("मेरा", "कार्ड", "नहीं")),
        ("هل وصلت بطاقتي؟", ("هل", "وصلت", "بطاقتي", "؟")),
        ("ok 👩‍👩‍👧 👍🏽", ("ok", "👩‍👩‍👧", "👍🏽")),
        ("我的卡 ABC1", ("我", "的", "卡", "ABC1")),
        ("?!", ("?!",)),
    ],
)
def test_units_follow_the_script(text: str, units: tuple[str, ...]) -> None:
    assert split_units(text).units == units


@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("lost my card, please", [1, 1, 0, 1, 1], "lost my, please"),
        ("my (new) card", [1, 0, 1, 0, 1], "my new card"),
        ("phone/mail", [1, 0, 1], "phone mail"),
        ("我的卡", [1, 0, 1], "我卡"),
        ("  padded text ", [0, 1], "text"),
    ],
)
def test_deleting_never_glues_two_words(text: str, mask: list[int], expected: str) -> None:
    assert split_units(text).keep(np.array(mask, dtype=bool)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty-text"), (" \n\t", "empty-text"), ("\ud800 a", "not-utf8"), (b"bytes", "not-text"), (None, "not-text")],
)
def test_unusable_text_is_refused(text: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        split_units(text)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_too_many_units_are_refused_with_their_number() -> None:
    with pytest.raises(InputError, match="100,000") as caught:
        split_units("word " * 100_000)
    assert caught.value.code == "text-too-long"
    assert split_units("word " * MAX_UNITS).n_units == MAX_UNITS


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="word"):
        split_units("a b", "syllable")
