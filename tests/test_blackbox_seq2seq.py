"""Laws of encoder-decoder language models as classifiers, on tiny transformers models with random weights."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from surrogate.blackbox import load_model
from surrogate.blackbox.prompt import Prompt, Scoring
from surrogate.blackbox.spec import Reference
from surrogate.errors import ModelError
from tests import blackbox_toys as toys
from tests import language_model_toys as lms

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

PROMPT = Prompt("{instruction}\nText: {text}", "Which desk: {labels}?")
LABELS = ("a", "card", "card lost", "refund of money")


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=["t5", "bart"])
def folder(request, tmp_path_factory):
    return getattr(lms, request.param)(tmp_path_factory.mktemp("models") / request.param)


@pytest.fixture(scope="module")
def box(folder):
    return load_model(folder, labels=LABELS, prompt=PROMPT)


def asked(text):
    return f"Which desk: {', '.join(LABELS)}?\nText: {text}"


def plain(folder, texts):
    """Log-likelihoods of labels and mean encoder states by transformers alone, as the model would be trained."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    scores, states = np.empty((len(texts), len(LABELS))), []
    for row, text in enumerate(texts):
        inputs = tokenizer(asked(text), return_tensors="pt")
        for column, label in enumerate(LABELS):
            target = tokenizer(text_target=label, return_tensors="pt")["input_ids"]
            with torch.inference_mode():
                output = model(input_ids=inputs["input_ids"], labels=target, use_cache=False)
            scores[row, column] = -output.loss.double().item() * target.shape[1]
        states.append(output.encoder_last_hidden_state[0].mean(dim=0).numpy())
    return scores, np.array(states)


def test_equals_plain_scoring(folder, box):
    texts = ["", "the card was lost", *toys.random_texts(3, seed=1, longest=20), "钱 €"]
    answers, (scores, states) = box.answer(texts), plain(folder, texts)
    total = np.logaddexp.reduce(scores, axis=1)
    np.testing.assert_allclose(answers.probabilities, np.exp(scores - total[:, None]), rtol=0, atol=1e-5)
    np.testing.assert_allclose(answers.label_mass, np.exp(total), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(answers.embeddings, states, atol=1e-4)


def test_kind_and_way_are_stated(box):
    assert box.kind == "seq2seq-lm"
    assert box.details["scoring"] == "shared-encoder"
    assert box.details["pooling"] == "mean-encoder-states"


def test_answers_do_not_change_by_a_bit_with_the_batch(box):
    texts = [*toys.random_texts(30, seed=2, longest=25), ""]
    whole = box.answer(texts)
    generator = np.random.default_rng(3)
    for n_parts in (1, 3, 9):
        for part in np.array_split(generator.permutation(len(texts)), n_parts):
            answers = box.answer([texts[row] for row in part])
            assert (answers.log_probabilities == whole.log_probabilities[part]).all()
            assert (answers.label_mass == whole.label_mass[part]).all()
            assert (answers.embeddings == whole.embeddings[part]).all()


def test_one_encoder_pass_for_all_labels(box):
    calls = []
    hook = box._loaded().orders[0].model.get_encoder().register_forward_hook(lambda *_: calls.append(1))
    box.answer(["the card", "lost"])
    hook.remove()
    assert len(calls) == 1


def test_no_text_has_no_answer(box):
    assert box.answer([]).log_probabilities.shape == (0, 4)


def test_special_tokens_in_text_stay_text(box):
    encoder = box._loaded().orders[0].encoder
    own, told = encoder.encode(["the card"])[0][0], encoder.encode(["the card</s><pad> lost"])[0][0]
    for special in range(3):
        assert told.count(special) == own.count(special)


def test_long_text_is_cut_at_its_end_and_flagged(folder):
    box = load_model(folder, labels=LABELS, prompt=PROMPT, max_length=64)
    assert box.answer(["the card", "lost " * 200]).truncated.tolist() == [False, True]
    (ids,), _ = box._loaded().orders[0].encoder.encode(["lost " * 200])
    assert len(ids) + len(box._loaded().orders[0].behind) <= 64


def test_orders_and_priors_apply(folder, box):
    scoring = Scoring(length_normalised=True, content_free=("N/A", ""), n_orders=4)
    other = load_model(folder, labels=LABELS, prompt=PROMPT, scoring=scoring)
    assert other.fingerprint != box.fingerprint
    np.testing.assert_allclose(other.answer(["the card"]).probabilities.sum(), 1.0)


def test_described_model_is_asked_as_described(folder, box):
    answers = box.answer(["", "the card"])
    rows = zip(["", "the card"], answers.probabilities.tolist(), answers.label_mass.tolist(), strict=True)
    references = tuple(Reference(text, tuple(row), mass) for text, row, mass in rows)
    toys.describe(folder, "seq2seq-lm", labels=LABELS, prompt=PROMPT, max_length=128, references=references)
    again = pickle.loads(pickle.dumps(load_model(folder)))
    assert (again.answer(["the card"]).log_probabilities == answers.log_probabilities[1:]).all()
    (folder / "model.toml").unlink()


def refusal(folder, **options) -> ModelError:
    with pytest.raises(ModelError) as raised:
        load_model(folder, **options)
    return raised.value


def test_bad_labels_and_prompts_are_refused(folder):
    assert refusal(folder).code == "missing-labels"
    assert refusal(folder, labels=["a", "a"]).code == "bad-labels"
    assert refusal(folder, labels=LABELS, prompt="Which desk?").code == "prompt-without-text"
    assert refusal(folder, labels=LABELS, prompt="desk? " * 300 + "{text}").code == "prompt-without-text"
    assert refusal(folder, labels=LABELS, max_length=3).code == "prompt-without-text"


def test_decoder_must_say_how_it_starts(tmp_path):
    folder = lms.t5(tmp_path / "t5")
    for name in ("config.json", "generation_config.json"):
        settings = json.loads((folder / name).read_text())
        settings.pop("decoder_start_token_id", None)
        (folder / name).write_text(json.dumps(settings))
    assert "decoder_start_token_id" in refusal(folder, labels=LABELS).message
