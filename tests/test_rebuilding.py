"""The evidence of a report holds all that is needed to make it again without the model."""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import surrogate
from surrogate.answers import Answers
from surrogate.blackbox import FunctionBox
from surrogate.blackbox.recorded import RecordedModel, traits_of
from surrogate.errors import InputError, ModelError
from surrogate.rebuilding import DIFFERS, NOT_ATTEMPTED, SAME, read_evidence, rebuild, rebuild_folder
from surrogate.store import MemoryStore
from surrogate.store.recording import RecordingStore
from surrogate.transcript import Reading, Transcript
from tests.audit_toys import CLASSES, corpus, decide
from tests.toys import MESSAGE, card_box, logistic

LONG = " ".join(f"sentence {number} is about my card and the weather today." for number in range(16))


@cache
def explained(**options: Any) -> Any:
    return surrogate.explain(MESSAGE, card_box(), store=False, **options)


@cache
def audited() -> Any:
    box = FunctionBox(decide, classes=CLASSES)
    return surrogate.audit(corpus(labels=True), box, lexicon={"money": ["fee", "charge"]}, store=False)


def through_a_file(transcript: Transcript) -> Transcript:
    return Transcript.from_bytes(transcript.to_bytes())


def changed(transcript: Transcript, change: Any) -> Transcript:
    """The evidence with something in its JSON changed."""
    content = json.loads(gzip.decompress(transcript.to_bytes()))
    change(content)
    return Transcript.from_bytes(gzip.compress(json.dumps(content).encode()))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"calls": 48},
        {"pipeline": "local-tree", "calls": 64},
        {"pipeline": "local-rules", "calls": 64},
        {"pipeline": "local-anchor", "calls": 64},
        {"pipeline": "local-shapley", "calls": 64},
        {"calls": 64, "second": "delete", "second_calls": 16},
        {"calls": 64, "contrast": "other", "target": "cards"},
    ],
    ids=str,
)
def test_the_record_is_made_again_from_its_evidence(options: dict[str, Any]) -> None:
    explanation = explained(**options)
    assert rebuild(explanation.to_dict(), through_a_file(explanation.transcript)).status == SAME


@pytest.mark.parametrize("units", ["sentence", "phrase"])
def test_other_units_are_made_again(units: str) -> None:
    explanation = surrogate.explain(LONG, card_box(), units=units, calls=64, store=False)
    assert rebuild(explanation.to_dict(), through_a_file(explanation.transcript)).status == SAME


def test_a_long_text_and_a_model_that_varies_are_made_again() -> None:
    counter = np.random.default_rng(0)

    def wavers(texts: Any) -> Any:
        noise = counter.normal(0, 0.02, len(texts))
        first = np.clip(logistic({"card": 2.0})(texts)[:, 0] + noise, 0.01, 0.99)
        return np.column_stack([first, 1 - first])

    box = FunctionBox(wavers, classes=["cards", "other"], stochastic=True)
    explanation = surrogate.explain(MESSAGE, box, calls=128, store=False)
    assert explanation.stopping.noise_ceiling is not None
    assert rebuild(explanation.to_dict(), through_a_file(explanation.transcript)).status == SAME


def test_the_model_is_not_asked_again() -> None:
    box = card_box()
    explanation = surrogate.explain(MESSAGE, box, calls=48, store=False)
    asked = len(box.asked)
    rebuild(explanation.to_dict(), explanation.transcript)
    assert len(box.asked) == asked == len(explanation.transcript.model.texts)


def test_answers_that_the_store_knew_are_in_the_evidence_too(tmp_path: Path) -> None:
    box = FunctionBox(logistic({"card": 2.0}), classes=["cards", "other"], fingerprint="toy:1")
    first, second = (surrogate.explain(MESSAGE, box, calls=48, store=tmp_path / "a.sqlite") for _ in range(2))
    assert second.run["n_asked"] == 0
    assert first.transcript.to_bytes() == second.transcript.to_bytes()


def test_an_audit_is_made_again_from_its_evidence() -> None:
    explanation = audited()
    assert rebuild(explanation.to_dict(), through_a_file(explanation.transcript)).status == SAME


def test_the_evidence_of_an_audit_says_which_features_held_out_documents_have() -> None:
    transcript = audited().transcript
    names = {feature["name"] for feature in transcript.sample["features"]}
    shown = {feature.name for member in audited().members if member.verdict.passed for feature in member.model.features}
    assert names >= shown > set()
    assert len(transcript.sample["role"]) == len(transcript.sample["text"]) == audited().documents["n_documents"]


def test_a_changed_answer_is_found() -> None:
    explanation = explained(calls=48)

    def change(content: dict[str, Any]) -> None:
        reader = content["readers"][0]
        values = np.array([[0.5, 0.5]] * len(reader["text"]))
        reader["log_probabilities"] = base64.b64encode(np.log(values).tobytes()).decode()

    found = rebuild(explanation.to_dict(), changed(explanation.transcript, change))
    assert found.status == DIFFERS


