"""DSSE envelopes: a payload with signatures over it and over its type."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from surrogate.verifying.canonical_json import canonical_json
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.strict_json import strict_json

__all__ = ["Envelope", "exact_base64", "read_envelope", "signed_bytes"]

#: The largest envelope that is read, in bytes.
_MOST_ENVELOPE = 4 * 2**20


@dataclass(frozen=True)
class Envelope:
    """A payload with its signatures, none of them checked yet.

    Parameters
    ----------
    payload_type : str
    payload : bytes
    signatures : tuple of (str, bytes)
        The identifier of the key that each claims, and the signature.

    Examples
    --------
    >>> Envelope("text/plain", b"hello", ()).signed
    b'DSSEv1 10 text/plain 5 hello'
    """

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]

    @property
    def signed(self) -> bytes:
        """The bytes that are signed."""
        return signed_bytes(self.payload_type, self.payload)


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding of a payload.

    References
    ----------
    DSSE protocol 1.0.2, "PAE": https://github.com/secure-systems-lab/dsse/blob/master/protocol.md

    Examples
    --------
    >>> signed_bytes("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def exact_base64(text: Any, file: str) -> bytes:
    """Bytes of base64 in its one exact form: padded, without spaces, without bits that are thrown away.

    Raises
    ------
    UnreadableError

    Examples
    --------
    >>> exact_base64("aGk=", "a")
    b'hi'
    >>> exact_base64("aGl=", "a")
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: a: It holds base64 that is not exact.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise UnreadableError(file, f"It holds base64 that cannot be read: {error}.") from error
    if base64.b64encode(content).decode("ascii") != text:
        raise UnreadableError(file, "It holds base64 that is not exact.")
    return content


def read_envelope(content: bytes, file: str) -> Envelope:
    """Read an envelope.

    Raises
    ------
    UnreadableError
    """
    value = strict_json(content, file, _MOST_ENVELOPE)
    if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
        raise UnreadableError(file, "A DSSE envelope has exactly payload, payloadType and signatures.")
    if canonical_json(value) != content:
        raise UnreadableError(file, "It is not in canonical form: it was changed after it was signed.")
    listed = value["signatures"]
    if not isinstance(value["payloadType"], str) or not isinstance(listed, list) or not listed:
        raise UnreadableError(file, "A DSSE envelope has a type and at least one signature.")
    signatures = tuple(_signature(one, file) for one in listed)
    return Envelope(value["payloadType"], exact_base64(value["payload"], file), signatures)


def _signature(one: Any, file: str) -> tuple[str, bytes]:
    if not isinstance(one, dict) or set(one) != {"keyid", "sig"} or not isinstance(one["keyid"], str):
        raise UnreadableError(file, "A signature has exactly keyid and sig.")
    return one["keyid"], exact_base64(one["sig"], file)
