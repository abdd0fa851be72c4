"""Embedders: any layer of any transformers or sentence-transformers folder, read once and the same in every batch."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from surrogate.blackbox.embedding_sources import load_embedder
from surrogate.errors import InputError, ModelError
from surrogate.locate import data_folder
from surrogate.query import ask
from surrogate.store import MemoryStore

ROUTER = data_folder("models") / "bank-router"
TEXTS = ["where is my card", "", "我的卡在哪里", "💳 " * 40, "a fee of 3 € that I did not expect at all"]


def test_states_are_those_that_transformers_gives() -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(ROUTER), AutoModel.from_pretrained(ROUTER).eval()
    for layer, pooling in ((0, "mean"), (2, "first-token"), (3, "last-token")):
        ours = load_embedder("bank-router", layer=layer, pooling=pooling).embed(TEXTS)
        for text, one in zip(TEXTS, ours, strict=True):
            inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=128)
            with torch.no_grad():
                hidden = model(**inputs, output_hidden_states=True).hidden_states[layer][0].numpy()
            wanted = {"mean": hidden.mean(axis=0), "first-token": hidden[0], "last-token": hidden[-1]}[pooling]
            np.testing.assert_allclose(one, wanted, atol=2e-5)


def test_no_bit_depends_on_batch_mates() -> None:
    embedder = load_embedder("bank-router@1")
    texts = TEXTS + [f"payment {number} " * (number % 9 + 1) for number in range(40)]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()


def test_a_classifier_is_read_one_layer_below_its_decision_and_an_encoder_at_its_last() -> None:
    assert load_embedder("bank-router").details["layer"] == 2
    assert load_embedder("bank-router").details["pooling"] == "first-token"
    assert load_embedder("bank-router-lm").details["pooling"] == "mean"


def test_embeddings_are_kept_like_answers() -> None:
    embedder, store = load_embedder("bank-router@2"), MemoryStore()
    asked: list[int] = []
    first = ask(embedder, TEXTS, store, progress=lambda done, total: asked.append(total))
    again = ask(embedder, TEXTS, store, progress=lambda done, total: asked.append(-1))
    assert asked
    assert -1 not in asked
    assert first.embeddings is not None
    assert again.embeddings is not None
    assert first.embeddings.tobytes() == again.embeddings.tobytes()
    assert load_embedder("bank-router@1").fingerprint != embedder.fingerprint


def test_weights_stay_behind_when_it_is_pickled() -> None:
    embedder = load_embedder("bank-router@2")
    content = pickle.dumps(embedder)
    assert len(content) < 3_000
    assert pickle.loads(content).embed(TEXTS).tobytes() == embedder.embed(TEXTS).tobytes()


def sentence_folder(folder: Path, kinds: dict[str, str], pooling: dict[str, object]) -> Path:
    shutil.copytree(ROUTER, folder / "inner")
    types = [
        {"idx": n, "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (kind, path) in enumerate(kinds.items())
    ]
    (folder / "modules.json").write_text(json.dumps(types), encoding="utf-8")
    (folder / "inner" / "sentence_bert_config.json").write_text('{"max_seq_length": 16}', encoding="utf-8")
    (folder / "pool").mkdir()
    (folder / "pool" / "config.json").write_text(json.dumps(pooling), encoding="utf-8")
    return folder


def test_a_folder_of_sentence_transformers_says_how_it_is_pooled(tmp_path: Path) -> None:
    kinds = {"Transformer": "inner", "Pooling": "pool", "Normalize": "none"}
    pooling: dict[str, object] = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    embedder = load_embedder(sentence_folder(tmp_path, kinds, pooling))
    assert (embedder.details["pooling"], embedder.details["max_length"], embedder.details["layer"]) == (
        "first-token",
        16,
        3,
    )


@pytest.mark.parametrize(("mode", "wanted"), [("cls", "first-token"), ("lasttoken", "last-token"), ("mean", "mean")])
def test_newer_folders_name_one_way_of_pooling(tmp_path: Path, mode: str, wanted: str) -> None:
    kinds = {"Transformer": "inner", "Pooling": "pool"}
    newer: dict[str, object] = {"embedding_dimension": 128, "pooling_mode": mode, "include_prompt": True}
    assert load_embedder(sentence_folder(tmp_path, kinds, newer)).details["pooling"] == wanted


@pytest.mark.parametrize(
    ("kinds", "pooling", "words"),
    [
        ({"Transformer": "inner", "Dense": "d"}, {}, "with Dense"),
        ({"Transformer": "inner", "Pooling": "pool"}, {"pooling_mode_max_tokens": True}, "pooling_mode_max_tokens"),
        ({"Transformer": "inner", "Pooling": "pool"}, {"pooling_mode": "weightedmean"}, "pools by weightedmean"),
        ({"Transformer": "inner", "Pooling": "pool"}, {"pooling_mode": ["cls", "mean"]}, "pools by"),
        ({"Pooling": "pool"}, {}, "no Transformer"),
    ],
)
def test_what_cannot_be_read_says_so(
    tmp_path: Path, kinds: dict[str, str], pooling: dict[str, object], words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        load_embedder(sentence_folder(tmp_path, kinds, pooling))


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        ("bank-router@9", {}, "there is no layer 9"),
        ("bank-router@1", {"layer": 2}, "leave out layer=2"),
        ("bank-router", {"pooling": "median"}, "not 'median'"),
    ],
)
def test_wrong_options(model: str, options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        load_embedder(model, **options)  # type: ignore[arg-type]


def test_a_masked_language_model_without_a_pooler_is_read() -> None:
    embedder = load_embedder("bank-mlm")
    assert embedder.embed(["where is my card", "a fee"]).shape == (2, 160)
    assert embedder.details["pooling"] == "mean"
