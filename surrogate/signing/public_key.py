"""Public keys, and lists of those that are trusted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.errors import InputError

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

__all__ = ["PublicKey", "read_trust"]

_HEX = re.compile(r"[0-9a-f]{64}")

_LARGEST = 1 << 20


@dataclass(frozen=True)
class PublicKey:
    """The public half of an Ed25519 key pair.

    Parameters
    ----------
    public : str
        32 bytes in hexadecimal.
    name : str
        Of whoever holds the private half, as the list of trusted keys says; no signature covers it.

    Examples
    --------
    >>> key = PublicKey("d7" * 32, "Reviewer")
    >>> key.keyid[:8], PublicKey.from_dict(key.to_dict()) == key
    ('a126f869', True)
    """

    public: str
    name: str

    @property
    def keyid(self) -> str:
        """SHA-256 of the key, as securesystemslib computes it."""
        import hashlib

        from surrogate.canonical import canonical_bytes

        told = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": self.public}}
        return hashlib.sha256(canonical_bytes(told)).hexdigest()

    @property
    def sslib(self) -> SSlibKey:
        """The key as securesystemslib verifies with it."""
        from securesystemslib.signer import SSlibKey

        return SSlibKey(self.keyid, "ed25519", "ed25519", {"public": self.public})

    def to_dict(self) -> dict[str, Any]:
        """The form of a file of trusted keys."""
        return {
            "keyid": self.keyid,
            "keytype": "ed25519",
            "scheme": "ed25519",
            "keyval": {"public": self.public},
            "name": self.name,
        }

    @classmethod
    def from_dict(cls, told: object) -> PublicKey:
        """Read what :meth:`to_dict` gives.

        Raises
        ------
        InputError
            ``bad-key``, also where the key's id is not that of the key.
        """
        value = told.get("keyval") if isinstance(told, dict) else None
        public = value.get("public") if isinstance(value, dict) else None
        if not isinstance(told, dict) or not isinstance(public, str) or not _HEX.fullmatch(public):
            raise _bad('a key is {"keyid", "keytype", "scheme", "keyval": {"public": 64 hexadecimal digits}, "name"}')
        if (told.get("keytype"), told.get("scheme")) != ("ed25519", "ed25519"):
            raise _bad("keys are of the type ed25519")
        key = cls(public, str(told.get("name") or ""))
        if told.get("keyid") != key.keyid:
            raise _bad(f"the id of the key is not that of the key, {key.keyid}")
        return key


def read_trust(path: str | Path) -> tuple[PublicKey, ...]:
    """The keys of a file: one public key, or a list of them.

    Raises
    ------
    InputError
        ``bad-key``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     file = Path(there) / "trusted.json"
    ...     _ = file.write_text(json.dumps([PublicKey("d7" * 32, "Reviewer").to_dict()]))
    ...     [key.name for key in read_trust(file)]
    ['Reviewer']
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except OSError as error:
        raise _bad(f"{file} cannot be read ({error.strerror or error})") from error
    if len(content) > _LARGEST:
        raise _bad(f"{file.name} is larger than any list of keys")
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _bad(f"{file.name} is not JSON; public keys are in files that end in .pub.json") from error
    keys = tuple(PublicKey.from_dict(one) for one in (told if isinstance(told, list) else [told]))
    if not keys:
        raise _bad(f"{file.name} lists no key")
    return keys


def _bad(what: str) -> InputError:
    return InputError(
        "bad-key", f"The public key cannot be used: {what}. `surrogate keys show NAME` prints one as it is."
    )
