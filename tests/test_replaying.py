"""A model that is asked again: what has drifted is told, and nothing else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import surrogate
from surrogate.blackbox import FunctionBox
from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.replaying import Replay, replay
from tests.audit_toys import CLASSES, corpus, decide
from tests.toys import MESSAGE, card_box, logistic


@cache
def explained() -> Any:
    return surrogate.explain(MESSAGE, card_box(), calls=48, store=False)


def asked_again(box: Any) -> Replay:
    return replay(explained().to_dict(), explained().transcript, box)


def test_the_same_model_gives_the_same_answers_and_the_same_report() -> None:
    found = asked_again(card_box())
    assert found.passed
    assert found.drift.status == "same answers"
    assert found.drift.n_texts == len(set(explained().transcript.model.texts))
    assert found.comparison is not None
    assert found.comparison["before"]["sha256"] == found.comparison["after"]["sha256"]


def test_a_model_that_is_a_little_off_is_within_the_tolerance() -> None:
    off = logistic({"card": 2.5, "lost": 1.0, "new": -0.5}, -1.0 + 1e-5)
    found = asked_again(FunctionBox(off, classes=["cards", "other"]))
    assert found.passed
    assert found.drift.status == "within tolerance"
    assert 0 < found.drift.largest < 1e-4


def test_another_model_has_drifted_and_its_rules_are_compared() -> None:
    found = asked_again(FunctionBox(logistic({"money": 2.0, "yesterday": 3.0}, -1.0), classes=["cards", "other"]))
    assert not found.passed
    assert found.drift.n_decided_otherwise > 0
    assert found.comparison is not None
    assert found.comparison["members"]


def test_other_labels_are_refused() -> None:
    with pytest.raises(InputError, match="about a model with the labels"):
        asked_again(FunctionBox(logistic({"card": 2.0}), classes=["a", "b"]))


def test_a_fingerprint_is_compared_where_there_is_one() -> None:
    assert asked_again(card_box()).model["same_fingerprint"] is None
    box = FunctionBox(logistic({"card": 2.0}), classes=["cards", "other"], fingerprint="toy:1")
    explanation = surrogate.explain(MESSAGE, box, calls=48, store=False)
    other = FunctionBox(logistic({"card": 2.0}), classes=["cards", "other"], fingerprint="toy:2")
    for again, same in ((box, True), (other, False)):
        found = replay(explanation.to_dict(), explanation.transcript, again)
        assert found.model["same_fingerprint"] is same


def test_an_audit_is_replayed() -> None:
    explanation = surrogate.audit(corpus(), FunctionBox(decide, classes=CLASSES), store=False)
    found = replay(explanation.to_dict(), explanation.transcript, FunctionBox(decide, classes=CLASSES))
    assert found.drift.status == "same answers"
    assert found.comparison is not None


def test_the_verb_tells_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = surrogate.explain("I lost my card", "bank-router", calls=16, store=False).report(tmp_path / "a")
    assert main(["replay", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "It has the fingerprint that the report names." in told
    assert "Not proved by this" in told
    assert main(["replay", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"]["n_decided_otherwise"] == 0


def test_a_report_without_evidence_cannot_be_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = explained().report(tmp_path / "a", evidence=False)
    assert main(["replay", str(folder), "--model", "bank-router"]) == 2
    assert "without its evidence" in capsys.readouterr().err


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    replay(explained().to_dict(), explained().transcript, card_box(), lambda done, of: seen.append((done, of)))
    assert seen[-1][0] == seen[-1][1] == len(set(explained().transcript.model.texts))
    assert np.diff([done for done, _ in seen]).min(initial=1) > 0
