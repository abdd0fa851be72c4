"""Signatures of a report: who signed what, in which role, until when; and what nobody signed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from surrogate.verifying.canonical_json import canonical_json, sha256_hex
from surrogate.verifying.dsse import Envelope, read_envelope
from surrogate.verifying.ed25519 import verify_ed25519
from surrogate.verifying.folder import list_files, read_content
from surrogate.verifying.manifest import MANIFEST, SIGNATURES, STATEMENT, Manifest, subjects_of
from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.strict_json import strict_json

__all__ = ["Signature", "TrustedKey", "check_signatures", "read_trust"]

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SIGNATURE_PREDICATE = "urn:surrogate-explainer:signature:1"
_SIGNATURE_FIELDS = {"role", "decision", "scope", "comment", "date", "expires", "name", "record"}
_ROLES, _DECISIONS = ("author", "reviewer", "approver"), ("issue", "approve", "reject", "conditions")

#: Whether the key of a signature is known: given as trusted; not among those; or nobody said which keys are.
TRUSTED, STRANGER, UNCHECKED = "trusted", "stranger", "not checked"

_HEX_DIGITS = re.compile(r"[0-9a-f]+\Z")


@dataclass(frozen=True)
class TrustedKey:
    """A public key that the reader trusts, with the name of whose it is.

    Parameters
    ----------
    keyid : str
    public : bytes, length 32
    name : str

    Examples
    --------
    >>> TrustedKey("ab", bytes(32), "A. Reviewer").name
    'A. Reviewer'
    """

    keyid: str
    public: bytes
    name: str


@dataclass(frozen=True)
class Signature:
    """One signature, and what is known about it.

    Parameters
    ----------
    file, keyid : str
    role, decision, scope, comment : str
    date : str
    expires : str or None
    name : str
        As it calls itself; of a trusted key, as the trust file calls it.
    state : {"trusted", "stranger", "not checked"}
    uncovered : tuple of str
        Files of the report that it does not cover.

    Examples
    --------
    >>> one = Signature("signatures/author-ab.dsse.json", "ab", "author", "issue", "", "", "2026-01-02", None, "A", "trusted")
    >>> one.to_dict()["uncovered"]
    []
    """

    file: str
    keyid: str
    role: str
    decision: str
    scope: str
    comment: str
    date: str
    expires: str | None
    name: str
    state: str
    uncovered: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "uncovered": list(self.uncovered)}


def read_trust(content: bytes, file: str) -> tuple[TrustedKey, ...]:
    """The keys of a trust file: one key, or a list of them.

    Parameters
    ----------
    content : bytes
    file : str

    Raises
    ------
    UnreadableError
        When it is no such file; a file with a secret in it is refused, too.

    Examples
    --------
    >>> key = '{"keyid":"ab","keytype":"ed25519","scheme":"ed25519","keyval":{"public":"' + "0" * 64 + '"},"name":"A"}'
    >>> read_trust(key.encode(), "key.json")
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: key.json: The identifier 'ab' is not that of the key beside it.
    """
    value = strict_json(content, file, 2**20)
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise UnreadableError(file, "It lists no key.")
    return tuple(_trusted(one, file) for one in listed)


def _trusted(one: Any, file: str) -> TrustedKey:
    if not isinstance(one, dict) or not {"keyid", "keytype", "scheme", "keyval", "name"} <= set(one):
        raise UnreadableError(file, "A public key has keyid, keytype, scheme, keyval and name.")
    keyval, keyid, name = one["keyval"], one["keyid"], one["name"]
    if one["keytype"] != "ed25519" or one["scheme"] != "ed25519":
        raise UnreadableError(file, f"The key {str(keyid)[:16]!r} is not for Ed25519.")
    public = keyval.get("public") if isinstance(keyval, dict) else None
    if not isinstance(public, str) or len(public) != 64 or not _HEX_DIGITS.match(public):
        raise UnreadableError(file, "keyval.public must be 64 hexadecimal digits.")
    if set(keyval) != {"public"}:
        raise UnreadableError(
            file, "It holds more than public keys. Give the public file, and keep the secret one to yourself."
        )
    if not isinstance(keyid, str) or not _HEX_DIGITS.match(keyid) or not isinstance(name, str):
        raise UnreadableError(file, "A keyid is hexadecimal digits, and a name is a text.")
    told = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public}}
    if keyid != sha256_hex(canonical_json(told)):
        raise UnreadableError(file, f"The identifier {keyid[:16]!r} is not that of the key beside it.")
    return TrustedKey(keyid, bytes.fromhex(public), name)


def check_signatures(
    folder: Path, manifest: Manifest, keys: Sequence[TrustedKey], today: date, erased: Mapping[str, str | None]
) -> tuple[list[Signature], list[Problem]]:
    """Check every signature of a report.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
    keys : sequence of TrustedKey
        None: no signature can be checked, only what it says.
    today : date
        By which signatures may have expired.
    erased : mapping of str to str or None
        Files that were erased on request, with their SHA-256 where it is known: a signature may still cover them.

    Returns
    -------
    signatures : list of Signature
    problems : list of Problem
    """
    found: list[Signature] = []
    problems: list[Problem] = []
    for name in (one for one in list_files(folder).names if one.startswith(SIGNATURES)):
        try:
            envelope = read_envelope(read_content(folder, name), name)
            payload, signature = _read_payload(envelope, name)
            signed = subjects_of(payload, name)
        except UnreadableError as error:
            problems.append(Problem((name,), error.message))
            continue
        state, who, wrong = _whose(envelope, name, keys)
        uncovered = tuple(one for one in manifest.subjects if one not in signed)
        signature = Signature(
            **{**vars(signature), "state": state, "name": who or signature.name, "uncovered": uncovered}
        )
        found.append(signature)
        problems += wrong + _of_dates(signature, today) + _of_subjects(signed, payload, name, manifest, erased)
    return found, problems


def _read_payload(envelope: Envelope, name: str) -> tuple[dict[str, Any], Signature]:
    """The statement in an envelope, and what its predicate says."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise UnreadableError(name, f"Its payload must be of the type {PAYLOAD_TYPE}.")
    value = strict_json(envelope.payload, name)
    if (
        not isinstance(value, dict)
        or value.get("_type") != STATEMENT
        or value.get("predicateType") != _SIGNATURE_PREDICATE
    ):
        raise UnreadableError(name, f"It is no in-toto statement with the predicate {_SIGNATURE_PREDICATE}.")
    said = value.get("predicate")
    if not isinstance(said, dict) or set(said) != _SIGNATURE_FIELDS or canonical_json(value) != envelope.payload:
        raise UnreadableError(name, "Its statement must have the fields of a signature, in canonical form.")
    texts = [said[one] for one in ("role", "decision", "scope", "comment", "date", "name")]
    record = said["record"]
    if not all(isinstance(one, str) for one in texts) or not isinstance(record, dict) or set(record) != {"sha256"}:
        raise UnreadableError(name, "Its statement has a field of the wrong kind.")
    if said["role"] not in _ROLES or said["decision"] not in _DECISIONS:
        raise UnreadableError(name, f"Role and decision must be among {', '.join(_ROLES)} and {', '.join(_DECISIONS)}.")
    rest = {key: said[key] for key in _SIGNATURE_FIELDS - {"record"}}
    return value, Signature(file=name, keyid=envelope.signatures[0][0], state=UNCHECKED, **rest)


