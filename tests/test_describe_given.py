"""What a user gives: lists of words, regular expressions, and columns beside the texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surrogate.describe import Columns, Lexicon, Patterns, read_lexicon
from surrogate.describe.thresholds import short_decimal, shortest_between, thresholds
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.perturb import Delete


def test_entries_of_a_lexicon_are_whole_words_in_any_case() -> None:
    lexicon = Lexicon({"rude": ["fool", "damn it"], "bank": ["银行卡"]}).fit(["nothing"])
    presence = lexicon.transform(["You FOOL", "foolish", "DAMN it", "damn. it", "我的银行卡丢了"]).toarray()
    assert presence[:, 0].tolist() == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert presence[:, 1].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_a_lexicon_s_features_are_its_lists_whatever_the_documents_hold() -> None:
    lexicon = Lexicon({"b": ["x"], "a": ["y", "x"]}).fit(["nothing"])
    assert [(feature.name, feature.forms) for feature in lexicon.features_] == [("lexicon:b", ()), ("lexicon:a", ())]
    assert lexicon.transform(["x"]).toarray().tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({}, "at least one list"),
        ({"a": []}, "'a' is empty"),
        ({"a": "word"}, "must be a list"),
        ({"a": 3}, "must be a list"),
        ({"a": ["!"]}, "'!', which is no word"),
        ({"a": [""]}, "no word"),
        ({"a": [5]}, "no word"),
        ({"a": ["one, two"]}, "without punctuation"),
    ],
)
def test_wrong_lexicons_are_told(lists: dict[str, list[str]], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        Lexicon(lists).fit(["a text"])
    assert caught.value.code == "bad-lexicon"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("words.toml", 'theft = ["stolen", "robbed"]\n"too slow" = ["late"]\n'),
        ("words.json", '{"theft": ["stolen", "robbed"], "too slow": ["late"]}'),
        ("words.csv", "list,word\ntheft,stolen\ntoo slow,late\ntheft,robbed\n"),
    ],
)
def test_lexicons_are_read_from_files(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_lexicon(tmp_path / name) == {"theft": ["stolen", "robbed"], "too slow": ["late"]}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("words.txt", b"x", "bad-file"),
        ("words.toml", b"theft = [", "bad-lexicon"),
        ("words.toml", b"theft = []", "bad-lexicon"),
        ("words.json", b"[1]", "bad-lexicon"),
        ("words.json", b'{"a": 1}', "bad-lexicon"),
        ("words.csv", b"word\nx\n", "bad-lexicon"),
        ("words.csv", b"list,word\nx\n", "bad-lexicon"),
        ("words.csv", b"", "bad-lexicon"),
        ("words.json", b"\xff\xfe", "not-utf8"),
    ],
)
def test_broken_lexicon_files_are_told(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="words") as caught:
        read_lexicon(tmp_path / name)
    assert caught.value.code == code


def test_a_lexicon_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_lexicon(tmp_path / "none.toml")


def test_patterns_show_their_expression() -> None:
    patterns = Patterns({"number": r"\d{4,}"}).fit(["a"])
    assert patterns.features_[0].forms == (r"\d{4,}",)
    assert patterns.transform(["123", "no 12345"]).toarray().ravel().tolist() == [0.0, 1.0]


def test_a_wrong_pattern_is_named() -> None:
    with pytest.raises(InputError, match="'broken' is no regular expression") as caught:
        Patterns({"fine": "a", "broken": "(a"}).fit(["a"])
    assert caught.value.code == "bad-pattern"
    with pytest.raises(InputError, match="'broken'"):
        Patterns({"broken": 5}).fit(["a"])  # type: ignore[dict-item]
    with pytest.raises(InputError, match="at least one"):
        Patterns({}).fit(["a"])


def test_a_pattern_that_backtracks_without_end_is_stopped() -> None:
    patterns = Patterns({"slow": r"(x+x+)+y"}, timeout=0.05).fit(["a"])
    with pytest.raises(InputError, match=r"'slow' took longer than 0.05 s on text 1") as caught:
        patterns.transform(["fine", "x" * 200])
    assert caught.value.code == "bad-pattern"


TABLE = {
    "channel": ["app", "app", "web", "web", "web", "post"],
    "amount": [10.0, 20.0, 30.0, 40.0, None, None],
    "same": ["x"] * 6,
    "empty": [None] * 6,
}


def test_columns_are_categories_thresholds_and_missing_values() -> None:
    columns = Columns().fit(TABLE)
    assert [feature.key for feature in columns.features_] == [
        "channel=app",
        "channel=web",
        "amount > 10",
        "amount > 20",
        "amount > 30",
        "amount missing",
    ]
    assert columns.rare_ == {"channel": 1}
    row = {"channel": ["fax", "web"], "amount": [20.0, None], "same": ["y", None], "empty": ["z", None]}
    assert columns.transform(row).toarray().tolist() == [[0, 0, 1, 0, 0, 0], [0, 1, 0, 0, 0, 1]]


def test_columns_by_name_and_columns_that_are_not_there() -> None:
    assert len(Columns(["channel"]).fit(TABLE).features_) == 2
    with pytest.raises(InputError, match="no column 'chanel'; they have 'channel', 'amount'"):
        Columns(["chanel"]).fit(TABLE)
    with pytest.raises(InputError, match="no column 'channel'"):
        Columns(["channel"]).fit(TABLE).transform({"amount": [1.0]})
    with pytest.raises(InputError, match="no columns beside their texts"):
        Columns().fit(["a", "b"])


def test_columns_of_other_kinds_of_value() -> None:
    columns = Columns(min_documents=1).fit({"flag": [True, False], "mixed": ["a", 1], "n": [np.int64(3), np.nan]})
    assert [feature.key for feature in columns.features_] == [
        "flag=False", "flag=True", "mixed=1.0", "mixed=a", "n missing",
    ]  # fmt: skip
    assert columns.transform({"flag": [False], "mixed": [1.0], "n": [None]}).toarray().tolist() == [[1, 0, 1, 0, 1]]
    with pytest.raises(InputError, match="'n' holds infinity"):
        Columns().fit({"n": [float("inf"), 1.0]})
    with pytest.raises(InputError, match="differ in length: 1, 2 rows"):
        Columns().fit({"a": [1.0], "b": [1.0, 2.0]})


def test_columns_of_documents_and_of_a_sample_repeat_for_each_altered_copy() -> None:
    corpus = Documents(("a b", "c d"), ("1", "2"), metadata={"channel": ("app", "web")})
    columns = Columns(min_documents=1).fit(corpus)
    sample = Delete(n_samples=8).fit_transform(list(corpus.texts)).replace(metadata=corpus.metadata)
    assert columns.transform(sample).toarray()[:, 0].tolist() == [1.0] * 4 + [0.0] * 4


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_short_decimal_cuts_where_it_says(one: float, other: float) -> None:
    low, high = sorted((one, other))
    if low < high:
        cut = shortest_between(low, high)
        assert low <= cut < high
        assert float(short_decimal(cut)) == cut


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.integers(2, 6))
def test_thresholds_have_values_on_both_sides(values: list[float], n_bins: int) -> None:
    numbers = np.array(values)
    cuts = thresholds(numbers, n_bins)
    assert len(cuts) < n_bins
    assert all(0 < (numbers > cut).sum() < len(numbers) for cut in cuts)
