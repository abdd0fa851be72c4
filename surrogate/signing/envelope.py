"""Dead Simple Signing Envelopes: what was signed, with its signatures.

References
----------
secure-systems-lab/dsse, protocol and envelope v1.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from surrogate.canonical import canonical_bytes
from surrogate.errors import InputError
from surrogate.signing.statement import HEX

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope

    from surrogate.signing.keys import PublicKey, SigningKey

__all__ = ["PAYLOAD_TYPE", "open_envelope", "seal", "signers"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def seal(statement: dict[str, Any], key: SigningKey) -> bytes:
    """Sign a statement; the canonical bytes of the envelope.

    Examples
    --------
    >>> import tempfile
    >>> from surrogate.signing.keys import load_key, make_key
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     key = load_key(make_key("ada", folder))
    >>> envelope, statement = open_envelope(seal({"scope": "all"}, key))
    >>> statement, [one.name for one in signers(envelope, [key.public])]
    ({'scope': 'all'}, ['ada'])
    """
    from securesystemslib.dsse import Envelope

    envelope = Envelope(canonical_bytes(statement), PAYLOAD_TYPE, {})
    envelope.sign(key.signer)
    return canonical_bytes(envelope.to_dict())


def open_envelope(content: bytes) -> tuple[Envelope, dict[str, Any]]:
    """Read an envelope and the statement in it.  Who signed it is another question: :func:`signers`.

    Bytes other than the canonical ones are refused: base64 and JSON may be written in many ways, and a file that can be
    changed without being noticed is no evidence.

    Raises
    ------
    InputError
        ``bad-signature``.
    """
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import Error

    try:
        envelope = Envelope.from_dict(json.loads(content))
        statement = json.loads(envelope.payload)
        same = canonical_bytes(envelope.to_dict()) == content and canonical_bytes(statement) == envelope.payload
    except (Error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise bad_signature("it is no signing envelope with a statement in it") from error
    if not same or not isinstance(statement, dict):
        raise bad_signature("its bytes are not the canonical ones")
    for keyid, signature in envelope.signatures.items():
        # What stands beside a signature is not signed: an id that is more than an id, or an entry more, is no part of it.
        if not isinstance(keyid, str) or not HEX.fullmatch(keyid) or signature.unrecognized_fields:
            raise bad_signature("it says more about a key than its id")
    if envelope.payload_type != PAYLOAD_TYPE or not envelope.signatures:
        raise bad_signature(f"it holds no signed {PAYLOAD_TYPE}")
    return envelope, statement


def signers(envelope: Envelope, keys: Iterable[PublicKey]) -> tuple[PublicKey, ...]:
    """Which of some public keys signed an envelope."""
    from securesystemslib.exceptions import VerificationError

    found = []
    for key in keys:
        try:
            envelope.verify([key.sslib], 1)
        except VerificationError:
            continue
        found.append(key)
    return tuple(found)


def bad_signature(what: str) -> InputError:
    """The error for a signature that cannot be read."""
    return InputError(
        "bad-signature",
        f"The signature cannot be used: {what}. It was changed, or something else wrote it; ask the signer to sign again.",
    )