def _whose(envelope: Envelope, name: str, keys: Sequence[TrustedKey]) -> tuple[str, str | None, list[Problem]]:
    """Whether a key that is trusted made every signature of an envelope, and whose it is."""
    if len(envelope.signatures) != 1:
        return (
            STRANGER,
            None,
            [Problem((name,), "An envelope must hold one signature; a report has one file for each.")],
        )
    keyid, signature = envelope.signatures[0]
    own = name.removeprefix(SIGNATURES).removesuffix(".dsse.json").rpartition("-")[2]
    problems = []
    if not _HEX_DIGITS.match(keyid) or not own or not keyid.startswith(own):
        problems.append(Problem((name,), "Its name and the key identifier in it do not belong together."))
    if not keys:
        return UNCHECKED, None, problems
    match = next((key for key in keys if verify_ed25519(key.public, envelope.signed, signature)), None)
    if match is not None and match.keyid == keyid:
        return TRUSTED, match.name, problems
    if any(key.keyid == keyid for key in keys) or match is not None:
        message = "The signature is not valid: the file was changed, or it was not made with the key that it names."
        return STRANGER, None, [*problems, Problem((name,), message)]
    message = f"It is signed by a stranger: the key {keyid[:16]} is not among those that are trusted."
    return STRANGER, None, [*problems, Problem((name,), message)]


def _of_dates(signature: Signature, today: date) -> list[Problem]:
    problems = []
    try:
        signed = date.fromisoformat(signature.date)
        expires = None if signature.expires is None else date.fromisoformat(signature.expires)
    except (TypeError, ValueError):
        return [Problem((signature.file,), "Its dates must be written YYYY-MM-DD.")]
    if signed > today:
        problems.append(Problem((signature.file,), f"It is dated {signed}, after the date of this check, {today}."))
    if expires is not None and expires < today:
        problems.append(Problem((signature.file,), f"It expired on {expires}; this check is of {today}."))
    return problems


def _of_subjects(
    signed: Mapping[str, str], payload: dict[str, Any], name: str, manifest: Manifest, erased: Mapping[str, str | None]
) -> list[Problem]:
    """Whether what was signed is what lies there."""
    problems = []
    for one, digest in signed.items():
        gone = one not in manifest.subjects and one in erased and erased[one] in (None, digest)
        if not gone and manifest.subjects.get(one) != digest:
            what = "was changed since" if one in manifest.subjects else "is no longer there"
            problems.append(Problem((one, name, MANIFEST), f"It was signed, and {what}."))
    digest = payload["predicate"]["record"]["sha256"]
    if signed.get("report.json") != digest:
        problems.append(Problem((name,), "It must cover report.json, with the digest of the record that it names."))
    return problems
