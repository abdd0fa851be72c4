"""What a signature is worth for a report folder as it lies on the disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from surrogate.signing.erasure import read_erasure
from surrogate.signing.manifest import read_manifest
from surrogate.signing.names import EVIDENCE
from surrogate.signing.public_key import PublicKey
from surrogate.signing.refreshing import compare
from surrogate.signing.signature import Signature

__all__ = ["CheckedSignature", "check_signature"]


@dataclass(frozen=True)
class CheckedSignature:
    """What a signature is worth for a folder.

    Parameters
    ----------
    signed_by : PublicKey or None
        The trusted key that made it; None: none of them did.
    changed, missing, erased, not_covered : tuple of str
        Names of files that have changed since, are gone, were erased as ``erasure.json`` says, and were added after signing.
    about_record : bool
        Whether the folder's record is the one that was signed.

    Examples
    --------
    >>> key = PublicKey("d7" * 32, "Ada")
    >>> CheckedSignature(key, (), (), (), ("report.pdf",), True).is_valid
    True
    >>> CheckedSignature(None, (), (), (), (), True).is_valid
    False
    """

    signed_by: PublicKey | None
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    erased: tuple[str, ...]
    not_covered: tuple[str, ...]
    about_record: bool

    @property
    def is_valid(self) -> bool:
        """Whether a trusted key signed the record, and what it covers is unchanged and there, or was erased."""
        return self.signed_by is not None and self.about_record and not (self.changed or self.missing)


def check_signature(folder: str | Path, signature: Signature, keys: Iterable[PublicKey]) -> CheckedSignature:
    """Check a signature against a folder and some trusted keys.

    That evidence was erased is what ``erasure.json`` says, which no earlier signature covers; a later one may, and a ledger
    can tell too.

    Parameters
    ----------
    folder : str or Path
    signature : Signature
    keys : iterable of PublicKey

    Raises
    ------
    InputError
        ``no-manifest``, ``bad-file`` or ``bad-manifest``.
    """
    found = compare(folder, signature.files)
    erased = _erased(folder, signature, found["missing"])
    return CheckedSignature(
        signature.signed_by(keys),
        tuple(found["changed"]),
        tuple(name for name in found["missing"] if name not in erased),
        erased,
        tuple(found["unlisted"]),
        read_manifest(folder).record_sha256 == signature.record_sha256,
    )


def _erased(folder: str | Path, signature: Signature, missing: list[str]) -> tuple[str, ...]:
    """The evidence, where it is gone and was erased; nothing else can be, while the record is there."""
    told = (read_erasure(folder) or {}) if EVIDENCE in missing else {}
    rows = told.get("files") if told.get("what") == "evidence" else None
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("name") == EVIDENCE:
            same = row.get("sha256", signature.files[EVIDENCE]) == signature.files[EVIDENCE]
            return (EVIDENCE,) if same else ()
    return ()
