"""Endpoints that fail: each failure is a sentence without text or key, and nothing received is lost."""

from __future__ import annotations

import json
import logging
import os
import pickle
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from surrogate.answers import Answers
from surrogate.errors import InputError, ModelError
from surrogate.query import ask
from surrogate.store import MemoryStore, SqliteStore
from tests.endpoint_toys import ROUTE, Told, ToyServer, asked_text, decides, decision, serving, told

ROOT = Path(__file__).parent.parent
SECRET_TEXT = "Ms Quimby of Elm Street lost her violet card"
KEY = "key-0123456789-abcdef"
OK = {"answers": {"route": {"probabilities": {"cards": 0.5, "cash": 0.5}}}}


def options(probabilities: Any) -> Told:
    return told({"answers": {"route": {"probabilities": probabilities}}})


def failure(script: Callable[..., Told], manners: dict[str, Any] | None = None, **more: Any) -> ModelError:
    with serving(script) as server, pytest.raises(ModelError) as caught:
        decision(server.url, manners=manners, **more).answer([SECRET_TEXT])
    return caught.value


def everything_said(error: BaseException) -> str:
    """The message, the traceback, and all that hangs on the error."""
    said = ["".join(traceback.format_exception(error)), repr(error), repr(pickle.dumps(error.args))]
    each: BaseException | None = error
    while each is not None:
        said.append(repr(vars(each)))
        each = each.__cause__ or each.__context__
    return " ".join(said)


