"""A second sampler: the same surrogates on other texts, counted and reported apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import surrogate
from surrogate.blackbox import load_model
from surrogate.blackbox.masked_lm import MaskedLM, load_masked_lm
from surrogate.cli import main
from surrogate.errors import InputError, ModelError
from surrogate.evidence import SecondSample
from surrogate.explanation import Explanation
from surrogate.findings import MEASURED, NOT_MEASURED
from surrogate.perturb import Delete, Paraphrase, Retrieve
from surrogate.report.html import render_html
from surrogate.report.record.schema import published_schema
from surrogate.report.render.markdown import render_markdown
from surrogate.store import MemoryStore
from tests.blackbox_toys import random_texts
from tests.test_paraphrase import Keeping
from tests.test_retrieve import Letters
from tests.toys import MESSAGE, card_box

SCHEMA = published_schema()
TEXT = "Why has my new card still not arrived after two weeks?"
CORPUS = random_texts(200, seed=5, longest=14)


@pytest.fixture(scope="module")
def bank() -> MaskedLM:
    return load_masked_lm("bank-mlm")


@pytest.fixture(scope="module")
def explained(bank: MaskedLM) -> Explanation:
    model = load_model("bank-router")
    corpus = [f"{one} {two}" for one, two in zip(CORPUS, CORPUS[::-1], strict=True)]
    options: dict[str, Any] = {"second": ["infill", "retrieve"], "infill_model": bank, "corpus": corpus}
    return surrogate.explain(TEXT, model, calls=64, second_calls=32, store=False, **options)


def test_each_surrogate_is_measured_beside_the_more_frequent_decision(explained: Explanation) -> None:
    infilled, real = explained.second
    assert (infilled.perturbation, real.perturbation) == ("infill", "retrieve")
    assert infilled.source == "bank-mlm"
    assert infilled.fingerprint
    assert real.source == "a corpus of 200 texts"
    for sample in explained.second:
        assert set(sample.fidelity) == {"linear", "tree"}
        assert sample.n_texts == 32
        for fidelity in sample.fidelity.values():
            assert fidelity.agreement.baseline is not None
            assert 0.5 <= fidelity.agreement.baseline <= 1
            assert fidelity.agreement.low <= fidelity.agreement.value <= fidelity.agreement.high
            assert fidelity.n_test == 32
            assert not fidelity.exact


def test_its_calls_come_on_top_and_the_corpus_is_counted(explained: Explanation) -> None:
    alone = surrogate.explain(TEXT, "bank-router", calls=64, store=False)
    assert explained.calls == alone.calls
    infilled, real = explained.second
    assert infilled.n_calls == 32
    assert real.n_calls == 200


def test_nothing_of_the_explanation_changes_but_what_was_not_measured(explained: Explanation) -> None:
    alone = surrogate.explain(TEXT, "bank-router", calls=64, store=False).to_dict()
    record = explained.to_dict()
    assert NOT_MEASURED in " ".join(alone["limits"])
    assert MEASURED in " ".join(record["limits"])
    assert alone["second"] == []
    # The corpus is also where precedents are found.
    assert {key for key in record if record[key] != alone[key]} - {"precedents"} == {"second", "limits"}


def test_the_record_is_valid_and_read_back(explained: Explanation) -> None:
    record = explained.to_dict()
    jsonschema.validate(record, SCHEMA)
    assert Explanation.from_dict(record).to_dict() == record


def test_every_report_says_what_was_measured_on_what(explained: Explanation) -> None:
    record = explained.to_dict()
    for text in (render_html(record), render_markdown(record), " ".join(str(explained).split())):
        assert "filled in by a language model (bank" in text.replace("\\", "")
        assert "nearest real texts" in text
        assert "come on top" in text
        assert "Fitted on copies with words deleted" in text


def test_the_same_again(explained: Explanation, bank: MaskedLM) -> None:
    again = surrogate.explain(
        TEXT, "bank-router", calls=64, second_calls=32, store=False, second="infill", infill_model=bank
    )
    assert again.second[0] == explained.second[0]


def test_its_texts_are_not_those_it_was_fitted_to() -> None:
    store, box = MemoryStore(), card_box()
    explanation = surrogate.explain(MESSAGE, box, calls=64, store=store, second="delete", second_calls=64)
    (sample,) = explanation.second
    assert sample.perturbation == "delete"
    assert NOT_MEASURED in " ".join(explanation.limits)
    assert sample.n_calls > 50
    assert MESSAGE not in sample.examples
    assert sample.fidelity["linear"].r2.value == pytest.approx(explanation.evidence["linear"].r2.value, abs=0.1)  # type: ignore[union-attr]


def test_a_linear_model_survives_where_words_are_all_that_counts() -> None:
    corpus = [f"{one} {two}" for one, two in zip(CORPUS, CORPUS[::-1], strict=True)]
    for sampler in (Retrieve(corpus, embedder=Letters()), Paraphrase(Keeping())):
        explanation = surrogate.explain(MESSAGE, card_box(), calls=128, store=False, second=sampler, second_calls=64)
        assert explanation.second[0].fidelity["linear"].r2.value > 0.95


def test_discarded_rewordings_are_in_the_report() -> None:
    sampler = Paraphrase(Keeping(refuse_every=4))
    explanation = surrogate.explain(MESSAGE, card_box(), calls=64, store=False, second=sampler, second_calls=24)
    (sample,) = explanation.second
    assert sample.discarded["refused"] >= 5
    assert sample.source == "keeping"
    assert f"{sample.discarded['refused']} refused" in str(explanation).replace("\n", " ")


def test_too_few_texts_measure_nothing_and_say_so() -> None:
    sampler = Paraphrase(lambda text: ["lost it", "help with my card"])
    explanation = surrogate.explain(MESSAGE, card_box(), calls=64, store=False, second=sampler)
    (sample,) = explanation.second
    assert (sample.n_texts, sample.n_calls, sample.fidelity) == (0, 0, {})
    assert "nothing was measured" in " ".join(str(explanation).split())
    assert NOT_MEASURED in " ".join(explanation.limits)
    assert SecondSample.from_dict(sample.to_dict()) == sample


@pytest.mark.parametrize("text", ["card", "lost card", "😀 card", "我的卡在哪里", "CARD!"])
def test_short_and_foreign_texts_are_measured_or_say_why(text: str, bank: MaskedLM) -> None:
    explanation = surrogate.explain(text, card_box(), store=False, second="infill", infill_model=bank, second_calls=32)
    (sample,) = explanation.second
    assert sample.n_texts >= 8 or sample.note
    json.dumps(explanation.to_dict())
    assert "filled in by a language model" in render_html(explanation.to_dict())


def test_members_that_predict_nothing_are_left_out(bank: MaskedLM) -> None:
    options: dict[str, Any] = {"second": "infill", "infill_model": bank, "second_calls": 16}
    explanation = surrogate.explain(MESSAGE, card_box(), "local-shapley", calls=64, store=False, **options)
    predicting = {member.name for member in explanation.members if member.fidelity is not None}
    assert set(explanation.second[0].fidelity) == predicting


def test_infill_needs_a_language_model_and_the_error_names_the_shipped_one() -> None:
    box = card_box()
    with pytest.raises(InputError, match="Shipped: bank-mlm") as caught:
        surrogate.explain(MESSAGE, box, store=False, second="infill")
    assert caught.value.code == "missing-filler"
    assert not box.asked


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"second": "infil"}, "A second sampler is infill, retrieve, delete, mask"),
        ({"second": "retrieve"}, "needs a corpus"),
        ({"second": "retrieve", "corpus": CORPUS}, "gives none"),
        ({"second": "delete", "infill_model": "bank-mlm"}, "infill_model belongs to second='infill'"),
        ({"corpus": CORPUS}, "found in embeddings"),
        ({"second": "delete", "second_calls": 4}, "at least 8 texts"),
        ({"second": "mask"}, "names none"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        surrogate.explain(MESSAGE, card_box(), store=False, calls=16, **options)


def test_an_endpoint_is_not_asked_about_a_whole_corpus() -> None:
    from tests.endpoint_toys import decides, decision, serving

    with serving(decides) as server, pytest.raises(InputError, match="found in embeddings"):
        surrogate.explain(MESSAGE, decision(server.url), store=False, second="retrieve", corpus=CORPUS)
    assert not server.seen


def test_a_classifier_cannot_fill_in() -> None:
    with pytest.raises(ModelError) as caught:
        surrogate.explain(MESSAGE, card_box(), store=False, second="infill", infill_model="bank-router")
    assert caught.value.code == "not-a-masked-lm"


def test_what_cannot_be_made_or_found_is_refused_before_anything_is_asked(bank: MaskedLM) -> None:
    box = card_box()
    options: dict[str, Any] = {"store": False, "calls": 16, "infill_model": bank, "second": "infill"}
    with pytest.raises(InputError, match="reads 128"):
        surrogate.explain(" ".join([MESSAGE] * 10), box, **options)
    with pytest.raises(InputError, match="JSON"):
        surrogate.explain('{"text": "lost card", "sum": 3}', box, units="json", **options)
    with pytest.raises(InputError, match="has 20"):
        surrogate.explain(MESSAGE, box, store=False, calls=16, second=Retrieve(CORPUS[:20], embedder=Letters()))
    assert not box.asked


def test_a_corpus_with_too_few_neighbours_says_how_many_are_needed() -> None:
    sampler = Retrieve(CORPUS[:20], embedder=Letters())
    with pytest.raises(InputError, match="needs 64 different texts beside the explained one, and the corpus has 20"):
        surrogate.explain(MESSAGE, card_box(), store=False, calls=16, second=sampler, second_calls=64)


def test_the_given_sampler_is_not_changed(bank: MaskedLM) -> None:
    sampler = Delete(n_samples=512, random_state=3)
    surrogate.explain(MESSAGE, card_box(), store=False, calls=64, second=sampler, second_calls=16)
    assert sampler.get_params() == Delete(n_samples=512, random_state=3).get_params()


def test_the_command_line_measures_on_two_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus.csv"
    corpus.write_text("text\n" + "\n".join(CORPUS), encoding="utf-8")
    words = ["explain", TEXT, "--calls", "64", "--no-store", "--json", "--second-calls", "16"]
    code = main(
        [*words, "--second", "infill", "--infill-model", "bank-mlm", "--second", "retrieve", "--corpus", str(corpus)]
    )
    assert code in (0, 1)
    record = json.loads(capsys.readouterr().out)
    assert [sample["perturbation"] for sample in record["second"]] == ["infill", "retrieve"]
    assert main([*words, "--second", "infill"]) == 2
    assert "bank-mlm" in capsys.readouterr().err
