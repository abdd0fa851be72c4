"""One entry of a ledger, and the keyed hash that chains it to the one before."""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass
from typing import Any

from surrogate.canonical import canonical_bytes

__all__ = ["COLUMNS", "EVENTS", "FIRST", "Entry", "keyed", "link"]

#: What can happen to a report.
EVENTS = ("issued", "superseded", "withdrawn", "erased", "signed")

COLUMNS = ("sequence", "date", "event", "report", "manifest", "kind", "note", "previous", "hash")

#: What stands for the hash before the first entry.
FIRST = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One line of a ledger.

    Parameters
    ----------
    sequence : int
        From 1.
    date : str
        YYYY-MM-DD, as stated.
    event : {"issued", "superseded", "withdrawn", "erased", "signed"}
    report, manifest : str or None
        Keyed digests of record and manifest.
    kind : str or None
        "local", "global" or "batch".
    note : str
    previous, hash : str
        Of the entry before, and of this one.

    Examples
    --------
    >>> entry = Entry(1, "2026-05-01", "issued", None, None, "local", "", FIRST, "")
    >>> len(link(b"key", entry)), link(b"key", entry) == link(b"another", entry)
    (64, False)
    """

    sequence: int
    date: str
    event: str
    report: str | None
    manifest: str | None
    kind: str | None
    note: str
    previous: str
    hash: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def keyed(key: bytes, plain: str) -> str:
    """HMAC-SHA-256 of a digest, in hexadecimal: without the key, what it is of cannot be guessed and tried.

    Examples
    --------
    >>> keyed(b"key", "00")[:8]
    'c3b45a95'
    """
    return _hmac(key, b"digest", plain.encode("ascii"))


def link(key: bytes, entry: Entry) -> str:
    """The hash of an entry: HMAC-SHA-256 over the canonical JSON of all else that it says, the hash before it included.

    Raises
    ------
    ValueError
        When an entry holds what an entry cannot hold.
    """
    told = {name: value for name, value in asdict(entry).items() if name != "hash"}
    return _hmac(key, b"entry", canonical_bytes(told))


def _hmac(key: bytes, use: bytes, content: bytes) -> str:
    # What it is for goes first, so that a digest of one use is never one of the other.
    return hmac.new(key, use + b"\0" + content, "sha256").hexdigest()
