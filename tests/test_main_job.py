"""The main job on the shipped transformers: real weights, real tokenizers, real messages of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import surrogate
from surrogate.blackbox.base import BlackBox
from surrogate.canonical import canonical_bytes
from surrogate.report.html import render_html
from surrogate.store import MemoryStore

pytest.importorskip("torch")
pytest.importorskip("transformers")

ROOT = Path(__file__).parent.parent
MESSAGE = "I lost my card yesterday while shopping and I want you to freeze it before someone spends my money"
OTHER = "why has my transfer to a friend not arrived yet"
NAMES = ("bank-router", "bank-router-lm")


@pytest.fixture(scope="module", params=NAMES)
def box(request: pytest.FixtureRequest) -> BlackBox:
    return surrogate.load_model(request.param)


def test_a_message_is_explained(box: BlackBox) -> None:
    explanation = surrogate.explain(MESSAGE, box)
    assert explanation.decision.label in box.classes_
    assert explanation.passed
    assert explanation.calls["total"] <= 1024
    assert abs(sum(explanation.decision.probabilities.values()) - 1) < 1e-9
    assert all(term.low <= term.coefficient <= term.high for term in explanation.terms)  # type: ignore[operator]


def test_a_short_message_is_explained_exactly(box: BlackBox) -> None:
    explanation = surrogate.explain("where is my new card", box)
    assert explanation.production["exhaustive"]
    assert explanation.calls == {"original": 1, "all": 31, "total": 32}


def test_surrogates_predict_held_out_answers(box: BlackBox) -> None:
    explanation = surrogate.explain(MESSAGE, box)
    generator = np.random.default_rng(0)
    keep = generator.random((200, explanation.document.n_units)) < generator.uniform(0.2, 0.9, (200, 1))
    answers = box.answer([explanation.document.keep(mask) for mask in keep])
    target = list(box.classes_).index(explanation.decision.target)
    others = np.delete(answers.log_probabilities, target, axis=1)
    truth = answers.log_probabilities[:, target] - np.logaddexp.reduce(others, axis=1)
    for name, model in explanation.surrogates.items():
        fidelity = explanation.evidence[name]
        assert fidelity is not None
        r2 = 1 - np.mean((truth - model.predict(keep)) ** 2) / truth.var()
        assert abs(r2 - fidelity.r2.value) < 0.25


def test_embeddings_come_with_the_answers_and_weigh(box: BlackBox) -> None:
    pipe = surrogate.load("local", box).set_params(weigh__kernel="embedding_cosine", perturb__n_samples=128)
    pipe.fit([MESSAGE])
    sample = pipe[:-1].transform([MESSAGE])
    assert sample.answers.embeddings.shape[0] == sample.n_samples
    assert np.isfinite(pipe.score([MESSAGE]))
    assert 0 < sample.sample_weight.min() < sample.sample_weight.max() <= 1


def test_order_company_and_process_do_not_change_a_byte(box: BlackBox) -> None:
    alone = surrogate.explain(MESSAGE, box, calls=128, store=False).to_dict()
    records, pages = set(), set()
    for texts in ([MESSAGE], [MESSAGE, OTHER], [OTHER, MESSAGE]):
        pipe = surrogate.load("local", box, MemoryStore()).set_params(perturb__n_samples=128).fit(texts)
        again = surrogate.explanation_of(pipe, MESSAGE, recipe_name="local").to_dict()
        records.add(canonical_bytes(again))
        pages.add(render_html(again))
    assert len(records) == len(pages) == 1
    code = (
        "import sys, surrogate; from surrogate.canonical import canonical_bytes;"
        f"record = surrogate.explain({MESSAGE!r}, {box.name!r}, calls=128, store=False).to_dict();"
        "sys.stdout.buffer.write(canonical_bytes(record))"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "PYTHONHASHSEED": "7"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, env=environment)
    assert done.stdout == canonical_bytes(alone)


def test_a_text_longer_than_the_model_reads_is_flagged_never_unimportant(box: BlackBox) -> None:
    explanation = surrogate.explain(" ".join([MESSAGE] * 30), box, calls=64)
    assert explanation.decision.truncated
    assert not explanation.passed
    assert any("unread" in finding for finding in explanation.findings)


ODD = [
    "?!",
    "👍🏽 card",
    "هل وصلت بطاقتي",
    "我的卡还没到",
    "a\x00b \x1b[31m card",
    "<script>alert(1)</script> card",
    "[MASK] <|end|>",
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_pass_through_untouched(box: BlackBox, text: str) -> None:
    assert surrogate.explain(text, box, calls=64).to_dict()["document"]["text"] == text


def test_mask_tokens_replace_words_for_an_encoder() -> None:
    box = surrogate.load_model("bank-router")
    recipe = surrogate.dump(surrogate.load("local")).replace('class = "Delete"', 'class = "ReplaceByMask"')
    explanation = surrogate.explain(MESSAGE, box, surrogate.load(recipe), calls=128)
    assert explanation.production["perturbation"] == "mask"
    assert 'mask_token = "[MASK]"' in explanation.production["recipe"]["toml"]


def test_contrast_answers_why_a_rather_than_b(box: BlackBox) -> None:
    explanation = surrogate.explain(MESSAGE, box, target="security", contrast="cards")
    assert "against 'cards'" in explanation.production["fitted"]
    assert explanation.decision.opposite == "cards"


def test_a_copied_folder_is_the_same_model_by_path(tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "copied"
    shutil.copytree(ROOT / "models" / "bank-router", copy)
    by_path = surrogate.explain(MESSAGE, copy, calls=64).to_dict()
    by_name = surrogate.explain(MESSAGE, "bank-router", calls=64).to_dict()
    assert canonical_bytes(by_path) == canonical_bytes(by_name)


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "changed"
    shutil.copytree(ROOT / "models" / "bank-router", copy)
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(surrogate.ModelError) as caught:
        surrogate.load_model(copy)
    assert caught.value.code == "wrong-digest"
    weights.unlink()
    with pytest.raises(surrogate.ModelError) as caught:
        surrogate.load_model(copy)
    assert caught.value.code == "no-weights"
