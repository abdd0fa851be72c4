"""A language model's answer to a text does not change by a bit, whatever is read with it, in what order, or where."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from surrogate.blackbox import load_model
from surrogate.blackbox.prompt import Prompt, Scoring
from tests import blackbox_toys as toys
from tests import language_model_toys as lms

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

PROMPT = Prompt("{instruction}\n{text}\nAnswer:", "Which desk wants this message: {labels}?")
KINDS = {"llama": "prefix-label-trie", "bloom": "prefix-label-rows", "gemma3": "prefix-copies", "t5": "shared-encoder"}
N_BATCHINGS = 100


def make(kind, folder):
    return lms.t5(folder) if kind == "t5" else lms.causal(folder, kind)


def texts_of(seed):
    # sorted, because their own order follows the hashes of the process
    return [*sorted(toys.random_texts(30, seed=seed, longest=40)), "", " ", "钱 €", "<|end|> lost", "lost card " * 60]


def load(folder):
    return load_model(folder, labels=toys.LABELS, prompt=PROMPT, scoring=Scoring(content_free=("N/A",)))


def digest(answers) -> str:
    parts = (answers.log_probabilities, answers.label_mass, answers.embeddings)
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=KINDS)
def folder(request, tmp_path_factory):
    return make(request.param, tmp_path_factory.mktemp("models") / request.param)


@pytest.fixture(scope="module")
def box(folder):
    return load(folder)


def test_way_is_the_one_meant(box):
    assert box.details["scoring"] == KINDS[box.name]


def test_no_bit_changes_over_many_random_batchings(box):
    texts, generator = texts_of(5), np.random.default_rng(6)
    whole = box.answer(texts)
    for _ in range(N_BATCHINGS):
        rows = generator.choice(len(texts), size=generator.integers(1, 9))  # with repeats
        answers = box.answer([texts[row] for row in rows])
        assert (answers.log_probabilities == whole.log_probabilities[rows]).all()
        assert (answers.label_mass == whole.label_mass[rows]).all()
        assert (answers.embeddings == whole.embeddings[rows]).all()
        assert (answers.truncated == whole.truncated[rows]).all()


def test_no_bit_changes_in_another_process_that_reads_backwards(folder, box):
    program = (  # with as many threads as it likes
        "import sys, pathlib, tests.test_blackbox_invariance as t\n"
        "box, texts = t.load(pathlib.Path(sys.argv[1])), t.texts_of(7)\n"
        "answers = box.answer(texts[::-1])\n"
        "print(t.digest(answers.take(range(len(texts) - 1, -1, -1))))"
    )
    root = Path(__file__).parent.parent
    run = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True, cwd=root)
    assert run.stdout.strip() == digest(box.answer(texts_of(7)))
