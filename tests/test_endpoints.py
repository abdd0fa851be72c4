"""Endpoints: what is sent, what is read, what is refused."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surrogate.blackbox import BlackBox, load_model
from surrogate.blackbox.endpoints import Access, Manners
from surrogate.blackbox.endpoints.address import read_address
from surrogate.cli import main
from surrogate.errors import InputError, ModelError
from surrogate.query import ask
from surrogate.store import SqliteStore
from tests.endpoint_toys import ROUTE, Told, chat, decides, decision, serving, told

TOML = """
schema = 1
name = "router"
kind = "decision-endpoint"
url = "{url}"
model = "router"
revision = "2026-05"

[questions.route]
type = "choice"
instructions = "Which desk?"
criteria = {{ cards = "lost cards", cash = "machines" }}

[manners]
concurrency = 2
"""


def write(folder: Path, toml: str) -> str:
    (folder / "model.toml").write_text(toml, encoding="utf-8")
    return str(folder)


def test_probabilities_are_explained_and_never_the_confidence() -> None:
    with serving(decides) as server:
        box = decision(server.url)
        answers = box.answer(["my card", "a machine", "my card"])
    assert isinstance(box, BlackBox)
    assert answers.probabilities.round(6).tolist() == [[0.9, 0.1], [0.2, 0.8], [0.9, 0.1]]
    assert sorted(server.texts) == ["a machine", "my card"]  # each distinct text once
    assert server.seen[0].body == {"model": "router", "questions": {"route": ROUTE}, "state": server.texts[0]}


@pytest.mark.parametrize("key", ["label_mass", "option_mass"])
def test_label_mass_is_kept_where_it_is_given(key: str) -> None:
    answer = {"probabilities": {"cards": 0.5, "cash": 0.5}, key: 0.75}
    with serving(lambda *_: told({"answers": {"route": answer}})) as server:
        mass = decision(server.url).answer(["x"]).label_mass
    assert mass is not None
    assert mass.tolist() == [0.75]


def test_all_questions_are_sent_and_one_is_explained() -> None:
    questions = {"route": ROUTE, "urgent": {"type": "noul", "instructions": "Is it urgent?"}}
    answers = {"route": {"probabilities": {"cards": 0.5, "cash": 0.5}}, "urgent": {"type": "noul", "noul": 0.75}}
    with serving(lambda *_: told({"answers": answers})) as server:
        box = decision(server.url, questions, explain="urgent")
        row = box.answer(["x"]).probabilities[0]
    assert box.classes_.tolist() == ["true", "false"]
    assert row.round(6).tolist() == [0.75, 0.25]
    assert set(server.seen[0].body["questions"]) == {"route", "urgent"}


def test_several_yes_or_no_questions_are_one_classifier_with_several_labels() -> None:
    questions = {name: {"type": "noul", "instructions": f"Is it {name}?"} for name in ("urgent", "angry")}
    answers = {"urgent": {"noul": 0.75}, "angry": {"noul": 0.5}}
    with serving(lambda *_: told({"answers": answers})) as server:
        box = decision(server.url, questions, explain=["angry", "urgent"])
        assert box.multi_label
        assert box.answer(["x"]).probabilities.round(6).tolist() == [[0.5, 0.75]]


def test_levels_of_a_score_are_told_by_their_number() -> None:
    answers = {"s": {"type": "score", "score": 0.75, "probabilities": {"0": 0.25, "1": 0.75}}}
    with serving(lambda *_: told({"answers": answers})) as server:
        box = decision(server.url, {"s": {"type": "score", "criteria": ["low", "high"]}})
        assert box.answer(["x"]).probabilities.round(6).tolist() == [[0.25, 0.75]]
    assert box.classes_.tolist() == ["low", "high"]


def test_the_decisions_form_is_asked_as_it_is_documented() -> None:
    probabilities = [{"value": "cash", "probability": 0.25}, {"value": "cards", "probability": 0.75}]
    answers = [
        {"type": "choice", "name": "route", "choice": "cards", "confidence": 0.5, "probabilities": probabilities}
    ]
    with serving(lambda *_: told({"model": "d", "answers": answers})) as server:
        answered = decision(server.url, form="decisions").answer(["my card"])
    assert answered.probabilities.round(6).tolist() == [[0.75, 0.25]]
    assert server.seen[0].path == "/v1/decisions"
    assert server.seen[0].body["input"] == "my card"
    assert server.seen[0].body["questions"] == [
        {
            "type": "choice",
            "name": "route",
            "instructions": "Which desk?",
            "choices": [{"value": "cards", "description": "lost cards"}, {"value": "cash", "description": "machines"}],
        }
    ]


def test_the_text_goes_where_the_state_has_its_place() -> None:
    state = {"channel": "letter", "turns": [{"says": "Dear bank: {text}"}]}
    with serving(lambda *_: told({"answers": {"route": {"probabilities": {"cards": 0.5, "cash": 0.5}}}})) as server:
        decision(server.url, state=state).answer(["{text} {x}"])
    assert server.seen[0].body["state"] == {"channel": "letter", "turns": [{"says": "Dear bank: {text} {x}"}]}
    assert decision(server.url, state=state).fingerprint != decision(server.url).fingerprint
    for wrong in ({"message": "x"}, ["{text}", "{text}"], 3):
        with pytest.raises(ModelError, match="exactly once"):
            decision(server.url, state=wrong)


def test_a_declined_question_counts_as_refused() -> None:
    with serving(lambda *_: told({"answers": [{"type": "refusal", "name": "route"}]})) as server:
        answers = decision(server.url, form="decisions").answer(["x"])
    assert answers.refused.tolist() == [True]


def test_a_folder_with_a_model_toml_is_an_endpoint(tmp_path: Path) -> None:
    with serving(decides) as server:
        box = load_model(write(tmp_path, TOML.format(url=server.url)))
        assert box.answer(["my card"]).probabilities.round(6).tolist() == [[0.9, 0.1]]
    assert (box.name, box.kind) == ("router", "decision-endpoint")
    assert box.details["revision"] == "2026-05"
    assert not any("127.0.0.1" in str(value) for value in box.details.values())


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('model = "router"\n', "", "bad-model-file", "'model'"),
        ("[manners]", "[maners]", "bad-model-file", "Did you mean 'manners'"),
        ("concurrency = 2", "concurency = 2", "bad-model-file", "Did you mean 'concurrency'"),
        ("concurrency = 2", "concurrency = 0", "bad-endpoint", "concurrency"),
        ("concurrency = 2", "max_cost = 1.0", "bad-endpoint", "prices"),
        ('type = "choice"', 'type = "chose"', "bad-endpoint", "choice, score, noul"),
        ('kind = "decision-endpoint"', 'kind = "odd-endpoint"', "bad-model-file", "chat-endpoint"),
        ('revision = "2026-05"', 'explain = "rout"', "bad-endpoint", "rout"),
        ('revision = "2026-05"', "expires_after = -1", "bad-model-file", "expires_after"),
        ('revision = "2026-05"', 'api_key_env = "sk-secret-value"', "bad-endpoint", "environment variable"),
        ("http://127", "http://user:pw@127", "bad-endpoint", "password"),
        (":1/", ":1/?key=abc", "bad-endpoint", "query"),
        ("http://", "ftp://", "bad-endpoint", "http://"),
    ],
)
def test_a_wrong_model_toml_says_where(tmp_path: Path, old: str, new: str, code: str, words: str) -> None:
    toml = TOML.format(url="http://127.0.0.1:1/")
    assert old in toml
    with pytest.raises((InputError, ModelError)) as caught:
        load_model(write(tmp_path, toml.replace(old, new)))
    assert caught.value.code == code
    assert words in str(caught.value)
    assert "sk-secret" not in str(caught.value)
    assert "pw@" not in str(caught.value)


def test_another_machine_needs_leave(tmp_path: Path) -> None:
    folder = write(tmp_path, TOML.format(url="https://models.example"))
    with pytest.raises(InputError, match=r"models\.example") as caught:
        load_model(folder)
    assert caught.value.code == "remote-not-allowed"
    assert load_model(folder, allow_remote=True).name == "router"


@pytest.mark.parametrize(
    "url",
    ["http://0.0.0.0:80", "http://127.0.0.1.example", "http://10.0.0.1", "http://localhost.example", "http://[::2]"],
)
def test_what_only_looks_like_this_machine_is_another(url: str) -> None:
    with pytest.raises(InputError, match="remote-not-allowed"):
        read_address(url)


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "http://127.8.9.1", "http://[::1]:8000/v1", "HTTP://LOCALHOST"]
)
def test_this_machine_is_known_by_its_names(url: str) -> None:
    assert read_address(url).is_loopback


def test_a_key_never_goes_over_the_network_in_the_clear() -> None:
    with pytest.raises(InputError, match="without encryption"):
        Access.to("http://models.example", api_key_env="KEY", allow_remote=True)


def test_the_fingerprint_is_of_what_decides_an_answer() -> None:
    def of(**more: object) -> str:
        return decision("http://localhost:1", **more).fingerprint  # type: ignore[arg-type]

    assert of() == decision("http://127.0.0.1:2", manners={"concurrency": 3}).fingerprint
    turned = {"route": {**ROUTE, "criteria": dict(reversed(ROUTE["criteria"].items()))}}  # type: ignore[attr-defined]
    assert len({of(), of(revision="2"), of(form="decisions"), of(questions=turned)}) == 4
    votes = [chat("http://localhost:1", decoding={"method": "votes", "n_votes": n}).fingerprint for n in (3, 5)]
    assert len({*votes, chat("http://localhost:1").fingerprint}) == 3


def test_stored_answers_expire_and_are_tried_on_one_text_before_they_are_used(tmp_path: Path) -> None:
    sure = {"p": 0.9}

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        return told({"answers": {"route": {"probabilities": {"cards": sure["p"], "cash": 1 - sure["p"]}}}})

    def asked_anew(**more: Any) -> int:
        before = len(server.seen)
        ask(decision(server.url, **more), ["a", "b", "c"], SqliteStore(tmp_path / "answers.sqlite"))
        return len(server.seen) - before

    with serving(script) as server:
        assert asked_anew() == 3
        assert asked_anew() == 1  # a canary
        assert asked_anew(expires_after=None) == 0
        sure["p"] = 0.905
        assert asked_anew() == 1
        sure["p"] = 0.8
        with pytest.warns(UserWarning, match="no longer answers"):
            assert asked_anew() == 3
        time.sleep(1.1)
        assert asked_anew(expires_after=0.01) == 3


def test_answers_that_vary_may_differ_by_their_noise() -> None:
    assert decision("http://localhost:1").tolerance == 0.01
    tolerances = [chat("http://localhost:1", decoding={"method": "votes", "n_votes": n}).tolerance for n in (1, 800)]
    assert tolerances == [1.0, pytest.approx(0.11)]


def test_an_endpoint_is_pickled_without_what_was_spent() -> None:
    with serving(decides) as server:
        box = decision(server.url)
        before = pickle.dumps(box)
        box.answer(["my card"])
        assert pickle.dumps(box) == before
        again = pickle.loads(before)
        assert np.array_equal(again.answer(["my card"]).probabilities, box.answer(["my card"]).probabilities)
    assert again.fingerprint == box.fingerprint
    assert (again.spent["calls"], box.spent["calls"]) == (1, 2)


def test_a_model_that_changes_under_way_is_noticed() -> None:
    def script(path: str, body: dict, number: int) -> object:  # type: ignore[type-arg]
        return told({"model": f"router-{number}", "answers": {"route": {"probabilities": {"cards": 0.5, "cash": 0.5}}}})

    with serving(script) as server, pytest.raises(ModelError, match="router-1") as caught:  # type: ignore[arg-type]
        decision(server.url, manners={"concurrency": 1}).answer(["a", "b"])
    assert caught.value.code == "model-changed"
    with serving(decides) as server, pytest.raises(ModelError, match="router-9"):
        decision(server.url, served_model="router-9").answer(["a"])


def test_the_announcement_counts_requests_and_names_the_budget() -> None:
    box = chat("http://localhost:1", decoding={"method": "votes", "n_votes": 3}, manners={"max_calls": 500})
    assert "100 texts" in box.announcement(100)
    assert "300 requests" in box.announcement(100)
    assert "at most 500 requests" in box.announcement(100)


def test_manners_are_checked() -> None:
    for wrong in ({"timeout": 0}, {"patience": -1}, {"max_calls": 1.5}, {"requests_per_minute": float("nan")}):
        with pytest.raises(InputError, match="bad-endpoint"):
            Manners(**wrong)  # type: ignore[arg-type]


def test_the_command_line_asks_a_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, options = "my lost card", ["--calls", "8", "--no-store", "-q", "-o", str(tmp_path / "out")]
    with serving(decides) as server:
        named = ["--url", server.url, "--model", "router", "--labels", "cards, cash", "--question", "Which desk?"]
        assert main(["explain", text, *named, *options]) in (0, 1)
    assert "Up to 8 texts" in capsys.readouterr().err
    assert server.seen[0].body["questions"]["label"]["criteria"] == {"cards": None, "cash": None}
    assert main(["explain", text, "--url", server.url, *options]) == 2
    assert "--labels" in capsys.readouterr().err


def test_the_command_line_sends_nothing_to_another_machine_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, TOML.format(url="https://models.example"))
    assert main(["explain", "my lost card", "--model", folder]) == 2
    assert "--allow-remote" in capsys.readouterr().err


def test_parity_with_the_deployed_system_is_checked_and_announced_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = tmp_path / "recorded.jsonl"
    recorded.write_text('{"text": "my card", "probabilities": {"cards": 0.9, "cash": 0.1}}\n', encoding="utf-8")
    with serving(decides) as server:
        folder = write(tmp_path, TOML.format(url=server.url))
        assert main(["models", "check", folder, "--reference", str(recorded)]) == 0
        assert "Up to 1 texts (the recorded ones)" in capsys.readouterr().err
        options = ["--calls", "8", "--no-store", "-q", "-o", str(tmp_path / "out"), "--reference", str(recorded)]
        assert main(["explain", "my lost card", "--model", folder, *options]) in (0, 1)
        assert "Comes on top: what --reference asks." in capsys.readouterr().err
    folder = write(tmp_path, TOML.format(url="https://models.example"))
    assert main(["models", "check", folder, "--reference", str(recorded)]) == 2
