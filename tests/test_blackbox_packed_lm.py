"""Language models with packed layers: the same probabilities, and no bit that depends on batch mates or threads."""

from __future__ import annotations

import numpy as np
import pytest

from surrogate.blackbox import backends, load_model, ways
from surrogate.blackbox.packed import EAGER, PACKED, can_pack
from surrogate.blackbox.prompt import Prompt
from tests import blackbox_toys as toys
from tests import language_model_toys as lms

torch = pytest.importorskip("torch")

PROMPT = Prompt("{instruction}\nText: {text}\nAnswer:", "Which desk wants this message?")
LABELS = ("a", "card", "card lost", "refund of money")

pytestmark = pytest.mark.skipif(
    not can_pack(), reason="this torch, or this processor, has no oneDNN to lay out weights for"
)


@pytest.fixture(scope="module", params=lms.ARCHITECTURES)
def folder(request, tmp_path_factory):
    return lms.causal(tmp_path_factory.mktemp("models") / request.param, request.param)


@pytest.fixture(scope="module")
def both(folder):
    plain = load_model(folder, labels=LABELS, prompt=PROMPT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "SMALL", 0)
        return plain, load_model(folder, labels=LABELS, prompt=PROMPT)


def test_packed_layers_give_the_same_probabilities(both) -> None:
    plain, packed = both
    texts = ["", *toys.random_texts(12, seed=5, longest=25)]
    np.testing.assert_allclose(packed.answer(texts).probabilities, plain.answer(texts).probabilities, rtol=0, atol=1e-5)
    assert packed.details["scoring"] == plain.details["scoring"]


def test_the_fingerprint_says_which_layers_there_are(both) -> None:
    plain, packed = both
    assert plain.details["backend"] == EAGER
    assert (packed.details["backend"] == PACKED) == (packed.fingerprint != plain.fingerprint)
    assert packed.details["backend"] in (PACKED, EAGER)


def test_no_bit_depends_on_batch_mates(both) -> None:
    _, packed = both
    texts = toys.random_texts(30, seed=6, longest=25)
    whole = packed.answer(texts)
    generator = np.random.default_rng(7)
    for n_parts in (1, 9):
        for part in np.array_split(generator.permutation(len(texts)), n_parts):
            answers = packed.answer([texts[row] for row in part])
            assert (answers.log_probabilities == whole.log_probabilities[part]).all()
            assert (answers.embeddings == whole.embeddings[part]).all()


def test_llama_is_packed_and_does_not_depend_on_threads(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(ways, "SMALL", 0)
    box = load_model(toys.llama(tmp_path / "llama"), labels=toys.LABELS, prompt=PROMPT)
    assert box.details["backend"] == PACKED
    texts, before = toys.random_texts(30, seed=4), torch.get_num_threads()
    torch.set_num_threads(1)
    one = box.answer(texts)
    torch.set_num_threads(2)
    two = box.answer(texts)
    torch.set_num_threads(before)
    assert (one.log_probabilities == two.log_probabilities).all()


def test_layers_that_do_not_agree_are_put_back(tmp_path, monkeypatch) -> None:
    folder = toys.llama(tmp_path / "llama")
    plain = load_model(folder, labels=toys.LABELS, prompt=PROMPT)

    def damage(model):
        undo = pack(model)
        for layer in model.modules():
            if hasattr(layer, "n_weights"):
                layer.bias = torch.ones(layer.out_features)
        return undo

    pack = backends.pack_linears
    monkeypatch.setattr(ways, "SMALL", 0)
    monkeypatch.setattr(backends, "pack_linears", damage)
    box = load_model(folder, labels=toys.LABELS, prompt=PROMPT)
    assert box.details["backend"] == EAGER
    assert box.fingerprint == plain.fingerprint
    texts = toys.random_texts(5, seed=8)
    assert (box.answer(texts).log_probabilities == plain.answer(texts).log_probabilities).all()
