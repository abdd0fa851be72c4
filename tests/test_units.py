"""Units: every character accounted for, whatever the kind and the script."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surrogate.errors import InputError
from surrogate.units import MAX_UNITS, UNIT_KINDS, Document, split_units
from tests.unit_texts import TEXTS

ROOT = Path(__file__).parent.parent
#: Kinds whose units leave nothing but white space between them.
COVERING = ("token", "word", "phrase", "sentence", "paragraph", "line")
SPLITS = st.builds(lambda text, kind: split(text, kind), TEXTS, st.sampled_from(COVERING))
RANDOM = st.randoms(use_true_random=False)


def threes(text: str) -> list[tuple[int, int]]:
    """Tokens of three characters, which leave out some characters and overlap others."""
    return [(max(start - start % 2, 0), min(start + 3, len(text))) for start in range(0, len(text), 4)]


def split(text: str, kind: str = "word") -> Document:
    try:
        return split_units(text, kind, tokenize=threes)
    except InputError as error:
        pytest.fail(f"{text!r} was refused: {error}")


def some(document: Document, random: Random) -> list[bool]:
    share = random.random()
    return [random.random() < share for _ in document.units]


@given(SPLITS)
def test_gaps_and_units_are_the_text(document: Document) -> None:
    pieces = [gap + unit for gap, unit in zip(document.gaps, document.units, strict=False)]
    assert "".join([*pieces, document.gaps[-1]]) == document.text


@given(SPLITS)
def test_units_hold_everything_but_white_space(document: Document) -> None:
    assert not "".join(document.gaps).strip()
    assert all(unit and unit == unit.strip() for unit in document.units)


@given(SPLITS)
def test_all_kept_is_the_text_and_none_kept_is_empty(document: Document) -> None:
    assert document.keep([True] * document.n_units) == document.text
    assert document.keep([False] * document.n_units) == ""
    assert document.replace([True] * document.n_units, "[MASK]") == document.text


@given(SPLITS, RANDOM)
def test_kept_units_appear_in_order_and_unaltered(document: Document, random: Random) -> None:
    mask = some(document, random)
    rest = document.keep(mask)
    for unit in (unit for unit, flag in zip(document.units, mask, strict=True) if flag):
        before, found, rest = rest.partition(unit)
        assert found
        assert not before.strip()
    assert all(mask) or rest == ""


@given(SPLITS, RANDOM)
def test_a_mask_token_stands_where_a_unit_stood(document: Document, random: Random) -> None:
    mask = some(document, random)
    put = [unit if flag else "[M]" for unit, flag in zip(document.units, mask, strict=True)]
    wanted = "".join([*(gap + unit for gap, unit in zip(document.gaps, put, strict=False)), document.gaps[-1]])
    assert document.replace(np.array(mask), "[M]") == wanted


@given(st.lists(st.sampled_from(["card", "a", "3", "/", " ", "-", "(", ", ", "\n"]), max_size=20), RANDOM)
def test_words_that_were_apart_are_never_glued(parts: list[str], random: Random) -> None:
    if not "".join(parts).strip():
        return
    document = split("".join(parts))
    mask = some(document, random)
    kept = [unit for unit, flag in zip(document.units, mask, strict=True) if flag]
    assert all(unit in kept for unit in split_or_none(document.keep(mask)))


def split_or_none(text: str) -> tuple[str, ...]:
    # punctuation runs together when what stood between is removed; words must not
    return tuple(unit for unit in split(text).units if unit[0].isalnum()) if text else ()


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("It's a co-op", ("It's", "a", "co-op")),
        ("pay £3.50, 1,000.50 or 50% at 12:30", ("pay", "£3.50", ",", "1,000.50", "or", "50%", "at", "12:30")),
        ("मेरा कार्ड नहीं", ("मेरा", "कार्ड", "नहीं")),
        ("هل وصلت بطاقتي؟", ("هل", "وصلت", "بطاقتي", "؟")),
        ("ok 👩‍👩‍👧 👍🏽", ("ok", "👩‍👩‍👧", "👍🏽")),
        ("?!", ("?!",)),
        ("我的银行卡ABC1丢了！", ("我的", "银行", "卡", "ABC1", "丢", "了", "！")),
        ("😀我𠀀的银行卡", ("😀", "我", "𠀀", "的", "银行", "卡")),
        ("昨日カードを止めた。", ("昨日", "カード", "を", "止め", "た", "。")),
        ("「はい。」「いいえ。」", ("「", "はい", "。」", "「", "いいえ", "。」")),
        ("บัตรหาย 2 ใบ", ("บัตร", "หาย", "2", "ใบ")),
        ("ຂ້ອຍເສຍບັດ", ("ຂ້ອຍ", "ເສຍ", "ບັດ")),
        ("ខ្ញុំបានបាត់កាត", ("ខ្ញុំ", "បាន", "បាត់", "កាត")),
        ("ကတ်ပျောက်သွားတယ်", ("ကတ်", "ပျောက်", "သွား", "တယ်")),
        ("บัตร\u200bหาย", ("บัตร\u200b", "หาย")),
    ],
)
def test_words_follow_the_script(text: str, units: tuple[str, ...]) -> None:
    assert split_units(text).units == units


@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("lost my card, please", [1, 1, 0, 1, 1], "lost my, please"),
        ("my (new) card", [1, 0, 1, 0, 1], "my new card"),
        ("phone/mail", [1, 0, 1], "phone mail"),
        ("50%/card", [1, 0, 1], "50% card"),
        ('he said: "yes', [1, 1, 1, 0, 1], "he said: yes"),
        ("(a /b", [1, 0, 0, 1], "(b"),
        ("我的银行卡", [1, 0, 1], "我的卡"),
        ("ฉันทำบัตรหาย", [1, 0, 1, 0], "ฉันบัตร"),
        ("卡 丢了", [0, 1, 1], "丢了"),
        ("  padded text ", [0, 1], "text"),
    ],
)
def test_deleting_closes_up(text: str, mask: list[int], expected: str) -> None:
    assert split_units(text).keep(np.array(mask, dtype=bool)) == expected


def test_part_of_a_word_can_be_removed_without_a_space() -> None:
    document = split_units("unbelievable!", "token", tokenize=lambda _: [(0, 2), (2, 8), (8, 12), (12, 13)])
    assert document.keep([1, 0, 1, 1]) == "unable!"


@pytest.mark.parametrize("kind", COVERING)
@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty-text"), (" \n\t", "empty-text"), ("\ud800 a", "not-utf8"), (b"bytes", "not-text"), (None, "not-text")],
)
def test_unusable_text_is_refused(kind: str, text: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        split_units(text, kind, tokenize=threes)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_too_many_units_are_refused_with_their_number() -> None:
    with pytest.raises(InputError, match="100,000 words") as caught:
        split_units("word " * 100_000)
    assert caught.value.code == "text-too-long"
    assert split_units("word " * MAX_UNITS).n_units == MAX_UNITS
    assert split_units("word " * 5_000, max_units=None).n_units == 5_000
    with pytest.raises(InputError, match="3 sentences; at most 2"):
        split_units("One. Two. Three.", "sentence", max_units=2)


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(InputError, match="word") as caught:
        split_units("a b", "syllable")
    assert caught.value.code == "unknown-unit"
    assert set(COVERING) | {"json"} == set(UNIT_KINDS)


@pytest.mark.parametrize("mask", [[True], [True] * 3, [[True, True]]])
def test_a_mask_of_the_wrong_length_is_refused(mask: object) -> None:
    with pytest.raises(InputError, match="2 values"):
        split_units("a b").keep(mask)


def test_the_segmenter_is_named_where_one_was_needed() -> None:
    assert split_units("My card").segmenter is None
    for text, kind in (("我的卡", "word"), ("My card.", "sentence"), ("My card.", "phrase")):
        assert str(split_units(text, kind).segmenter).startswith("ICU ")


def test_the_segmenter_is_loaded_when_it_is_needed() -> None:
    code = (
        "import sys; from surrogate.units import split_units; split_units('my card'); print('icu4py' in sys.modules);"
        "split_units('我的卡'); print('icu4py' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "True"]
