"""The shipped models: small, complete, undamaged and as accurate as their cards say.

Plain transformers only, so that a fault in the project's own adapters cannot hide a fault in a model.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "models"
LIMITS_MB = {"bank-mlm": 6.0, "bank-router": 6.0, "bank-router-lm": 8.0}
ROUTES = ["cards", "payments", "cash", "top-up", "transfers", "fees and exchange", "identity and account", "security"]
NAMES = sorted(LIMITS_MB)
#: The masked language model has no labels.
CLASSIFIERS = ["bank-router", "bank-router-lm"]


def manifest(name: str) -> dict:
    return tomllib.loads((MODELS / name / "model.toml").read_text(encoding="utf-8"))


def read_routes(name: str) -> dict[str, str]:
    with (MODELS / name / "routes.csv").open(encoding="utf-8", newline="") as file:
        return {row["intent"]: row["route"] for row in csv.DictReader(file)}


def softmax(values: np.ndarray) -> np.ndarray:
    return np.exp(values - np.logaddexp.reduce(values, axis=-1, keepdims=True))


@pytest.fixture(scope="module")
def banking77(data: Path) -> Path:
    folder = data / "banking77"
    if not folder.is_dir():
        pytest.skip("the BANKING77 rows are not here; training/README.md says where to download them")
    return folder


def read_rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def transformers():
    pytest.importorskip("torch", reason="torch is not installed")
    return pytest.importorskip("transformers", reason="transformers is not installed")


@pytest.fixture(scope="module")
def classifier(transformers):
    folder = MODELS / "bank-router"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder, local_files_only=True)
    return tokenizer, model.eval()


@pytest.fixture(scope="module")
def language_model(transformers):
    folder = MODELS / "bank-router-lm"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return tokenizer, transformers.AutoModelForCausalLM.from_pretrained(folder, local_files_only=True).eval()


def classify(classifier, text: str) -> np.ndarray:
    import torch

    tokenizer, model = classifier
    with torch.inference_mode():
        return softmax(model(**tokenizer(text, return_tensors="pt")).logits[0].double().numpy())


def prompt_of(tokenizer, text: str) -> list[int]:
    prompt = manifest("bank-router-lm")["prompt"]
    turn = {"role": "user", "content": prompt["user"].format(instruction=prompt["instruction"], text=text)}
    return tokenizer.apply_chat_template([turn], add_generation_prompt=True, return_dict=False)


def score_labels(language_model, text: str) -> np.ndarray:
    """Log-likelihood of every label string; the labels make one batch, padded on the right."""
    import torch

    tokenizer, model = language_model
    prompt, end = prompt_of(tokenizer, text), manifest("bank-router-lm")["prompt"]["end"]
    labels = [tokenizer(label + end, add_special_tokens=False)["input_ids"] for label in ROUTES]
    width = max(len(label) for label in labels)
    ids = torch.tensor([prompt + label + [tokenizer.pad_token_id] * (width - len(label)) for label in labels])
    with torch.inference_mode():
        scores = torch.log_softmax(model(input_ids=ids, logits_to_keep=width + 1).logits.double(), dim=-1)
    return np.array(
        [sum(scores[i, j, token].item() for j, token in enumerate(label)) for i, label in enumerate(labels)]
    )


def test_models_hold_data_only():
    assert not [path for path in MODELS.rglob("*") if path.suffix in {".py", ".pyc", ".bin", ".pt", ".pkl"}]


@pytest.mark.parametrize("name", NAMES)
def test_model_is_small(name):
    size = sum(path.stat().st_size for path in (MODELS / name).rglob("*") if path.is_file())
    assert size <= LIMITS_MB[name] * 1e6


@pytest.mark.parametrize("name", NAMES)
def test_every_file_that_decides_an_answer_has_its_digest(name):
    stated = manifest(name)["files"]
    others = {"README.md", "model.toml", "routes.csv"}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (MODELS / name).iterdir()
        if path.name not in others
    }
    assert found == stated


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_labels_are_the_routes(name):
    assert manifest(name)["labels"] == ROUTES
    assert set(read_routes(name).values()) == set(ROUTES)


def test_both_models_have_the_same_routes():
    assert read_routes("bank-router") == read_routes("bank-router-lm")


def test_every_intent_is_mapped_and_every_route_has_a_twentieth_of_the_rows(banking77):
    routes, intents = read_routes("bank-router"), [row["label"] for row in read_rows(banking77, "train.csv")]
    assert set(intents) == set(routes)
    counts = Counter(routes[intent] for intent in intents)
    assert min(counts[route] for route in ROUTES) >= 0.05 * len(intents)


@pytest.mark.parametrize("name", NAMES)
def test_no_text_of_the_data_is_shipped(name, banking77):
    shipped = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (MODELS / name).iterdir()
        if path.suffix in {".json", ".toml", ".md", ".csv", ".jinja"}
    )
    rows = read_rows(banking77, "train.csv") + read_rows(banking77, "test.csv")
    assert not [row["text"] for row in rows if len(row["text"].split()) >= 4 and row["text"] in shipped]


def test_classifier_answers_its_references(classifier):
    for reference in manifest("bank-router")["reference"]:
        np.testing.assert_allclose(classify(classifier, reference["text"]), reference["probabilities"], atol=1e-5)


@pytest.fixture(scope="module")
def masked_lm(transformers):
    folder = MODELS / "bank-mlm"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return tokenizer, transformers.AutoModelForMaskedLM.from_pretrained(folder, local_files_only=True).eval()


def fill(masked_lm, text: str) -> np.ndarray:
    """Probability of each token in the place of the one mask."""
    import torch

    tokenizer, model = masked_lm
    inputs = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        logits = model(**inputs).logits[0][inputs["input_ids"][0] == tokenizer.mask_token_id]
    return softmax(logits[0].double().numpy())


def test_masked_language_model_answers_its_references(masked_lm):
    references = manifest("bank-mlm")["reference"]
    assert len(references) >= 4
    assert "labels" not in manifest("bank-mlm")
    for reference in references:
        shares = fill(masked_lm, reference["text"])
        tokens = masked_lm[0].convert_tokens_to_ids(reference["tokens"])
        np.testing.assert_allclose(shares[tokens], reference["probabilities"], atol=1e-5)
        assert shares.max() == shares[tokens[0]]


def test_masked_language_model_fills_more_than_half_of_the_words_in_rightly(masked_lm, banking77):
    rows, generator = read_rows(banking77, "test.csv"), np.random.default_rng(0)
    hits = []
    for row in [rows[i] for i in generator.permutation(len(rows))[:300]]:
        words = row["text"].split()
        place = int(generator.integers(len(words)))
        ids = masked_lm[0](words[place], add_special_tokens=False)["input_ids"]
        masked = " ".join("[MASK]" if i == place else word for i, word in enumerate(words))
        hits.append(fill(masked_lm, masked).argmax() == ids[0])
    assert np.mean(hits) > 0.5


def test_language_model_answers_its_references(language_model):
    for reference in manifest("bank-router-lm")["reference"]:
        scores = score_labels(language_model, reference["text"])
        np.testing.assert_allclose(softmax(scores), reference["probabilities"], atol=1e-5)
        np.testing.assert_allclose(np.exp(scores).sum(), reference["label_mass"], atol=1e-5)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_references_hold_the_hard_texts(name):
    texts = [reference["text"] for reference in manifest(name)["reference"]]
    assert len(texts) >= 4
    assert "" in texts
    assert any(not text.isascii() for text in texts)


def test_label_has_the_same_tokens_alone_and_after_a_prompt(language_model):
    tokenizer, _ = language_model
    prompt = manifest("bank-router-lm")["prompt"]
    for label in ROUTES:
        user = {"role": "user", "content": prompt["user"].format(instruction=prompt["instruction"], text="Hello?")}
        whole = tokenizer.apply_chat_template([user, {"role": "assistant", "content": label}], return_dict=False)
        alone = tokenizer(label + prompt["end"], add_special_tokens=False)["input_ids"]
        assert whole == prompt_of(tokenizer, "Hello?") + alone


def test_language_model_tokenizer_loses_nothing_and_adds_nothing(language_model):
    tokenizer, _ = language_model
    text = "Ça  coûte\t12 €,\n\n对吗? "
    assert tokenizer.decode(tokenizer(text)["input_ids"], clean_up_tokenization_spaces=False) == text
    assert prompt_of(tokenizer, text).count(tokenizer.bos_token_id) == 1


def test_classifier_is_accurate(classifier, banking77):
    rows, routes = read_rows(banking77, "test.csv"), read_routes("bank-router")
    answers = [ROUTES[classify(classifier, row["text"]).argmax()] for row in rows]
    assert np.mean([answer == routes[row["label"]] for answer, row in zip(answers, rows, strict=True)]) >= 0.93


def test_language_model_is_accurate(language_model, banking77):
    rows, routes = read_rows(banking77, "test.csv"), read_routes("bank-router-lm")
    chosen = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))[:300]]
    answers = [ROUTES[score_labels(language_model, row["text"]).argmax()] for row in chosen]
    assert np.mean([answer == routes[row["label"]] for answer, row in zip(answers, chosen, strict=True)]) >= 0.86


def test_most_of_the_language_models_mass_is_on_the_labels(language_model):
    assert np.exp(score_labels(language_model, "My new card has not come yet.")).sum() > 0.95
