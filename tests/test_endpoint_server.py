"""Endpoints against a real server: ``transformers serve`` with the shipped language model."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from surrogate import explain
from surrogate.blackbox import load_model
from surrogate.blackbox.endpoints import Access, ChatEndpoint, DecisionEndpoint, Decoding, Manners
from surrogate.blackbox.spec import read_spec
from surrogate.cli import main
from surrogate.errors import ModelError
from surrogate.store import MemoryStore, SqliteStore

pytestmark = [pytest.mark.server, pytest.mark.slow]

MODEL = Path(__file__).parent.parent / "models" / "bank-router-lm"
SPEC = read_spec(MODEL)
DESKS = dict.fromkeys(SPEC.labels, "")
QUESTION = {"type": "choice", "instructions": "Which desk should read this message?", "criteria": DESKS}
TEXTS = ["my card is lost", "the machine kept my card and gave no cash", "", "我的卡在哪里", 'say "hi"\n\\']
SERVE = "import sys; from transformers.cli.transformers import main; sys.argv[0] = 'transformers'; main()"


class Server:
    """A ``transformers serve`` process on one port of loopback, which can be killed and started again."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = log
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--device", "cpu", "--dtype", "float32", "--host", "127.0.0.1", "--port", str(self.port)]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "2"}
        with self.log.open("ab") as log:
            command = [sys.executable, "-c", SERVE, "serve", str(MODEL), *options]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        while not self.is_up():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as reply:
                return bool(reply.status == 200)
        except (OSError, HTTPException):
            return False

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        content = json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return dict(json.load(reply))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("serve") / "serve.log")
    one.start()
    yield one
    one.kill()


def router(server: Server, **manners: Any) -> DecisionEndpoint:
    access = Access.to(server.url, manners=Manners(**manners))
    return DecisionEndpoint(access, str(MODEL), {"route": QUESTION}, revision="1")


def voter(server: Server, request: dict[str, Any] | None = None, **decoding: Any) -> ChatEndpoint:
    assert SPEC.prompt is not None
    access = Access.to(server.url)
    return ChatEndpoint(
        access, str(MODEL), SPEC.labels, SPEC.prompt, decoding=Decoding(max_tokens=8, **decoding), request=request
    )


def test_probabilities_are_those_of_single_requests(server: Server) -> None:
    answers = router(server).answer(TEXTS)
    for row, text in enumerate(TEXTS):
        body = {
            "model": str(MODEL),
            "state": text,
            "questions": {"route": {**QUESTION, "criteria": dict.fromkeys(DESKS)}},
        }
        given = server.post("/v1/systemone", body)["answers"]["route"]["probabilities"]
        assert np.allclose(answers.probabilities[row], [given[label] for label in SPEC.labels], rtol=0, atol=1e-5)


def test_several_questions_go_in_one_request(server: Server) -> None:
    other = {"type": "score", "instructions": "How urgent is it?", "criteria": ["can wait", "today"]}
    box = DecisionEndpoint(Access.to(server.url), str(MODEL), {"route": QUESTION, "urgent": other}, explain="urgent")
    body = {"model": str(MODEL), "state": "help", "questions": {"urgent": other}}
    given = server.post("/v1/systemone", body)["answers"]["urgent"]["probabilities"]
    assert np.allclose(box.answer(["help"]).probabilities[0], [given["0"], given["1"]], rtol=0, atol=1e-5)
    assert box.classes_.tolist() == ["can wait", "today"]


def test_a_question_that_the_server_refuses_is_a_sentence(server: Server) -> None:
    box = DecisionEndpoint(Access.to(server.url), str(MODEL), {"urgent": {"type": "noul", "instructions": "Urgent?"}})
    with pytest.raises(ModelError, match="not distinct single tokens") as caught:
        box.answer(["help"])
    assert caught.value.code == "endpoint-refused"


def test_votes_agree_with_the_model_s_own_probabilities(server: Server) -> None:
    # This server draws at random only where the model's generation settings say so, whatever the temperature.
    drawing = json.loads((MODEL / "generation_config.json").read_text(encoding="utf-8")) | {"do_sample": True}
    texts, n_votes = ["card", "Where is the money that I sent?"], 24
    box = voter(server, {"generation_config": json.dumps(drawing)}, method="votes", n_votes=n_votes)
    answers = box.answer(texts)
    expected = load_model("bank-router-lm").answer(texts).probabilities
    shares = (expected * n_votes + 0.5) / (n_votes + 0.5 * len(SPEC.labels))
    error = np.sqrt(np.maximum(shares * (1 - shares), 1 / n_votes) / n_votes)
    assert (np.abs(answers.probabilities - shares) < 5 * error).all()
    assert (answers.probabilities[0] > 0.03).sum() > 2  # the votes differ
    assert answers.label_mass is not None
    assert (answers.label_mass > 0.8).all()


def test_a_greedy_vote_is_the_most_likely_label(server: Server) -> None:
    votes = voter(server, method="votes", n_votes=1, temperature=0).answer(TEXTS[:2]).probabilities
    assert votes.argmax(1).tolist() == load_model("bank-router-lm").answer(TEXTS[:2]).probabilities.argmax(1).tolist()


def test_a_server_without_log_probabilities_says_to_vote(server: Server) -> None:
    with pytest.raises(ModelError, match="votes"):
        voter(server).answer(["my card"])


def test_a_server_that_is_killed_and_restarted_costs_no_text_twice(server: Server, tmp_path: Path) -> None:
    """The explanation goes on where it was, and its result is that of one without the accident."""

    class Counting(SqliteStore):
        kept: list[str] = []  # noqa: RUF012

        def put(self, black_box: Any, texts: Any, answers: Any, draw: int = 0) -> None:
            self.kept.extend(texts)
            if len(self.kept) > 30 and not accident.is_set():
                accident.set()
                server.kill()
                thread.start()
            super().put(black_box, texts, answers, draw)

    accident, thread = threading.Event(), threading.Thread(target=server.start)
    text = "My card was stolen yesterday and I need a new one before Friday."
    box = router(server, concurrency=4, patience=120)
    store = Counting(tmp_path / "answers.sqlite")
    explanation = explain(text, box, calls=80, store=store)
    thread.join()
    assert accident.is_set()
    assert len(store.kept) == len(set(store.kept)) == explanation.calls["total"]
    smooth = explain(text, router(server), calls=80, store=MemoryStore())
    assert explanation.to_dict() == smooth.to_dict()


def test_the_command_line_explains_an_endpoint(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    criteria = "\n".join(f'{json.dumps(label)} = ""' for label in SPEC.labels)
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "model.toml").write_text(
        f'schema = 1\nname = "desk"\nkind = "decision-endpoint"\nurl = "{server.url}"\nmodel = {json.dumps(str(MODEL))}\n'
        f'[questions.route]\ntype = "choice"\ninstructions = "Which desk?"\n[questions.route.criteria]\n{criteria}\n',
        encoding="utf-8",
    )
    code = main(["explain", "I lost my card", "--model", "desk", "--calls", "64", "--format", "md", "-o", "out"])
    shown = capsys.readouterr()
    assert code in (0, 1), shown.err
    assert f"Up to 64 texts (yours and altered copies of it) may be sent to 127.0.0.1:{server.port}" in shown.err
    page = (tmp_path / "out" / "report.md").read_text(encoding="utf-8") + (tmp_path / "out" / "report.json").read_text()
    assert "127.0.0.1" not in page
    assert str(MODEL) not in page
    assert "/v1/systemone" in page
