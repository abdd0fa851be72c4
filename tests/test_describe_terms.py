"""Terms: stems, beginnings of words, phrases and characters, in any script."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.describe import NEGATIONS, Terms, is_stop, stop_words
from surrogate.describe.stems import stemmer
from surrogate.describe.tokens import BREAK, words_of
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.features import Feature

MESSAGES = [
    "Why was I charged a fee?",
    "A charge I did not make",
    "You charge fees for everything",
    "My card is lost",
    "my cards were lost in the post",
    "Is the post slow?",
]


def names(terms: Terms) -> list[str]:
    return list(terms.get_feature_names_out())


def test_a_stem_shows_its_most_frequent_form_and_all_its_forms() -> None:
    terms = Terms(prefixes=None).fit(MESSAGES)
    charge = next(feature for feature in terms.features_ if feature.key == "charg")
    assert (charge.kind, charge.label, charge.forms) == ("stem", "charge", ("charge", "charged"))


def test_a_stem_is_found_in_forms_that_the_fit_did_not_see() -> None:
    terms = Terms(prefixes=None).fit(MESSAGES)
    column = names(terms).index("stem:charg")
    assert terms.transform(["They are CHARGING me", "a recharge"]).toarray()[:, column].tolist() == [1.0, 0.0]


def test_the_matrix_is_sparse_float32_of_zeros_and_ones() -> None:
    presence = Terms().fit_transform([*MESSAGES, "fee fee fee"])
    assert presence.format == "csr"
    assert presence.dtype == np.float32
    assert set(np.unique(presence.toarray())) == {0.0, 1.0}


def test_no_two_features_are_in_the_same_documents_and_what_was_merged_is_told() -> None:
    terms = Terms().fit(MESSAGES)
    columns = [tuple(column) for column in terms.transform(MESSAGES).toarray().T]
    assert len(set(columns)) == len(columns)
    assert {"stem:lost", "stem:my", "prefix:los"} <= set(terms.merged_["stem:card"])
    assert set(terms.merged_) <= set(names(terms))


def test_terms_of_all_documents_or_of_too_few_are_left_out() -> None:
    texts = ["card a", "card a", "card b"]
    assert names(Terms(prefixes=None).fit(texts)) == ["stem:a"]
    assert names(Terms(prefixes=None, min_documents=0.7).fit(texts)) == []
    assert names(Terms(prefixes=None, min_documents=1).fit(texts)) == ["stem:a", "stem:b"]


def test_the_order_of_documents_does_not_matter() -> None:
    shuffled = MESSAGES.copy()
    random.Random(1).shuffle(shuffled)
    first, second = Terms(phrases=3).fit(MESSAGES), Terms(phrases=3).fit(shuffled)
    assert first.features_ == second.features_
    assert first.merged_ == second.merged_


def test_whole_words_and_phrases_on_request() -> None:
    terms = Terms(words=True, prefixes=None, phrases=2, min_documents=1).fit(["lost cards. Fee", "lost card", "no"])
    found = names(terms)
    assert {"word:cards", "stem:card", "phrase:lost card", "word:lost"} <= {*found, *sum(terms.merged_.values(), ())}
    assert not [name for name in found if name.startswith("phrase:card")]


def test_max_features_keeps_those_in_the_most_documents() -> None:
    terms = Terms(prefixes=None, max_features=2).fit(["a b", "a b c", "a c", "a c", "d"])
    assert names(terms) == ["stem:a", "stem:c"]


def test_a_beginning_holds_for_the_word_itself() -> None:
    terms = Terms(prefixes=(5, 5)).fit(["fraud", "fraudster", "card"])
    assert [(feature.label, feature.forms) for feature in terms.features_] == [("fraud…", ("fraud", "fraudster"))]
    assert terms.transform(["fraud", "fraudulent", "frau"]).toarray().ravel().tolist() == [1.0, 1.0, 0.0]


def test_a_beginning_that_one_word_has_is_that_word() -> None:
    terms = Terms().fit(["checks", "check it", "checking", "checking", "none"])
    assert "word:checking" in names(terms)
    assert "prefix:checki" in terms.merged_["word:checking"]
    assert "word:check" not in names(terms)


def test_a_beginning_parts_no_letter_from_its_marks() -> None:
    terms = Terms(stems=False, prefixes=(1, 7), min_documents=1).fit(["कि", "रु"])
    assert {feature.key for feature in terms.features_} == {"कि", "रु"}


def test_chinese_has_words_and_characters_and_no_beginnings() -> None:
    terms = Terms(min_documents=1).fit(["我的银行卡丢了", "银行在哪里", "丢了手机"])
    kinds = {feature.kind for feature in terms.features_}
    assert kinds <= {"word", "character"}
    assert "word:银行" in names(terms)
    assert "character:银" in terms.merged_["word:银行"]
    assert terms.transform(["银行"]).sum() == 1


def test_korean_beginnings_are_counted_in_syllables() -> None:
    terms = Terms(stems=False).fit(["은행에서", "은행은", "카드"])
    assert [feature.key for feature in terms.features_] == ["은행"]


@pytest.mark.parametrize(
    "texts",
    [
        ["", "", " "],
        ["a" * 10_000, "a" * 10_000, "b"],
        ["?!", "...", "— —"],
        ["\u200b", "\u202e", "\u0301"],
    ],
)
def test_texts_without_words_have_no_feature(texts: list[str]) -> None:
    assert Terms().fit_transform(texts).shape == (3, 0)


def test_emoji_and_right_to_left_scripts_are_words() -> None:
    terms = Terms(prefixes=None).fit(["😡 بطاقة", "😡", "بطاقة", "שלום", "שלום 👍🏽", "👍🏽"])
    assert set(names(terms)) == {"word:😡", "word:بطاقة", "word:שלום", "word:👍🏽"}


def test_accents_are_the_same_composed_or_not() -> None:
    terms = Terms(language="none", prefixes=None).fit(["café", "cafe\u0301", "x"])
    assert names(terms) == ["word:café"]


def test_languages_by_name() -> None:
    assert stemmer("german")("Karten".lower()) == stemmer("german")("karte")
    assert stemmer("none")("cards") is None
    with pytest.raises(InputError, match="no stemmer for 'klingon'"):
        Terms(language="klingon").fit(MESSAGES)


def test_documents_are_taken_as_they_are() -> None:
    corpus = Documents(tuple(MESSAGES), tuple(map(str, range(6))))
    assert Terms().fit(corpus).features_ == Terms().fit(MESSAGES).features_


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        ([], "bad-corpus", "no documents"),
        ("one text", "bad-corpus", "Put a single text in a list"),
        (None, "bad-corpus", "NoneType"),
        (["a", 5], "not-text", "Text 1 must be a string; got int"),
        (["a", float("nan")], "not-text", "float"),
        (["\ud800"], "not-utf8", "Text 0"),
        (np.zeros((2, 3)), "bad-corpus", "Texts are needed"),
    ],
)
def test_wrong_input_is_told(wrong: object, code: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Terms().fit(wrong)
    assert caught.value.code == code


@pytest.mark.parametrize("prefixes", [(0, 3), (5, 3), (3,), ("a", "b"), (True, 2)])
def test_wrong_lengths_are_told(prefixes: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="prefixes is None or a pair"):
        Terms(prefixes=prefixes).fit(MESSAGES)  # type: ignore[arg-type]


def test_one_document_has_nothing_to_tell_it_from_others() -> None:
    assert Terms().fit_transform(["a lost card"]).shape == (1, 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=6))
def test_any_text_is_described(texts: list[str]) -> None:
    terms = Terms(words=True, phrases=2, min_documents=1).fit(texts)
    presence = terms.transform(texts)
    assert presence.shape == (len(texts), len(terms.features_))
    assert (presence.sum(axis=0) >= 1).all()
    assert len({feature.name for feature in terms.features_}) == len(terms.features_)


def test_words_are_bare_and_parted_at_hyphens() -> None:
    assert words_of("Re-send £3.50, 10%; I’m “here”") == [
        "re",
        "send",
        "3.50",
        BREAK,
        "10",
        BREAK,
        "i'm",
        BREAK,
        "here",
        BREAK,
    ]


def test_stop_words_hold_no_denials_and_no_words_of_business() -> None:
    assert not stop_words() & NEGATIONS
    assert not stop_words() & {"amount", "bill", "interest", "top", "call", "serious"}
    assert {"the", "i'm", "and"} <= stop_words()


def test_features_of_stop_words_are_known_by_all_their_forms() -> None:
    assert is_stop(Feature("phrase", "of the", "of the", ("of the",)))
    assert not is_stop(Feature("phrase", "of card", "of card", ("of the card",)))
    assert not is_stop(Feature("stem", "not", "not", ("not",)))
    assert not is_stop(Feature("column", "the", "the"))
    assert is_stop(Feature("word", "der", "der", ("der",)), ["der", "die"])