def test_a_changed_record_is_found_and_the_place_is_named() -> None:
    record = explained(calls=48).to_dict()
    record["surrogates"][0]["fidelity"]["r2"]["value"] = 0.999
    found = rebuild(record, explained(calls=48).transcript)
    assert found.status == DIFFERS
    assert "/surrogates/0/fidelity/r2/value" in found.reason


def test_an_answer_that_is_missing_is_told() -> None:
    explanation = explained(calls=48)
    reading = explanation.transcript.model
    fewer = Reading.of("model", reading.traits, dict(list(reading.by_text().items())[:20]))
    request, sample = explanation.transcript.request, explanation.transcript.sample
    less = Transcript("local", request, (fewer,), sample, explanation.transcript.texts)
    found = rebuild(explanation.to_dict(), less)
    assert found.status == DIFFERS
    assert "not-recorded" in found.reason


def test_other_versions_are_not_rebuilt() -> None:
    record = explained(calls=48).to_dict()
    record["production"]["versions"]["numpy"] = "0.1"
    found = rebuild(record, explained(calls=48).transcript)
    assert found.status == NOT_ATTEMPTED
    assert "numpy 0.1 there" in found.reason


def test_what_was_read_beside_is_said_not_to_be_kept() -> None:
    explanation = surrogate.explain(
        MESSAGE, card_box(), calls=48, store=False, corpus=["a lost card", "a fee"], embeddings="bank-router"
    )
    found = rebuild(explanation.to_dict(), explanation.transcript)
    assert found.status == NOT_ATTEMPTED
    assert "corpus" in found.reason
    assert "a fee" not in explanation.transcript.texts


def test_a_recording_store_forgets_with_the_one_inside() -> None:
    class Box:
        fingerprint = None

    box, store = Box(), RecordingStore(MemoryStore())
    store.put(box, ["a"], Answers.from_probabilities([[1.0, 0.0]]))
    store.forget(box)
    store.put(box, ["b"], Answers.from_probabilities([[1.0, 0.0]]))
    assert store.reading(box, "model", {}).texts == ("b",)
    assert store.get(box, ["a", "b"]).keys() == {"b"}


def test_a_recorded_model_refuses_a_new_text() -> None:
    box = card_box()
    recorded = RecordedModel(traits_of(box), {(0, "a"): box.answer(["a"])})
    with pytest.raises(ModelError, match="1 of 2 texts"):
        recorded.answer(["a", "b"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing",
        gzip.compress(b"[1", mtime=0),
        gzip.compress(b"[]", mtime=0),
        gzip.compress(b'{"schema_version":"9.0"}', mtime=0),
    ],
    ids=["empty", "no gzip", "no json", "a list", "another version"],
)
def test_what_is_no_evidence_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="vidence"):
        Transcript.from_bytes(content)


def test_a_report_keeps_its_evidence_unless_told_not_to(tmp_path: Path) -> None:
    explanation = explained(calls=48)
    kept = explanation.report(tmp_path / "kept")
    assert (
        Transcript.from_bytes((kept / "evidence.json.gz").read_bytes()).model.texts
        == explanation.transcript.model.texts
    )
    bare = explained(calls=64, pipeline="local-tree").report(tmp_path / "kept", overwrite=True, evidence=False)
    assert not (bare / "evidence.json.gz").exists()


def test_a_folder_is_made_again(tmp_path: Path) -> None:
    folder = explained(calls=48).report(tmp_path / "a")
    assert rebuild_folder(folder).status == SAME
    (folder / "evidence.json.gz").unlink()
    assert rebuild_folder(folder).status == NOT_ATTEMPTED
    with pytest.raises(InputError, match="without its evidence"):
        read_evidence(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"infill_model": "/etc/passwd"},
        {"infill_model": "owner/model"},
        {"infill_model": "../somewhere"},
        {"pipeline": "/etc/passwd"},
        {"pipeline": "local"},
        {"pipeline": '[perturb]\nclass = "Infill"\nmodel = "/tmp/model"\n'},
        {"pipeline": '[perturb]\nclass = "Mixture"\n[perturb.members.one]\nclass = "Infill"\nmodel = "a/b"\n'},
        {"lexicon": "/etc/passwd"},
    ],
    ids=str,
)
def test_a_report_from_elsewhere_has_no_file_of_this_machine_opened(change: dict[str, Any]) -> None:
    explanation = explained(calls=48)
    transcript = changed(explanation.transcript, lambda content: content["request"].update(change))
    found = rebuild(explanation.to_dict(), transcript)
    assert found.status == NOT_ATTEMPTED
    assert "bad-evidence" in found.reason


def test_labels_of_numpy_are_told_as_text() -> None:
    box = card_box()
    explanation = surrogate.explain(
        MESSAGE, box, target=box.classes_[0], contrast=box.classes_[1], calls=48, store=False
    )
    assert "np.str_" not in json.dumps(explanation.to_dict())
    assert rebuild(explanation.to_dict(), through_a_file(explanation.transcript)).status == SAME
