"""One signature of a report: who, in which role, decided what about which files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date as day
from typing import TYPE_CHECKING, Any

from surrogate.errors import InputError
from surrogate.signing.envelope import bad_signature, open_envelope, signers
from surrogate.signing.public_key import PublicKey
from surrogate.signing.statement import HEX, STATEMENT, subjects, subjects_from

if TYPE_CHECKING:
    from securesystemslib.dsse import Envelope

__all__ = ["DECISIONS", "ROLES", "Signature", "checked_day"]

#: In which role a report is signed.
ROLES = ("author", "reviewer", "approver")

#: What a signature says about a report.
DECISIONS = ("issue", "approve", "reject", "conditions")

PREDICATE = "urn:surrogate-explainer:signature:1"

_WORDS = ("role", "decision", "scope", "comment", "name", "date")


@dataclass(frozen=True)
class Signature:
    """What one signature says.

    Parameters
    ----------
    role : {"author", "reviewer", "approver"}
    decision : {"issue", "approve", "reject", "conditions"}
    scope, comment, name : str
        In the signer's words.
    date : str
        YYYY-MM-DD, as the signer states it; nothing proves it.
    expires : str or None
        The last day on which the signature is to be relied on.
    record_sha256 : str
        Of the record that was signed.
    files : mapping of str to str
        SHA-256 of each file that the signature covers, by name.
    envelope : securesystemslib.dsse.Envelope, optional
        None before signing.

    Examples
    --------
    >>> one = Signature("reviewer", "approve", "all", "", "Ada", "2026-05-01", None, "0" * 64, {})
    >>> one.statement()["predicate"]["decision"]
    'approve'
    """

    role: str
    decision: str
    scope: str
    comment: str
    name: str
    date: str
    expires: str | None
    record_sha256: str
    files: Mapping[str, str]
    envelope: Envelope | None = field(default=None, repr=False, compare=False)

    @property
    def keyid(self) -> str:
        """The id of the key with which it says to be signed; :meth:`signed_by` tells whether it is."""
        return "" if self.envelope is None else next(iter(self.envelope.signatures))

    @property
    def file_name(self) -> str:
        """Name of its file in the folder of signatures."""
        return f"{self.role}-{self.keyid[:8]}.dsse.json"

    def signed_by(self, keys: Iterable[PublicKey]) -> PublicKey | None:
        """The first of some keys that signed it; None, if none of them did."""
        found = () if self.envelope is None else signers(self.envelope, keys)
        return found[0] if found else None

    def has_expired(self, today: str) -> bool:
        """Whether a day, YYYY-MM-DD, is after the last one of the signature."""
        return self.expires is not None and self.expires < checked_day(today, "today")

    def statement(self) -> dict[str, Any]:
        """The in-toto statement that is signed."""
        predicate = {
            "role": self.role,
            "decision": self.decision,
            "scope": self.scope,
            "comment": self.comment,
            "date": self.date,
            "expires": self.expires,
            "name": self.name,
            "record": {"sha256": self.record_sha256},
        }
        return {
            "_type": STATEMENT,
            "subject": subjects(self.files),
            "predicateType": PREDICATE,
            "predicate": predicate,
        }

    @classmethod
    def from_bytes(cls, content: bytes) -> Signature:
        """Read an envelope; what is not just as :meth:`statement` says it is refused.

        Raises
        ------
        InputError
            ``bad-signature``, or ``bad-manifest`` for the name of a file that none can have.
        """
        envelope, told = open_envelope(content)
        said = told.get("predicate")
        if not isinstance(said, dict) or not isinstance(said.get("record"), dict):
            raise bad_signature("it does not say what was decided about which record")
        record = said["record"].get("sha256")
        words: dict[str, Any] = {key: said.get(key) for key in _WORDS}
        if not all(isinstance(word, str) for word in (*words.values(), record)) or not HEX.fullmatch(record):
            raise bad_signature("an entry of it is missing, or is no text")
        files = subjects_from(told.get("subject"))
        signature = cls(**words, expires=said.get("expires"), record_sha256=record, files=files, envelope=envelope)
        try:
            signature.check()
        except InputError as error:
            raise bad_signature(error.message.rstrip(".")) from error
        if signature.statement() != told or len(envelope.signatures) != 1:
            raise bad_signature("it says more than a signature of a report does, or has several signers")
        return signature

    def check(self) -> None:
        """Check role, decision and dates.

        Raises
        ------
        InputError
            ``bad-parameter`` or ``expired``.
        """
        for word, value, known in (("role", self.role, ROLES), ("decision", self.decision, DECISIONS)):
            if value not in known:
                raise InputError(
                    "bad-parameter", f"{value!a} is no {word} of a signature. It is one of {', '.join(known)}."
                )
        checked_day(self.date, "date")
        if self.expires is not None and checked_day(self.expires, "expires") < self.date:
            raise InputError(
                "expired",
                f"The signature would expire on {self.expires}, before the day it is made, {self.date}. Give a later day.",
            )


def checked_day(value: object, name: str) -> str:
    """A day, YYYY-MM-DD, as it is.

    Raises
    ------
    InputError
        ``bad-parameter``.

    Examples
    --------
    >>> checked_day("2026-02-28", "date")
    '2026-02-28'
    >>> checked_day("2026-02-30", "date")
    Traceback (most recent call last):
    surrogate.errors.InputError: date is a day, YYYY-MM-DD; got '2026-02-30'. [bad-parameter]
    """
    try:
        if isinstance(value, str) and day.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    raise InputError("bad-parameter", f"{name} is a day, YYYY-MM-DD; got {str(value)[:40]!a}.")