CASES: dict[str, tuple[Callable[..., Told], str, str]] = {
    "401": (lambda *_: told({"error": {"message": f"Wrong key: {KEY}"}}, 401), "endpoint-refused", "api_key_env"),
    "403": (lambda *_: told({}, 403), "endpoint-refused", "key"),
    "404": (lambda *_: told({"detail": "Not Found"}, 404), "endpoint-refused", "base URL"),
    "422": (lambda *_: told({"detail": [{"msg": "bad questions"}]}, 422), "endpoint-refused", "bad questions"),
    "echo": (lambda *_: told({"detail": f"Bad: {SECRET_TEXT}"}, 400), "endpoint-refused", "model"),
    "429 storm": (lambda *_: told({}, 429), "endpoint-busy", "requests_per_minute"),
    "500s": (lambda *_: told({}, 500), "endpoint-busy", "log"),
    "503s": (lambda *_: told({}, 503), "endpoint-busy", "patience"),
    "long wait": (lambda *_: told({}, 429, Retry_After="3600"), "endpoint-busy", "3600 seconds"),
    "web page": (lambda *_: Told(200, b"<html><title>Portal</title></html>"), "bad-reply", "web page"),
    "no JSON": (lambda *_: Told(200, b"OK"), "bad-reply", "instead of JSON"),
    "a list": (lambda *_: told([1]), "bad-reply", "no object"),
    "deep": (lambda *_: Told(200, b"[" * 100_000), "bad-reply", "instead of JSON"),
    "redirect": (lambda *_: told({}, 307, Location="https://other.example/x"), "endpoint-refused", "other.example"),
    "compressed": (lambda *_: told({}, 200, Content_Encoding="gzip"), "bad-reply", "compressed"),
    "no answers": (lambda *_: told({}), "bad-reply", "'route'"),
    "no probabilities": (lambda *_: told({"answers": {"route": {"choice": "cards"}}}), "bad-reply", "probabilities"),
    "missing option": (lambda *_: options({"cards": 1.0}), "bad-reply", "'cash'"),
    "another option": (lambda *_: options({"cards": 0.5, "cash": 0.25, "x": 0.25}), "bad-reply", "3 options"),
    "no sum of one": (lambda *_: options({"cards": 0.5, "cash": 0.25}), "bad-answer-values", "0.75"),
    "words": (lambda *_: options({"cards": "high", "cash": 0.5}), "bad-answer-values", "between 0 and 1"),
    "NaN": (lambda *_: options({"cards": float("nan"), "cash": 0.5}), "bad-answer-values", "between 0 and 1"),
    "above one": (lambda *_: options({"cards": 1.5, "cash": -0.5}), "bad-answer-values", "between 0 and 1"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_failure_is_a_sentence_without_text_or_key(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ROUTER_KEY", KEY)
    script, code, words = CASES[name]
    with caplog.at_level(logging.DEBUG):
        error = failure(script, api_key_env="ROUTER_KEY")
    assert error.code == code
    assert words in str(error)
    assert str(error).split(" [")[0].endswith((".", "?"))
    for said in (everything_said(error), caplog.text):
        assert KEY not in said
        assert not any(word in said for word in ("Quimby", "violet"))


def test_a_reply_without_end_is_cut() -> None:
    error = failure(lambda *_: Told(200, b" " * 100_000), {"max_reply_bytes": 10_000})
    assert error.code == "bad-reply"
    assert "10,000 bytes" in str(error)


def test_a_trickle_meets_its_deadline() -> None:
    error = failure(lambda *_: Told(200, json.dumps(OK).encode() * 20, trickle=0.02), {"timeout": 0.15})
    assert error.code == "endpoint-unreachable"
    assert "0.15 seconds" in str(error)


def test_a_dead_host_is_said_soon() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelError, match="Is the server running") as caught:
        decision(f"http://127.0.0.1:{port}", manners={"patience": 600}).answer([SECRET_TEXT])
    assert caught.value.code == "endpoint-unreachable"
    assert "Quimby" not in everything_said(caught.value)


def test_a_server_without_encryption_is_no_https(tmp_path: Path) -> None:
    with serving(decides) as server, pytest.raises(ModelError, match="certificate") as caught:
        decision(server.url.replace("http://", "https://")).answer(["x"])
    assert caught.value.code == "endpoint-unreachable"


def test_an_unknown_certificate_is_refused_and_one_of_your_own_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {name: str(tmp_path / name) for name in ("key.pem", "cert.pem")}
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*made, "-keyout", files["key.pem"], "-out", files["cert.pem"]], check=True, capture_output=True)
    server = ToyServer(decides)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["cert.pem"], files["key.pem"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        with pytest.raises(ModelError, match="SSL_CERT_FILE"):
            decision(server.url.replace("http://127.0.0.1", "https://localhost")).answer(["x"])
        assert server.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", files["cert.pem"])
        decision(server.url.replace("http://127.0.0.1", "https://localhost")).answer(["x"])
    finally:
        server.shutdown()
        server.server_close()
    assert server.answered == ["x"]


def test_a_missing_key_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUTER_KEY", raising=False)
    with serving(decides) as server:
        box = decision(server.url, api_key_env="ROUTER_KEY")
        with pytest.raises(InputError, match="ROUTER_KEY") as caught:
            box.answer(["x"])
        assert caught.value.code == "missing-key"
        assert server.seen == []
        monkeypatch.setenv("ROUTER_KEY", KEY)
        box.answer(["x"])
        assert server.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(vars(box)) + repr(box) + repr(box.details) + repr(pickle.dumps(box))


def test_a_key_may_come_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backend import KeyringBackend

    class Toy(KeyringBackend):
        priority = 1.0  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            return KEY if (service, username) == ("router", "me") else None

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

    before = keyring.get_keyring()
    keyring.set_keyring(Toy())
    try:
        with serving(decides) as server:
            decision(server.url, keyring="router:me").answer(["x"])
            with pytest.raises(InputError, match="keyring"):
                decision(server.url, keyring="router:you").answer(["x"])
    finally:
        keyring.set_keyring(before)
    assert server.seen[0].headers["Authorization"] == f"Bearer {KEY}"


def test_a_proxy_of_the_environment_never_sees_texts_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(decides) as proxy, serving(decides) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        decision(server.url).answer(["x"])
    assert (len(proxy.seen), len(server.seen)) == (0, 1)


def test_a_server_that_asks_to_wait_is_waited_for() -> None:
    waits = {
        0: told({}, 429, Retry_After="0.2"),
        1: told({}, 503, Retry_After=formatdate(time.time() - 5, usegmt=True)),
    }
    with serving(lambda path, body, number: waits.get(number) or told(OK)) as server:
        decision(server.url, manners={"patience": 5}).answer(["x"])
        times = [seen.at for seen in server.seen]
    assert len(times) == 3
    assert times[1] - times[0] >= 0.2  # no limit above: a slow machine only makes it longer


def test_no_more_requests_are_in_flight_than_allowed() -> None:
    def slow(path: str, body: dict[str, Any], number: int) -> Told:
        time.sleep(0.02)
        return told(OK)

    with serving(slow) as server:
        decision(server.url, manners={"concurrency": 3}).answer([f"text {n}" for n in range(20)])
    assert 1 < server.most_in_flight <= 3


def test_the_rate_is_kept() -> None:
    with serving(decides) as server:
        decision(server.url, manners={"requests_per_minute": 1200}).answer([f"text {n}" for n in range(5)])
        times = sorted(seen.at for seen in server.seen)
    assert (
        times[-1] - times[0] >= 4 * 0.05 * 0.9
    )  # four gaps of a twentieth of a second; sent may be seen a little late


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ({"max_calls": 4}, 4),
        ({"max_tokens": 1000}, 1000 // 50),
        ({"max_cost": 0.001, "input_price": 1.0}, 1000 // 50),
    ],
)
def test_a_budget_is_kept_and_what_it_paid_for_too(limit: dict[str, Any], most: int) -> None:
    kept: list[str] = []
    with serving(decides) as server:
        box = decision(server.url, manners=limit)
        with pytest.raises(ModelError, match="budget of") as caught:
            box.answer_each([f"text {n}" for n in range(50)], lambda texts, _: kept.extend(texts))
    assert caught.value.code == "budget-spent"
    assert 0 < len(server.seen) <= most
    assert sorted(kept) == sorted(server.texts)
    assert box.spent["calls"] == len(server.seen)


def test_answers_before_and_beside_a_failure_are_kept() -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if asked_text(body) == "bad":
            return told({}, 400)
        time.sleep(0.05)
        return told(OK)

    store = MemoryStore()
    texts = ["a", "b", "bad", "c", "d", "e", "f"]
    with serving(script) as server:
        box = decision(server.url, manners={"concurrency": 4})
        with pytest.raises(ModelError, match="HTTP 400"):
            ask(box, texts, store)
        paid = set(server.texts) - {"bad"}
        assert set(store.get(box, texts)) == paid
        assert len(paid) >= 3
        server.script = lambda *_: told(OK)
        ask(box, texts, store)
        assert sorted(server.texts) == sorted([*texts, "bad"])


def test_answers_are_in_the_order_of_the_texts_whoever_comes_first() -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        time.sleep(0.05 if number == 0 else 0)
        return decides(path, body, number)

    with serving(script) as server:
        answers = ask(decision(server.url), ["my card", "x", "y", "my card"], MemoryStore())
    assert answers.probabilities[:, 0].round(6).tolist() == [0.9, 0.2, 0.2, 0.9]


def test_an_endpoint_is_asked_inside_a_running_event_loop() -> None:
    import asyncio

    async def notebook(url: str) -> Answers:
        return decision(url).answer(["my card"])

    with serving(decides) as server:
        assert asyncio.run(notebook(server.url)).probabilities.round(6).tolist() == [[0.9, 0.1]]


INTERRUPTED = """
import sys
from surrogate.query import ask
from surrogate.store import SqliteStore
from tests.endpoint_toys import decision
box = decision(sys.argv[1], manners={"concurrency": 4})
try:
    ask(box, [f"text {n}" for n in range(400)], SqliteStore(sys.argv[2]))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_ctrl_c_loses_no_paid_answer_and_asks_nothing_new(tmp_path: Path) -> None:
    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if number == 20:
            os.kill(process.pid, signal.SIGINT)
        time.sleep(0.02)
        return told(OK)

    with serving(script) as server:
        command = [sys.executable, "-c", INTERRUPTED, server.url, str(tmp_path / "answers.sqlite")]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        assert process.wait(timeout=60) == 130
        paid = server.texts
    known = SqliteStore(tmp_path / "answers.sqlite").get(decision(server.url), [f"text {n}" for n in range(400)])
    assert 20 < len(paid) < 400
    assert sorted(known) == sorted(paid)


def test_the_command_line_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    """Stopped by Ctrl-C and started again, an explanation pays for each text once, but for one canary."""
    names = ", ".join(f'{name} = "{words}"' for name, words in ROUTE["criteria"].items())
    words = [
        "my",
        "card",
        "was",
        "lost",
        "in",
        "the",
        "city",
        "market",
        "yesterday",
        "and",
        "I",
        "need",
        "another",
        "one",
        "very",
        "soon",
        "please",
    ]
    command = [sys.executable, "-m", "surrogate", "explain", " ".join(words), "--model", "box", "--calls", "128", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if number == 40:
            os.kill(process.pid, signal.SIGINT)
        time.sleep(0.01)
        return decides(path, body, number)

    with serving(script) as server:
        (tmp_path / "box").mkdir()
        (tmp_path / "box" / "model.toml").write_text(
            f'schema = 1\nname = "box"\nkind = "decision-endpoint"\nurl = "{server.url}"\nmodel = "m"\n'
            f'[questions.route]\ntype = "choice"\ncriteria = {{ {names} }}\n',
            encoding="utf-8",
        )
        with (tmp_path / "stderr").open("wb") as said:
            process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=said, stderr=said)
            assert process.wait(timeout=120) == 130
        said_ = (tmp_path / "stderr").read_text(encoding="utf-8")
        assert "Up to 128 texts" in said_
        assert "answers received so far are kept" in said_
        assert 40 < len(server.seen) < 100
        again = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert again.returncode in (0, 1), again.stderr
    # One stored text is asked again, to see whether the stored answers still hold.
    assert len(server.texts) == len(set(server.texts)) + 1
    assert 90 <= len(server.texts) <= 128


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    release = threading.Event()

    def script(path: str, body: dict[str, Any], number: int) -> Told:
        if number >= 20:
            release.wait(60)
        return told(OK)

    with serving(script) as server:
        command = [sys.executable, "-c", INTERRUPTED, server.url, str(tmp_path / "answers.sqlite")]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        while len(server.seen) < 24:
            time.sleep(0.01)
        for _ in range(2):
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=50) == 130
        assert not release.is_set()  # it ended while its requests were still held
        release.set()
    known = SqliteStore(tmp_path / "answers.sqlite").get(decision(server.url), [f"text {n}" for n in range(400)])
    assert len(known) == 20


def test_an_interrupt_while_answers_are_stored_loses_none() -> None:
    class Interrupted(MemoryStore):
        n_puts = 0

        def put(self, *args: Any, **more: Any) -> None:
            self.n_puts += 1
            if self.n_puts == 3:
                raise KeyboardInterrupt
            super().put(*args, **more)

    store = Interrupted()
    texts = [f"text {n}" for n in range(60)]
    with serving(decides) as server:
        box = decision(server.url, manners={"concurrency": 2})
        with pytest.raises(KeyboardInterrupt):
            ask(box, texts, store)
        assert set(store.get(box, texts)) == set(server.texts)


def test_a_server_that_dies_and_comes_back_is_waited_for_and_no_text_is_paid_twice() -> None:
    texts, store = [f"text {n}" for n in range(40)], MemoryStore()
    with serving(decides) as first:
        port = first.server_address[1]

        def dying(path: str, body: dict[str, Any], number: int) -> Told:
            if number == 12:
                first.dead = True
                threading.Thread(target=first.server_close).start()
            return decides(path, body, number)

        first.script = dying
        box = decision(first.url, manners={"concurrency": 3, "patience": 60, "first_wait": 0.05})
        restarted: list[list[str]] = []

        def restart() -> None:
            while not first.dead:
                time.sleep(0.01)
            time.sleep(0.3)
            with serving(decides, port) as second:
                finished.wait(60)
                restarted.append(second.answered)

        finished = threading.Event()
        thread = threading.Thread(target=restart)
        thread.start()
        try:
            assert len(ask(box, texts, store)) == 40
        finally:
            finished.set()
            thread.join()
        assert len(restarted[0]) > 20
        assert sorted(first.answered + restarted[0]) == sorted(texts)
