"""Units within units, for explanations from coarse to fine."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surrogate.errors import InputError
from surrogate.units import from_spans, mixed, nest, split_units
from tests.unit_texts import TEXTS

CHAIN = ("paragraph", "sentence", "phrase", "word")
RANDOM = st.randoms(use_true_random=False)
TEXT = "I lost my card. Please help!\n\nAnn Lee"


def split(text: str, kind: str):  # type: ignore[no-untyped-def]
    return split_units(text, kind, max_units=None)


@given(TEXTS)
def test_finer_units_never_straddle(text: str) -> None:
    documents = [split(text, kind) for kind in CHAIN]
    for coarse, fine in pairwise(documents):
        holders = nest(coarse, fine)
        assert holders == tuple(sorted(holders))
        assert set(holders) == set(range(coarse.n_units))
    assert set(nest(split(text, "line"), documents[-1])) == set(range(split(text, "line").n_units))


@given(
    TEXTS, st.sampled_from([*pairwise(CHAIN), ("paragraph", "word"), ("sentence", "word"), ("line", "word")]), RANDOM
)
def test_splitting_some_units_leaves_the_others_whole(text: str, kinds: tuple[str, str], random: Random) -> None:
    coarse = split(text, kinds[0])
    chosen = {number for number in range(coarse.n_units) if random.random() < 0.5}
    document = mixed(coarse, chosen, kinds[1], max_units=None)
    pieces = [gap + unit for gap, unit in zip(document.gaps, document.units, strict=False)]
    assert "".join([*pieces, document.gaps[-1]]) == text
    assert not "".join(document.gaps).strip()
    holders = nest(coarse, document)
    for number, span in enumerate(coarse.spans):
        if number not in chosen:
            assert [own for own, holder in zip(document.spans, holders, strict=True) if holder == number] == [span]


@given(TEXTS)
def test_words_of_all_sentences_are_the_words_of_the_text(text: str) -> None:
    sentences = split(text, "sentence")
    assert mixed(sentences, range(sentences.n_units), "word", max_units=None).spans == split(text, "word").spans


def test_mixed_names_both_kinds_and_can_be_split_again() -> None:
    first = mixed(split_units(TEXT, "paragraph"), {0}, "sentence")
    assert first.units == ("I lost my card.", "Please help!", "Ann Lee")
    second = mixed(first, {1}, "word")
    assert (first.kind, second.kind) == ("paragraph+sentence", "paragraph+sentence+word")
    assert second.units == ("I lost my card.", "Please", "help", "!", "Ann Lee")
    assert mixed(second, {0}, "word").kind == second.kind
    assert second.keep([0, 1, 1, 0, 1]) == "Please help\n\nAnn Lee"
    assert second.segmenter == first.segmenter


def test_tokens_of_a_unit_are_those_of_the_whole_text() -> None:
    asked: list[str] = []

    def tokenize(text: str) -> list[tuple[int, int]]:
        asked.append(text)
        return [(start, min(start + 4, len(text))) for start in range(0, len(text), 4)]

    document = mixed(split_units(TEXT, "sentence"), {1}, "token", tokenize=tokenize)
    assert asked == [TEXT]
    assert document.units == ("I lost my card.", "Plea", "se h", "elp!", "Ann Lee")


def test_fields_of_a_form_can_be_split() -> None:
    form = from_spans("Name: Ann Lee; Town: Rome", [(6, 13), (21, 25)])
    document = mixed(form, {0}, "word")
    assert document.units == ("Ann", "Lee", "Rome")
    assert document.keep([0, 1, 0]) == "Name: Lee; Town: "


def test_what_does_not_nest_is_refused() -> None:
    words, wrapped = split_units(TEXT), "I lost my card\nand money."
    for coarse, fine in (
        (words, split_units(TEXT, "sentence")),
        (words, split_units("Another text")),
        (from_spans(TEXT, [(2, 6)]), words),
        (split_units(wrapped, "line"), split_units(wrapped, "sentence")),
    ):
        with pytest.raises(InputError) as caught:
            nest(coarse, fine)
        assert caught.value.code == "not-nested"


@pytest.mark.parametrize(
    ("chosen", "kind", "limit", "code"),
    [({9}, "word", 10, "bad-parameter"), ({0}, "syllable", 10, "unknown-unit"), ({0}, "word", 3, "text-too-long")],
)
def test_what_cannot_be_split_is_refused(chosen: set[int], kind: str, limit: int, code: str) -> None:
    with pytest.raises(InputError) as caught:
        mixed(split_units(TEXT, "sentence"), chosen, kind, max_units=limit)
    assert caught.value.code == code
