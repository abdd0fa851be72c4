"""Precedents in a local report: the nearest texts of a corpus, with what the model decides on them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import surrogate
from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.report.precedents import CAUTION, lead
from tests.precedent_toys import Asked, CountEmbedder, Reading
from tests.test_report_cases import RENDERERS, plain
from tests.test_report_write import SCHEMA

TEXT = "please stop my lost card and tell me why"
CORPUS = (
    "my card is lost",
    "lost my card",
    "my lost fee",
    "the fee",
    "why the pin",
    "<b>my</b> card | _stolen_ {{ 7*7 }}",
)


def corpus() -> Documents:
    return Documents(CORPUS, tuple(f"d{number}" for number in range(1, 7)))


@cache
def explanation() -> Explanation:
    return surrogate.explain(TEXT, Reading(), calls=64, corpus=corpus(), store=False)


def record() -> dict[str, Any]:
    return json.loads(json.dumps(explanation().to_dict()))


def test_the_record_holds_the_nearest_texts() -> None:
    near = record()["precedents"]
    assert near["decision"] == "cards"
    assert {one["id"] for one in near["nearest"]} == {f"d{number}" for number in range(1, 7)}
    assert [one["decision"] for one in near["otherwise"]] == ["fees", "other", "fees"]
    jsonschema.Draft202012Validator(SCHEMA).validate(record())


def test_without_a_corpus_nothing_else_of_the_record_changes() -> None:
    without = surrogate.explain(TEXT, Reading(), calls=64, store=False).to_dict()
    assert (without["precedents"], without["global_rules"]) == (None, None)
    assert {**record(), "precedents": None} == json.loads(json.dumps(without))
    for form in RENDERERS:
        assert "recedents" not in plain(form, without)


def test_the_record_is_read_back() -> None:
    again = Explanation.from_dict(json.loads(canonical_bytes(explanation().to_dict())))
    assert again.to_dict() == explanation().to_dict()
    assert again.precedents is not None
    assert again.precedents.nearest[0].text == "lost my card"


@pytest.mark.parametrize("form", RENDERERS)
def test_every_rendering_shows_them_with_the_caution(form: str) -> None:
    shown = plain(form, record())
    assert "Precedents: the nearest texts of" in shown
    assert lead(record()["precedents"]) in shown
    assert CAUTION in shown
    for text in CORPUS:
        assert text in shown


@pytest.mark.parametrize("form", ["html", "fragment"])
def test_what_a_text_holds_is_never_markup(form: str) -> None:
    assert "&lt;b&gt;my&lt;/b&gt; card | _stolen_ {{ 7*7 }}" in RENDERERS[form](record())


def test_in_markdown_too() -> None:
    assert r"\<b\>my\</b\> card \| \_stolen\_ \{\{ 7\*7 \}\}" in RENDERERS["md"](record())


def test_a_text_further_away_that_is_decided_otherwise_is_shown_apart() -> None:
    many = [*(f"my lost card number {number}" for number in range(20)), "my fee"]
    found = surrogate.explain(TEXT, Reading(), calls=32, corpus=many, store=False)
    assert found.precedents is not None
    assert (len(found.precedents.nearest), found.precedents.otherwise[0].rank) == (10, 21)
    assert "Further away: the nearest that it decides otherwise" in plain("md", found.to_dict())


def test_none_decided_otherwise_is_said() -> None:
    found = surrogate.explain(TEXT, Reading(), calls=32, corpus=["my card", "lost card"], store=False)
    assert "No text of the corpus is decided otherwise." in plain("text", found.to_dict())


def test_left_out_and_cut_texts_are_said() -> None:
    near = {
        **record()["precedents"],
        "n_unusable": 2,
        "truncated": True,
        "n_documents": 9,
        "n_asked": 3,
        "otherwise": [],
    }
    said = lead(near)
    assert "2 texts were left out: the model refused or cut them." in said
    assert "The text itself was cut" in said
    assert "6 different texts (9 rows)" in said
    assert "Among the 3 nearest, about which it was asked, it decides none otherwise." in said


def test_embeddings_of_another_model_may_be_named() -> None:
    found = surrogate.explain(TEXT, Asked(), calls=32, corpus=corpus(), embeddings=CountEmbedder(), store=False)
    assert found.precedents is not None
    assert "in the embeddings of counts (layer 1)" in plain("text", found.to_dict())


def test_a_model_without_embeddings_is_refused_before_it_is_asked() -> None:
    box = Asked()
    with pytest.raises(InputError, match="--embeddings") as caught:
        surrogate.explain(TEXT, box, corpus=corpus(), store=False)
    assert (caught.value.code, box.asked) == ("missing-embedder", [])


def test_embeddings_need_a_corpus() -> None:
    with pytest.raises(InputError, match="--corpus FILE"):
        surrogate.explain(TEXT, Reading(), embeddings="bank-router", store=False)


def test_a_corpus_that_cannot_be_read_is_refused_before_the_model_is_loaded() -> None:
    with pytest.raises(InputError, match="bad-file"):
        surrogate.explain(TEXT, "no-such-model", corpus="nowhere.csv", store=False)
    with pytest.raises(InputError, match="bad-corpus"):
        surrogate.explain(TEXT, "no-such-model", corpus=[], store=False)


def test_the_verb_explain_takes_a_corpus_and_its_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "corpus.csv"
    path.write_text("n,words\na7,I lost my card\nb2,what is the fee\n", encoding="utf-8")
    options = ["--calls", "32", "--corpus", str(path), "--text", "words", "--id", "n", "--json"]
    assert main(["explain", "where is my card", *options]) == 0
    near = json.loads(capsys.readouterr().out)["precedents"]
    assert {one["id"] for one in near["nearest"]} == {"a7", "b2"}
    assert main(["explain", "where is my card", "--id", "n"]) == 2
    assert "give --corpus FILE too" in capsys.readouterr().err


def test_the_second_sampler_and_the_precedents_share_a_corpus() -> None:
    many = [f"my lost card number {number} why fee" for number in range(200)]
    found = surrogate.explain(TEXT, Reading(), calls=64, corpus=many, second="retrieve", second_calls=32, store=False)
    assert (len(found.second), found.precedents is not None) == (1, True)
    with pytest.raises(InputError, match="needs a corpus"):
        surrogate.explain(TEXT, Reading(), second="retrieve", store=False)
