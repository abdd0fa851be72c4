"""Infill: what is removed is filled in, the same in every company, and never with what stood there."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import Pipeline

import surrogate
from surrogate import recipes
from surrogate.blackbox import load_model
from surrogate.blackbox.masked_lm import MaskedLM, load_masked_lm
from surrogate.blackbox.whole_words import WholeWords
from surrogate.blanks import Blanks
from surrogate.errors import InputError, ModelError
from surrogate.fit import SparseLinear
from surrogate.perturb import Infill
from surrogate.query import Query
from surrogate.report.html import render_html
from surrogate.units import split_units
from surrogate.weigh import Weigh
from tests import blackbox_toys as toys
from tests.toys import MESSAGE, card_box

LIKE = {"top_k": 10, "temperature": 1.0, "order": "left_to_right"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toys.masked_lm(tmp_path_factory.mktemp("masked") / "toy-mlm")


@pytest.fixture(scope="module")
def model(folder: Path) -> MaskedLM:
    return load_masked_lm(folder)


@pytest.fixture(scope="module")
def bank() -> MaskedLM:
    return load_masked_lm("bank-mlm")


def blanks(n_texts: int) -> list[Blanks]:
    generator = np.random.default_rng(0)
    texts = []
    for text in toys.random_texts(n_texts, seed=3, longest=12):
        words = text.split()
        gone = sorted(set(generator.integers(0, len(words), 3).tolist()))
        masked = " ".join("\0" if place in gone else word for place, word in enumerate(words))
        originals = tuple(words[place] for place in gone)
        texts.append(Blanks(tuple(masked.split("\0")), originals, tuple(generator.random(len(gone)).tolist())))
    return texts


@pytest.mark.parametrize("order", ["left_to_right", "at_once"])
def test_a_text_is_filled_alike_in_every_company(folder: Path, order: str) -> None:
    texts, like = blanks(40), {**LIKE, "order": order}
    together = load_masked_lm(folder).fill(texts, **like)
    alone = load_masked_lm(folder)
    assert [alone.fill([text], **like)[0] for text in reversed(texts)] == together[::-1]


def test_what_stood_there_is_never_filled_in(model: MaskedLM) -> None:
    texts = blanks(60)
    for text, words in zip(texts, model.fill(texts, **LIKE), strict=True):
        assert all(word.casefold() != original for word, original in zip(words, text.originals, strict=True))
        assert all(word in toys.WORDS for word in words)


def test_the_likeliest_word_is_that_of_transformers(folder: Path, model: MaskedLM) -> None:
    import torch
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    tokenizer, plain = AutoTokenizer.from_pretrained(folder), AutoModelForMaskedLM.from_pretrained(folder).eval()
    (words,) = model.fill(
        [Blanks(("my card was ", " now"), ("xyz",), (0.999,))], top_k=1, temperature=1.0, order="at_once"
    )
    with torch.inference_mode():
        logits = plain(**tokenizer("my card was [MASK] now", return_tensors="pt")).logits[0, 4].numpy()
    logits[: len(tokenizer) - len(toys.WORDS)] = -np.inf
    assert words == (tokenizer.convert_ids_to_tokens(int(logits.argmax())),)


def test_a_later_blank_reads_what_was_filled_in_before_it(model: MaskedLM) -> None:
    pair = [Blanks(("my ", " was ", " now"), ("x", "y"), (chance, 0.5)) for chance in (0.0, 0.3, 0.6, 0.9)]
    seconds = {
        order: {words[1] for words in model.fill(pair, **{**LIKE, "order": order})}
        for order in ("at_once", "left_to_right")
    }
    assert len(seconds["at_once"]) == 1
    assert len(seconds["left_to_right"]) > 1


def test_a_low_temperature_draws_the_likeliest(model: MaskedLM) -> None:
    texts = [Blanks(("my card was ", ""), ("x",), (chance,)) for chance in np.linspace(0, 0.99, 9)]
    assert len(set(model.fill(texts, top_k=10, temperature=0.01, order="at_once"))) == 1
    assert len(set(model.fill(texts, top_k=10, temperature=5.0, order="at_once"))) > 3


def test_prefix_roles_and_distinct_texts_are_kept(model: MaskedLM) -> None:
    short, long = Infill(model, n_samples=64).draw([MESSAGE]), Infill(model, n_samples=128).draw([MESSAGE])
    assert long.texts[: short.n_samples] == short.texts
    assert len(set(long.texts)) == long.n_samples == 128
    assert long.texts[0] == MESSAGE
    assert Infill(model, n_samples=64, random_state=1).draw([MESSAGE]).texts != short.texts


def test_kept_units_stand_where_they_stood(model: MaskedLM) -> None:
    drawn = Infill(model, n_samples=64).draw([MESSAGE])
    words = MESSAGE.split()
    for mask, text in zip(drawn.masks[0], drawn.texts, strict=True):
        kept = [word == was for word, was in zip(text.split(), words, strict=True)]
        assert kept == mask.tolist()


def test_order_and_company_of_texts_do_not_matter(folder: Path) -> None:
    other = "my money was lost , help me please and not now"
    alone = Infill(load_masked_lm(folder), n_samples=32).draw([MESSAGE])
    _, second = Infill(load_masked_lm(folder), n_samples=32).draw([other, MESSAGE]).parts()
    assert second.texts == alone.texts


@pytest.mark.parametrize("text", ["card", "😀", "我的卡在哪里", "no no no no no no no no no no", "now! now! now!"])
def test_hard_texts_are_filled_in(model: MaskedLM, text: str) -> None:
    drawn = Infill(model, n_samples=16).draw([text])
    assert drawn.texts[0 if drawn.roles[0] != "all" else drawn.n_samples - 1] == text or text in drawn.texts
    assert len(set(drawn.texts)) == drawn.n_samples > 1
    assert all(part.strip() for part in drawn.texts)


@pytest.mark.parametrize("text", ["card", "lost card", "my card was lost"])
def test_a_text_with_few_masks_is_filled_in_again_and_again(model: MaskedLM, text: str) -> None:
    drawn = Infill(model, n_samples=48).draw([text])
    assert not drawn.exhaustive
    assert len(set(drawn.texts)) == drawn.n_samples > (6 if text == "card" else 20)
    assert set(drawn.roles) == {"fit", "select", "test"}
    assert Infill(model, n_samples=96).draw([text]).texts[: drawn.n_samples] == drawn.texts


def test_a_phrase_has_one_blank_for_each_word(model: MaskedLM) -> None:
    document = split_units("My card was lost. Help me, please!", "sentence")
    render = Infill(model).render(document)
    assert render(np.array([True, False])).startswith("My card was lost.")
    assert len(render(np.array([False, False])).split()) == 7


def test_capital_letters_follow_what_stood_there(bank: MaskedLM) -> None:
    texts = [Blanks(("", " is my card?"), ("Where",), (0.5,)), Blanks(("", " MY CARD"), ("LOST",), (0.5,))]
    (first,), (second,) = bank.fill(texts, **LIKE)
    assert first[0].isupper()
    assert first[1:].islower()
    assert second.isupper()


def test_punctuation_is_filled_with_punctuation(bank: MaskedLM) -> None:
    ((mark,),) = bank.fill([Blanks(("Where is my card", ""), ("?",), (0.5,))], **LIKE)
    assert mark != "?"
    assert not any(sign.isalnum() for sign in mark)


def test_the_shipped_model_knows_banking(bank: MaskedLM) -> None:
    likeliest = bank.fill(
        [Blanks(("my new ", " has not arrived"), ("x",), (0.0,))], top_k=1, temperature=1.0, order="at_once"
    )
    assert likeliest == [("card",)]


def test_a_clone_shares_the_language_model_and_a_pickle_leaves_the_weights_behind(model: MaskedLM) -> None:
    assert clone(Infill(model)).model is model
    again = pickle.loads(pickle.dumps(model))
    assert len(pickle.dumps(model)) < 2000
    assert again.fill(blanks(3), **LIKE) == model.fill(blanks(3), **LIKE)


def test_a_recipe_names_the_language_model_and_the_report_its_fingerprint(bank: MaskedLM) -> None:
    steps = [
        ("perturb", Infill("bank-mlm", n_samples=64)),
        ("query", Query()),
        ("weigh", Weigh()),
        ("surrogate", SparseLinear()),
    ]
    pipe = recipes.load(recipes.dump(Pipeline(steps)), card_box())
    assert isinstance(pipe.named_steps["perturb"].model, MaskedLM)
    assert 'model = "bank-mlm"' in recipes.dump(pipe)
    explanation = surrogate.explain(MESSAGE, card_box(), pipe, calls=64, store=False)
    record = explanation.to_dict()
    assert record["production"]["perturbation"] == "infill"
    assert record["production"]["sampler"] == {"name": "bank-mlm", "fingerprint": bank.fingerprint}
    assert "words that the language model bank-mlm filled in" in render_html(record)


def test_whole_words_of_the_common_kinds_of_vocabulary() -> None:
    pieces = WholeWords.of_tokens(["[UNK]", "lost", "##ly", "'", "don't", "[unused1]", "£"], {0})
    assert [text for text, ok in zip(pieces.texts, pieces.words, strict=True) if ok] == ["lost", "don't"]
    assert [text for text, ok in zip(pieces.texts, pieces.marks, strict=True) if ok] == ["'"]
    sentence = WholeWords.of_tokens(["▁lost", "ly", "▁", "卡", "."], set())
    assert sentence.words.tolist() == [True, False, False, True, False]
    # A sign that is text, and not the mark of this vocabulary.
    both = WholeWords.of_tokens(["lost", "##ly", "##s", "▁", "Ġ"], set())
    assert both.words.tolist() == [True, False, False, False, True]


def test_byte_level_vocabularies_can_be_filled_from(tmp_path: Path) -> None:
    tokenizer = toys.byte_tokenizer(["<pad>", "<mask>"], pad_token="<pad>", mask_token="<mask>", model_max_length=64)
    model = load_masked_lm(toys.masked_lm(tmp_path / "bytes", tokenizer=tokenizer))
    ((word,),) = model.fill([Blanks(("the ", " was lost"), ("card",), (0.5,))], **LIKE)
    assert word.isalnum()


def test_a_language_model_without_mask_token_is_refused(tmp_path: Path) -> None:
    tokenizer = toys.byte_tokenizer(["<pad>"], pad_token="<pad>")
    with pytest.raises(InputError, match="has no mask token") as caught:
        load_masked_lm(toys.masked_lm(tmp_path / "unmasked", tokenizer=tokenizer))
    assert caught.value.code == "missing-mask-token"


@pytest.mark.parametrize("name", ["bank-router", "bank-router-lm"])
def test_a_classifier_fills_nothing_in(name: str) -> None:
    with pytest.raises(ModelError, match="Shipped: bank-mlm") as caught:
        load_masked_lm(name)
    assert caught.value.code == "not-a-masked-lm"


def test_a_folder_of_a_classifier_fills_nothing_in(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="BertForSequenceClassification"):
        load_masked_lm(toys.bert(tmp_path / "classifier"))


def test_a_masked_language_model_is_no_classifier(folder: Path) -> None:
    for name in ("bank-mlm", folder):
        with pytest.raises(ModelError, match="--infill-model") as caught:
            load_model(name)
        assert caught.value.code == "not-a-classifier"


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    from surrogate.locate import data_folder

    shutil.copytree(data_folder("models") / "bank-mlm", tmp_path / "copy")
    config = tmp_path / "copy" / "config.json"
    config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(ModelError, match="SHA-256"):
        load_masked_lm(tmp_path / "copy")


def test_pickled_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "unsafe")
    (tmp_path / "unsafe" / "model.safetensors").rename(tmp_path / "unsafe" / "pytorch_model.bin")
    with pytest.raises(ModelError) as caught:
        load_masked_lm(tmp_path / "unsafe")
    assert caught.value.code == "unsafe-weights"


def test_a_text_that_is_too_long_or_holds_the_mask_token_is_refused(model: MaskedLM) -> None:
    with pytest.raises(InputError, match="reads 64") as caught:
        Infill(model, n_samples=8).draw(["lost my card and " * 30])
    assert caught.value.code == "too-many-tokens"
    with pytest.raises(InputError, match="mask token of the language model"):
        Infill(model, n_samples=8).draw(["my [MASK] was lost"])


def test_json_and_a_missing_model_are_refused(model: MaskedLM) -> None:
    with pytest.raises(InputError, match="JSON"):
        Infill(model).draw([split_units('{"sum": 12.5, "text": "lost card"}', "json")])
    with pytest.raises(InputError, match="load_masked_lm") as caught:
        Infill().draw(["lost card"])
    assert caught.value.code == "missing-filler"
