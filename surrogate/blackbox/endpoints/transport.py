"""Transport: one JSON request to an endpoint, with patience, pace and budget."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from surrogate.blackbox.endpoints.address import Address
from surrogate.blackbox.endpoints.failures import (
    Failure,
    backoff,
    connection_failure,
    quotable,
    retry_after,
    status_failure,
)
from surrogate.blackbox.endpoints.ledger import Ledger, Reservation
from surrogate.blackbox.endpoints.manners import Manners
from surrogate.blackbox.endpoints.pace import Pace, rest

__all__ = ["State", "Transport", "opened"]

_ROOM_POLL = 0.02


@dataclass
class State:
    """What one black box remembers of its endpoint while the process lives.

    Examples
    --------
    >>> State.begin(Manners(max_calls=3)).ledger.calls
    0
    """

    ledger: Ledger
    pace: Pace
    reached: bool = False
    served: str = ""
    dimensions: int = 0
    votes: dict[tuple[str, int], list[int | None]] = field(default_factory=dict)

    @classmethod
    def begin(cls, manners: Manners) -> State:
        """A fresh state: nothing asked, nothing spent."""
        return cls(Ledger(manners), Pace(manners.requests_per_minute))


@asynccontextmanager
async def opened(
    address: Address, manners: Manners, key: str | None, state: State, stop: asyncio.Event
) -> AsyncIterator[Transport]:
    """A transport with open connections.

    Parameters
    ----------
    address : Address
    manners : Manners
    key : str or None
        Sent as a bearer token.
    state : State
    stop : asyncio.Event
        Set when no new work may begin.
    """
    import httpx2

    client = httpx2.AsyncClient(
        verify=_certificates(address),
        # A proxy named in the environment would carry texts for this machine away from it.
        trust_env=not address.is_loopback,
        follow_redirects=False,
        timeout=httpx2.Timeout(manners.timeout, connect=min(10.0, manners.timeout), pool=None),
        limits=httpx2.Limits(max_connections=manners.concurrency, max_keepalive_connections=manners.concurrency),
    )
    async with client:
        yield Transport(client, address, manners, key, state, stop)


def _certificates(address: Address) -> ssl.SSLContext | bool:
    if address.scheme == "http":
        # Reading the certificates of all authorities takes longer than an answer; here none is needed, and none trusted.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Without the environment's proxies the client would not read SSL_CERT_FILE; the default context does.
    return ssl.create_default_context() if address.is_loopback else True


class Transport:
    """Sends JSON and brings back JSON.

    Parameters
    ----------
    client : httpx2.AsyncClient
    address : Address
    manners : Manners
    key : str or None
    state : State
    stop : asyncio.Event

    Examples
    --------
    >>> stop = asyncio.Event()
    >>> Transport(None, Address("http", "localhost", 80, ""), Manners(), None, State.begin(Manners()), stop)
    Transport('localhost:80')
    """

    def __init__(
        self, client: Any, address: Address, manners: Manners, key: str | None, state: State, stop: asyncio.Event
    ) -> None:
        self._client = client
        self._address = address
        self._manners = manners
        self._key = key
        self._state = state
        self._stop = stop

    def __repr__(self) -> str:
        return f"Transport({self._address.place!r})"

    async def post(
        self, path: str, body: dict[str, Any], text: str | Sequence[str], output_tokens: int = 0
    ) -> dict[str, Any]:
        """Send one request and bring back its answer, after as many attempts as manners allow.

        Parameters
        ----------
        path : str
        body : dict
            JSON values.
        text : str or sequence of str
            What no message may repeat.
        output_tokens : int, default 0
            Tokens that the answer may have, for the budget.

        Raises
        ------
        ModelError
            ``endpoint-unreachable``, ``endpoint-refused``, ``endpoint-busy``, ``bad-reply`` or ``budget-spent``.
        Stopped
            When the work is stopped before the request is answered.
        """
        texts = [text] if isinstance(text, str) else list(text)
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        attempt, waited = 0, 0.0
        while True:
            pause = self._state.pace.take()
            if pause > 0:
                await rest(pause, self._stop)
            held = await self._room(len(content), output_tokens)
            answer = await self._attempt(path, content, texts, held)
            if isinstance(answer, dict):
                self._state.reached = True
                return answer
            wait = max(backoff(attempt, self._manners.first_wait), answer.wait)
            attempt, waited = attempt + 1, waited + wait
            if attempt >= answer.tries or waited > self._manners.patience:
                raise answer.error()
            if answer.wait:
                self._state.pace.pause(answer.wait)
            await rest(wait, self._stop)

    async def _room(self, body_bytes: int, output_tokens: int) -> Reservation:
        while (held := self._state.ledger.reserve(body_bytes, output_tokens)) is None:
            await rest(_ROOM_POLL, self._stop)
        return held

    async def _attempt(
        self, path: str, content: bytes, texts: list[str], held: Reservation
    ) -> dict[str, Any] | Failure:
        """One attempt; what it cost is booked whatever becomes of it."""
        usage: Any = None
        taken = True
        try:
            answer = await self._exchange(path, content, texts)
            taken = not isinstance(answer, Failure) or answer.taken
            usage = answer.get("usage") if isinstance(answer, dict) else None
            return answer
        finally:
            if taken:
                self._state.ledger.settle(held, usage if isinstance(usage, dict) else None)
            else:
                self._state.ledger.release(held)

    async def _exchange(self, path: str, content: bytes, texts: list[str]) -> dict[str, Any] | Failure:
        import httpx2

        try:
            async with asyncio.timeout(self._manners.timeout):
                return await self._send(path, content, texts)
        except (TimeoutError, httpx2.RequestError) as error:
            # Returned, not raised from here: the exception of the client holds the request, and so text and key.
            return connection_failure(error, self._address.place, self._manners.timeout, self._state.reached)

    async def _send(self, path: str, content: bytes, texts: list[str]) -> dict[str, Any] | Failure:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        url = self._address.url(path)
        async with self._client.stream("POST", url, content=content, headers=headers) as response:
            raw = await self._read(response)
            if isinstance(raw, Failure):
                return raw
            secrets = texts if self._key is None else [*texts, self._key]
            location = urlsplit(response.headers.get("location", "")).netloc.rpartition("@")[2]
            wait = retry_after(response.headers.get("retry-after"))
            words = "" if response.is_success else quotable(raw, secrets)
            failed = status_failure(response.status_code, self._address.place, wait, location, words)
            return self._json(raw) if failed is None else failed

    async def _read(self, response: Any) -> bytes | Failure:
        if response.headers.get("content-encoding", "identity") != "identity":
            return self._bad("answered in a compressed form that was not asked for")
        parts, size = [], 0
        async for part in response.aiter_raw():
            parts.append(part)
            size += len(part)
            if size > self._manners.max_reply_bytes:
                return self._bad(f"answered with more than {self._manners.max_reply_bytes:,} bytes (max_reply_bytes)")
        return b"".join(parts)

    def _json(self, raw: bytes) -> dict[str, Any] | Failure:
        try:
            reply = json.loads(raw)
        except (ValueError, RecursionError):
            what = "a web page" if raw.lstrip()[:1] == b"<" else "something else"
            return self._bad(f"answered with {what} instead of JSON")
        return reply if isinstance(reply, dict) else self._bad("answered with JSON that is no object")

    def _bad(self, what: str) -> Failure:
        return Failure(
            "bad-reply",
            f"{self._address.place} {what}. Is the URL the base URL of the service, and not that of a page or a proxy?",
            taken=True,
        )
