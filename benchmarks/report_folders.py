"""Report folders to be tampered with: written, listed in a manifest and signed, as the formats of a report say."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from surrogate.canonical import canonical_bytes, digest

__all__ = ["DAY", "Signer", "seal", "sign"]

#: The day on which signatures are made.
DAY = "2026-03-02"

_STATEMENT, _PAYLOAD = "https://in-toto.io/Statement/v1", "application/vnd.in-toto+json"


class Signer:
    """A key pair with the name of its owner; the secret follows from the name, which no real key should."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.secret = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
        self.public = self.secret.public_key().public_bytes_raw().hex()
        told = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": self.public}}
        self.keyid = digest(canonical_bytes(told))
        self.key = {**told, "keyid": self.keyid, "name": name}

    def trust_file(self, folder: Path) -> Path:
        """The public key as a file."""
        path = folder / f"{self.name}.pub.json"
        path.write_text(json.dumps(self.key), encoding="utf-8")
        return path


def seal(folder: Path, previous: str | None = None) -> None:
    """List every file of a folder in its manifest."""
    record = json.loads((folder / "report.json").read_bytes())
    content = digest(canonical_bytes(record))
    predicate = {
        "report_id": content[:16],
        "record": {"sha256": content},
        "schema": record["schema"],
        "schema_version": record["schema_version"],
        "kind": record["kind"],
        "generator": {
            "name": "surrogate-explainer",
            "version": record["production"]["versions"]["surrogate-explainer"],
        },
        "previous": previous,
    }
    (folder / "manifest.json").write_bytes(_statement(_subjects(folder), "manifest:1", predicate))


def sign(folder: Path, signer: Signer, role: str = "author", decision: str = "issue", **more: Any) -> Path:
    """Sign the files that the manifest lists."""
    listed = json.loads((folder / "manifest.json").read_bytes())
    predicate = {
        "role": role,
        "decision": decision,
        "scope": "the whole report",
        "comment": "",
        "date": DAY,
        "expires": None,
        "name": signer.name,
        "record": listed["predicate"]["record"],
        **more,
    }
    payload = _statement(listed["subject"], "signature:1", predicate)
    signed = b"DSSEv1 %d %s %d %s" % (len(_PAYLOAD), _PAYLOAD.encode(), len(payload), payload)
    envelope = {
        "payload": base64.b64encode(payload).decode("ascii"),
        "payloadType": _PAYLOAD,
        "signatures": [{"keyid": signer.keyid, "sig": base64.b64encode(signer.secret.sign(signed)).decode("ascii")}],
    }
    path = folder / "signatures" / f"{role}-{signer.keyid[:8]}.dsse.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(canonical_bytes(envelope))
    return path


def _subjects(folder: Path) -> list[dict[str, Any]]:
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return [
        {"name": name, "digest": {"sha256": digest((folder / name).read_bytes())}}
        for name in sorted(names)
        if name != "manifest.json" and not name.startswith("signatures/")
    ]


def _statement(subjects: list[dict[str, Any]], kind: str, predicate: dict[str, Any]) -> bytes:
    return canonical_bytes(
        {
            "_type": _STATEMENT,
            "subject": subjects,
            "predicateType": f"urn:surrogate-explainer:{kind}",
            "predicate": predicate,
        }
    )
