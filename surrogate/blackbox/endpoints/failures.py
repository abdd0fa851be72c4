"""What can go wrong between here and an endpoint, in sentences that hold neither text nor key."""

from __future__ import annotations

import email.utils
import json
import math
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from surrogate.errors import ModelError

__all__ = ["Failure", "backoff", "connection_failure", "quotable", "retry_after", "status_failure"]

_LONGEST_WAIT = 16.0
#: Characters that what a server says may share with the text; fewer beyond ASCII, where a character says more.
_SHARED, _SHARED_BEYOND_ASCII = 8, 3
_BUSY = (408, 425, 429, 502, 503, 504)
_ALWAYS = 10**9


@dataclass(frozen=True)
class Failure:
    """A request that was not answered.

    Parameters
    ----------
    code : str
    message : str
    tries : int, default 1
        How often to try in all, while patience lasts.
    wait : float, default 0
        Seconds that the server asks to wait.
    taken : bool, default False
        Whether the server may have done, and charged, the work.

    Examples
    --------
    >>> str(Failure("endpoint-busy", "The server is busy. Try later.").error())
    'The server is busy. Try later. [endpoint-busy]'
    """

    code: str
    message: str
    tries: int = 1
    wait: float = 0.0
    taken: bool = False

    def error(self) -> ModelError:
        """The failure as an error."""
        return ModelError(self.code, self.message)


def backoff(attempt: int, first: float) -> float:
    """Seconds before the next attempt: doubled each time, at most 16.

    Examples
    --------
    >>> [backoff(attempt, 0.5) for attempt in range(7)]
    [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 16.0]
    """
    return min(first * 2 ** min(attempt, 30), _LONGEST_WAIT)


def retry_after(value: str | None, now: datetime | None = None) -> float:
    """Seconds that a ``Retry-After`` header asks to wait, as seconds or as a date; 0 where there is none to read.

    References
    ----------
    RFC 9110, section 10.2.3.

    Examples
    --------
    >>> retry_after("2.5"), retry_after(None), retry_after("soon")
    (2.5, 0.0, 0.0)
    >>> retry_after("Wed, 21 Oct 2015 07:28:10 GMT", datetime(2015, 10, 21, 7, 28, tzinfo=UTC))
    10.0
    """
    try:
        seconds = float(value or 0)
        return max(0.0, seconds) if math.isfinite(seconds) else 0.0
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(value or "")
    except ValueError:
        return 0.0
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def connection_failure(error: BaseException, place: str, timeout: float, reached: bool) -> Failure:
    """The failure behind an exception of the HTTP client.

    Parameters
    ----------
    error : BaseException
    place : str
        Host and port.
    timeout : float
        Seconds that one request may take.
    reached : bool
        Whether the server has answered before.
    """
    kinds = [type(each).__name__ for each in _chain(error)]
    if any(isinstance(each, ssl.SSLError) for each in _chain(error)):
        return Failure(
            "endpoint-unreachable",
            f"No secure connection to {place} could be made. Check the certificate and the host name in the URL; where the "
            "server speaks plain HTTP, the URL begins with http://. A certificate authority of your own is named with "
            "SSL_CERT_FILE.",
        )
    if kinds[0] in ("ConnectError", "ConnectTimeout"):
        return Failure(
            "endpoint-unreachable",
            f"Nothing answers at {place}. Is the server running, and are host and port of the URL right? Answers received so "
            "far are kept; explain again when it is back.",
            tries=_ALWAYS if reached else 4,
        )
    if isinstance(error, TimeoutError) or "Timeout" in kinds[0]:
        return Failure(
            "endpoint-unreachable",
            f"{place} did not finish an answer within {timeout:g} seconds. Allow more with timeout, or ask less at a time "
            "with concurrency.",
            tries=2,
            taken=True,
        )
    return Failure(
        "endpoint-unreachable",
        f"The connection to {place} broke off before the answer was whole ({kinds[0]}). Look at the server's log; answers "
        "received so far are kept.",
        tries=_ALWAYS if reached else 4,
        taken=True,
    )


def _chain(error: BaseException) -> Iterable[BaseException]:
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or each.__context__


def status_failure(status: int, place: str, wait: float, location: str, words: str) -> Failure | None:
    """The failure that an HTTP status means; None: there is none.

    Parameters
    ----------
    status : int
    place : str
    wait : float
        Seconds of ``Retry-After``.
    location : str
        Host of a redirect.
    words : str
        What the server says, where it may be quoted.
    """
    if 200 <= status < 300:
        return None
    if status in _BUSY:
        asked = f" and asks to wait {wait:g} seconds" if wait else ""
        return Failure(
            "endpoint-busy",
            f"{place} is busy (HTTP {status}){asked}. Ask less with requests_per_minute and concurrency, or wait longer with "
            "patience; answers received so far are kept.",
            tries=_ALWAYS,
            wait=wait,
        )
    if status >= 500:
        return Failure(
            "endpoint-busy",
            f"{place} failed (HTTP {status}){words}. Look at the server's log; answers received so far are kept.",
            tries=4 if status == 500 else 1,
            wait=wait,
        )
    if 300 <= status < 400:
        return Failure(
            "endpoint-refused",
            f"{place} redirects to {location or 'another place'} (HTTP {status}), and redirects are not followed: text and key "
            "go where you said. Where that place is right, write it in the URL.",
        )
    return Failure("endpoint-refused", f"{place} refused the request (HTTP {status}){words}. {_advice(status)}")


def _advice(status: int) -> str:
    if status in (401, 403):
        return "Check the key: name its environment variable with api_key_env, and see that the key may use this model."
    if status == 402:
        return "The account has no credit left; answers received so far are kept."
    if status in (404, 405):
        return "Check the URL, which must be the base URL without the path of a method, and the name of the model."
    if status == 413:
        return "The text is too long for the server; explain a passage of it. For embeddings: send fewer at once (batch_size)."
    return (
        "Check the name of the model, the question and the request fields against what the server offers; for embeddings also "
        "batch_size."
    )


def quotable(raw: bytes, secrets: Iterable[str]) -> str:
    """What a server says about a refused request, where it repeats nothing of the text or the key; else nothing.

    Parameters
    ----------
    raw : bytes
        The body of the answer.
    secrets : iterable of str
        Text and key.

    Examples
    --------
    >>> quotable(b'{"detail": "The labels are not single tokens."}', ["my card is lost"])
    ': The labels are not single tokens'
    >>> quotable(b'{"detail": "Bad input: my card is lost"}', ["my card is lost"])
    ''
    """
    words = " ".join(_message(raw).split()).rstrip(".")
    if not words or len(words) > 300 or not words.isprintable():
        return ""
    if any(_shares(words.casefold(), secret.casefold()) for secret in secrets):
        return ""
    return f": {words}"


def _message(raw: bytes) -> str:
    try:
        reply = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    for key in ("error", "detail", "message", "msg"):
        while isinstance(reply, dict | list) and reply:
            inner = reply[0] if isinstance(reply, list) else reply.get(key)
            if inner is None:
                break
            reply = inner
    return reply if isinstance(reply, str) else ""


def _shares(words: str, secret: str) -> bool:
    if not secret.strip():
        return False
    for start in range(len(secret)):
        window = secret[start : start + _SHARED]
        if not window.isascii():
            window = secret[start : start + _SHARED_BEYOND_ASCII]
        whole = len(window) >= (_SHARED if window.isascii() else _SHARED_BEYOND_ASCII) or window == secret
        if whole and window.strip() and window in words:
            return True
    return False
