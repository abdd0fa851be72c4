"""Distilling: what is saved is what was measured, and it can be opened without running anything."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from surrogate.blackbox import load_model
from surrogate.class_tree_model import ClassNode, ClassTreeModel
from surrogate.cli import main
from surrogate.corpus.distilling import Distilled, distill
from surrogate.describe.tree_classifier import TreeClassifier
from surrogate.documents import Documents
from surrogate.errors import InputError, ModelError
from surrogate.features import Feature
from tests.corpus_toys import CLASSES, corpus, decide
from tests.toys import Counting


def box(classes: tuple[str, ...] = CLASSES) -> Counting:
    if len(classes) == 2:
        return Counting(lambda texts: np.stack([decide(texts)[:, 0], 1 - decide(texts)[:, 0]], axis=1), classes)
    return Counting(decide, classes)


@pytest.fixture(scope="module", params=["linear", "tree"])
def distilled(request: pytest.FixtureRequest) -> Distilled:
    return distill(corpus(labels=True), box(), kinds=[request.param], store=False)


def test_it_agrees_with_the_model_on_documents_it_never_saw(distilled: Distilled) -> None:
    assert distilled.agreement.value >= 0.98
    assert distilled.accuracy["student"].value >= 0.98
    assert distilled.chosen in distilled.candidates
    assert distilled.chosen.agreement.value == max(one.agreement.value for one in distilled.candidates)


def test_what_is_saved_is_what_was_measured(distilled: Distilled, tmp_path: Path) -> None:
    folder = distilled.save(tmp_path / "student")
    student = load_model(folder / "student.skops")
    texts = (*corpus().texts[:40], "", "😀", "a fee for the card")
    documents = Documents(texts, texts, None, {"channel": ("app",) * len(texts)})
    np.testing.assert_array_equal(
        student.estimator.predict_proba(documents),  # type: ignore[attr-defined]
        distilled.pipeline.predict_proba(documents),
    )
    record = json.loads((folder / "student.json").read_text(encoding="utf-8"))
    assert record["agreement"]["value"] == pytest.approx(distilled.agreement.value)
    assert record == distilled.to_dict()


def test_two_classes() -> None:
    plain = Documents(corpus().texts, corpus().ids)
    found = distill(plain, box(("fees", "other")), kinds=["linear"], store=False)
    assert found.agreement.value >= 0.98
    assert found.pipeline.predict_proba(["why is there a fee"]).shape == (1, 2)


def test_the_same_bytes_again(tmp_path: Path, distilled: Distilled) -> None:
    again = distill(corpus(labels=True), box(), kinds=[distilled.chosen.kind], store=False)
    one, two = (found.save(tmp_path / str(number)) for number, found in enumerate((distilled, again)))
    assert (one / "student.json").read_bytes() == (two / "student.json").read_bytes()


def test_a_student_can_be_explained_in_turn(tmp_path: Path) -> None:
    from surrogate.local import explain

    plain = Documents(corpus().texts, corpus().ids)
    folder = distill(plain, box(), kinds=["linear"], store=False).save(tmp_path / "student")
    explanation = explain("why is there a new fee today", folder / "student.skops", store=False)
    assert explanation.decision.label == "fees"


def test_a_tree_that_somebody_damaged_says_so() -> None:
    fee = Feature("word", "fee", "fee")
    nodes = ClassNode((0.5, 0.5), 0, 1, 2), ClassNode((0.9, 0.1)), ClassNode((0.1, 0.9))
    presence = np.array([[1.0], [0.0]])
    tree = TreeClassifier.of(ClassTreeModel((fee,), ("a", "b"), nodes), (fee,))
    tree.next_[0] = [0, 0]
    with pytest.raises(InputError, match="in a circle"):
        tree.predict(presence)
    tree.next_[0] = [7, 1]
    with pytest.raises(InputError, match="leads nowhere"):
        tree.predict(presence)


def test_a_file_with_anything_else_is_not_opened(tmp_path: Path) -> None:
    from sklearn.pipeline import make_pipeline
    from skops import io

    from tests.toys import FunctionBox

    path = tmp_path / "model.skops"
    io.dump(make_pipeline(FunctionBox), path)
    with pytest.raises(ModelError) as raised:
        load_model(path)
    assert raised.value.code in ("untrusted-types", "bad-model-file")


@pytest.mark.parametrize(("kinds", "words"), [(["forest"], "got forest"), ([], "got nothing")])
def test_other_kinds_are_refused(kinds: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        distill(corpus(), box(), kinds=kinds, store=False)


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in corpus().texts), encoding="utf-8")
    arguments = ["distill", str(path), "--no-store", "-o", str(tmp_path / "out"), "--kind", "tree"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "A tree student of" in shown
    assert "student.skops" in shown
    assert main(arguments) == 0
    assert main([*arguments[:-1], "linear"]) == 2
    assert "already holds" in capsys.readouterr().err
