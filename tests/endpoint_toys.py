"""A small HTTP server on loopback that answers as it is told, and the endpoints that ask it."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from surrogate.blackbox.endpoints import Access, ChatEndpoint, DecisionEndpoint, Decoding, EmbeddingEndpoint, Manners
from surrogate.blackbox.spec import Prompt

ROUTE = {"type": "choice", "instructions": "Which desk?", "criteria": {"cards": "lost cards", "cash": "machines"}}
FAST = {"first_wait": 0.001, "patience": 0.05, "timeout": 5.0}


class Told(NamedTuple):
    """What the server answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    trickle: float = 0.0


Script = Callable[[str, dict[str, Any], int], Told]


class Seen(NamedTuple):
    """What the server was asked."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    at: float


class ToyServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: Script, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script, self.seen, self.lock = script, [], threading.Lock()
        self.in_flight = self.most_in_flight = 0
        self.answered: list[str] = []
        self.dead = False

    seen: list[Seen]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def texts(self) -> list[str]:
        return [asked_text(seen.body) for seen in self.seen]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ToyServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.seen.append(Seen(self.path, json.loads(raw), dict(self.headers), time.monotonic()))
            number = len(self.server.seen) - 1
            self.server.in_flight += 1
            self.server.most_in_flight = max(self.server.most_in_flight, self.server.in_flight)
        told = self.server.script(self.path, self.server.seen[number].body, number)
        with self.server.lock:
            self.server.in_flight -= 1
        if self.server.dead:  # as a process that is killed: the connection breaks
            self.close_connection = True
            return
        self.server.answered.append(asked_text(self.server.seen[number].body))
        self.send_response(told.status)
        for name, value in ({"Content-Length": str(len(told.body))} | told.headers).items():
            self.send_header(name, value)
        self.end_headers()
        for start in range(0, len(told.body), 1 if told.trickle else len(told.body) or 1):
            self.wfile.write(told.body[start : start + 1] if told.trickle else told.body)
            self.wfile.flush()
            time.sleep(told.trickle)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serving(script: Script, port: int = 0) -> Iterator[ToyServer]:
    server = ToyServer(script, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked_text(body: dict[str, Any]) -> str:
    if "state" in body or "input" in body:
        return str(body.get("state", body.get("input")))
    return str(body["messages"][-1]["content"]).removeprefix("Which desk?\n")


def told(value: Any, status: int = 200, **headers: str) -> Told:
    return Told(status, json.dumps(value).encode(), {name.replace("_", "-"): each for name, each in headers.items()})


def share(text: str) -> float:
    """Probability of cards, by the words of a text."""
    return 0.9 if "card" in text else 0.2


def decides(path: str, body: dict[str, Any], number: int) -> Told:
    """A well-behaved decision server."""
    p = share(asked_text(body))
    answer = {"type": "choice", "choice": "cards", "confidence": 0.123, "probabilities": {"cards": p, "cash": 1 - p}}
    usage = {"input_tokens": 50, "output_tokens": 0}
    return told({"model": "router-1", "answers": dict.fromkeys(body["questions"], answer), "usage": usage})


def chats(content: str | None, logprobs: Any = None, **message: Any) -> Told:
    choice = {"message": {"role": "assistant", "content": content, **message}, "logprobs": logprobs}
    return told({"model": "m", "choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 2}})


def decision(
    url: str, questions: dict[str, Any] | None = None, manners: dict[str, Any] | None = None, **more: Any
) -> Any:
    names = ("api_key_env", "keyring", "allow_remote", "served_model", "expires_after")
    access = {name: more.pop(name) for name in names if name in more}
    return DecisionEndpoint(
        Access.to(url, manners=Manners(**(FAST | (manners or {}))), **access),
        "router",
        questions or {"route": ROUTE},
        **more,
    )


def chat(
    url: str, labels: tuple[str, ...] = ("cards", "cash"), manners: dict[str, Any] | None = None, **more: Any
) -> Any:
    decoding = Decoding(**more.pop("decoding", {}))
    access = Access.to(url, manners=Manners(**(FAST | (manners or {}))))
    return ChatEndpoint(access, "m", labels, Prompt("Which desk?\n{text}"), decoding=decoding, **more)


def vector(text: str, dimensions: int = 8) -> list[float]:
    """A vector that the words of a text decide: near for texts with words in common."""
    sums = [0.0] * dimensions
    for word in ["", *text.split()]:
        for place, byte in enumerate(hashlib.sha256(word.encode()).digest()[:dimensions]):
            sums[place] += byte / 128 - 1
    return sums


def embeds(path: str, body: dict[str, Any], number: int) -> Told:
    """A well-behaved server of embeddings, which answers in the opposite order."""
    data = [
        {"object": "embedding", "index": place, "embedding": vector(text, body.get("dimensions", 8))}
        for place, text in enumerate(body["input"])
    ]
    return told(
        {"object": "list", "model": "e-1", "data": data[::-1], "usage": {"prompt_tokens": 5, "total_tokens": 5}}
    )


def embedding(url: str, manners: dict[str, Any] | None = None, **more: Any) -> Any:
    names = ("api_key_env", "allow_remote", "served_model", "expires_after", "tolerance")
    access = {name: more.pop(name) for name in names if name in more}
    return EmbeddingEndpoint(Access.to(url, manners=Manners(**(FAST | (manners or {}))), **access), "e", **more)
