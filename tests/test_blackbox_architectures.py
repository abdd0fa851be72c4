"""Laws of label scoring that hold whatever the architecture: equal to plain scoring, and independent of the batch."""

from __future__ import annotations

import numpy as np
import pytest

from surrogate.blackbox import load_model
from surrogate.blackbox.prompt import Prompt
from tests import blackbox_toys as toys
from tests import language_model_toys as lms

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

PROMPT = Prompt("{instruction}\nText: {text}\nAnswer:", "Which desk wants this message?")
#: One token and several, one the start of another, so that the end is scored too.
LABELS = ("a", "card", "card lost", "refund of money")
#: Several tokens each, none the start of another.
OPEN_LABELS = ("card lost", "refund", "7")


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=lms.ARCHITECTURES)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def folder(kind, tmp_path_factory):
    return lms.causal(tmp_path_factory.mktemp("models") / kind, kind)


@pytest.fixture(scope="module")
def box(folder):
    return load_model(folder, labels=LABELS, prompt=PROMPT)


def plain_scores(box, texts):
    """Log-likelihood of each label by transformers alone: no batch, no padding, no cache."""
    folder, first = box._source["model"], box._loaded().orders[0]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder).eval()
    scores = np.empty((len(texts), len(first.label_ids)))
    for row, text in enumerate(texts):
        asked = f"{PROMPT.instruction}\nText: {text}\nAnswer:"
        prompt = tokenizer(asked, add_special_tokens=False)["input_ids"]
        for column, label in enumerate(box.classes_):
            end = box.details["label_end"] or ""
            answer = tokenizer(f"{asked} {label}{end}", add_special_tokens=False)["input_ids"][len(prompt) :]
            with torch.inference_mode():
                logs = model(torch.tensor([prompt + answer]), use_cache=False).logits[0].double().log_softmax(-1)
            scores[row, column] = sum(logs[len(prompt) - 1 + i, token].item() for i, token in enumerate(answer))
    return scores


def agree(answers, scores) -> None:
    total = np.logaddexp.reduce(scores, axis=1)
    np.testing.assert_allclose(answers.probabilities, np.exp(scores - total[:, None]), rtol=0, atol=1e-5)
    np.testing.assert_allclose(answers.label_mass, np.exp(total), rtol=1e-3, atol=1e-5)


def test_way_of_scoring_is_known(kind, box):
    assert box.details["scoring"] == lms.ARCHITECTURES[kind][2]
    assert (box.details["prefix_tokens"] > 0) == box.details["scoring"].startswith("prefix")


def test_equals_plain_scoring(box):
    texts = [
        "",
        " ",
        "the card was lost",
        *toys.random_texts(3, seed=1, longest=25),
        "lost card " * 40,
        "钱 €\n",
        "<|end|> <s> lost",
    ]
    plain = [text for text in texts if "<" not in text]
    agree(box.answer(plain), plain_scores(box, plain))
    assert np.isfinite(box.answer(texts).log_probabilities).all()


def test_equals_plain_scoring_without_an_end(folder):
    box = load_model(folder, labels=OPEN_LABELS, prompt=PROMPT)
    assert box.details["label_end"] is None
    agree(box.answer(["the card", "my money"]), plain_scores(box, ["the card", "my money"]))


def test_answers_do_not_change_by_a_bit_with_the_batch(box):
    texts = [*toys.random_texts(12, seed=2, longest=30), "lost card " * 40, "", "钱 €", "<|end|> <s> lost"]
    whole = box.answer(texts)
    generator = np.random.default_rng(3)
    for n_parts in (1, 5):
        for part in np.array_split(generator.permutation(len(texts)), n_parts):
            answers = box.answer([texts[row] for row in part])
            assert (answers.log_probabilities == whole.log_probabilities[part]).all()
            assert (answers.label_mass == whole.label_mass[part]).all()
            assert (answers.embeddings == whole.embeddings[part]).all()


def test_embedding_is_that_of_the_prompt_alone(box):
    reader = box._loaded().orders[0]
    prompt = reader.encoder.encode(["the card was lost"])[0][0]
    with torch.inference_mode():
        hidden = reader.model(torch.tensor([prompt]), output_hidden_states=True).hidden_states[-1][0, -1]
    np.testing.assert_allclose(box.answer(["the card was lost"]).embeddings[0], hidden.numpy(), atol=1e-4)


def tensors(state):
    """All tensors inside a cache, or lists of states."""
    if isinstance(state, torch.Tensor):
        return [state]
    parts = (
        state.values()
        if isinstance(state, dict)
        else state
        if isinstance(state, list | tuple)
        else vars(state).values()
    )
    simple = str | int | float | bool | type | None
    return [found for part in parts if not isinstance(part, simple) for found in tensors_or_none(part)]


def tensors_or_none(part):
    known = isinstance(part, (torch.Tensor, list, tuple, dict)) or "cache" in type(part).__module__
    return tensors(part) if known else []


def test_answering_does_not_change_what_is_kept_of_the_start(box):
    prefix = box._loaded().orders[0].prefix
    if prefix is None:
        assert not box.details["scoring"].startswith("prefix")
        return
    kept = tensors(prefix.layers if hasattr(prefix, "layers") else prefix.state)
    assert kept
    before = [part.clone() for part in kept]
    box.answer(toys.random_texts(5, seed=4))
    assert all(torch.equal(part, old) for part, old in zip(kept, before, strict=True))


def test_every_way_that_a_model_takes_gives_the_same(box):
    reader = box._loaded().orders[0]
    texts = ["the card", "lost card " * 30, ""]
    slow = reader.by("label-by-label").scores(texts)
    assert reader.by("label-by-label").way == "label-by-label"
    np.testing.assert_allclose(reader.scores(texts).scores, slow.scores, atol=1e-3)
    np.testing.assert_allclose(reader.scores(texts).embeddings, slow.embeddings, atol=1e-4)
