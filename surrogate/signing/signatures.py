"""Sign a report folder, and read its signatures."""

from __future__ import annotations

from datetime import date as day
from pathlib import Path
from typing import TYPE_CHECKING

from surrogate.errors import InputError
from surrogate.placing import place_files
from surrogate.signing.envelope import seal
from surrogate.signing.folder import read_regular
from surrogate.signing.keys import SigningKey
from surrogate.signing.manifest import Manifest, read_manifest
from surrogate.signing.names import SIGNATURES
from surrogate.signing.refreshing import changed, compare
from surrogate.signing.signature import DECISIONS, ROLES, Signature

if TYPE_CHECKING:
    from surrogate.ledger import Ledger

__all__ = ["DECISIONS", "ROLES", "Signature", "read_signatures", "sign_report"]

_ENDING = ".dsse.json"


def sign_report(
    folder: str | Path,
    key: SigningKey,
    *,
    role: str,
    decision: str,
    scope: str = "",
    comment: str = "",
    date: str | None = None,
    expires: str | None = None,
    name: str | None = None,
    replace: bool = False,
    ledger: Ledger | None = None,
) -> Path:
    """Sign all files of a report, as its manifest lists them.

    Parameters
    ----------
    folder : str or Path
    key : SigningKey
    role : {"author", "reviewer", "approver"}
    decision : {"issue", "approve", "reject", "conditions"}
        ``reject`` and ``conditions`` need a comment.
    scope, comment : str
    date : str, optional
        YYYY-MM-DD; None: today.
    expires : str, optional
        YYYY-MM-DD, the last day of the signature.
    name : str, optional
        Of the signer; None: that of the key.
    replace : bool, default False
        Put this decision in the place of an earlier one by the same key in the same role.
    ledger : Ledger, optional
        Where the signature is entered.

    Returns
    -------
    Path
        Of the signature.

    Raises
    ------
    InputError
        ``no-manifest``, ``bad-manifest``, ``changed-report``, ``bad-parameter``, ``expired``, ``output-exists``,
        ``cannot-write`` or ``broken-ledger``; then nothing is changed.
    """
    manifest = _matching(folder)
    signature = Signature(
        role,
        decision,
        scope,
        comment,
        key.public.name if name is None else name,
        day.today().isoformat() if date is None else date,
        expires,
        manifest.record_sha256,
        manifest.files,
    )
    signature.check()
    if decision in {"reject", "conditions"} and not comment.strip():
        raise InputError(
            "bad-parameter", f"The decision {decision!r} needs a comment that says why, or which conditions."
        )
    content = _sealed(signature, key)
    path = Path(folder) / SIGNATURES / Signature.from_bytes(content).file_name
    if path.exists() and not replace:
        raise InputError(
            "output-exists",
            f"This key has signed as {role} before: {path.name} is there. Ask for it to be replaced (--replace) if the "
            "decision has changed.",
        )
    _put(path, content, folder, manifest, signature, ledger)
    return path


def read_signatures(folder: str | Path) -> tuple[Signature, ...]:
    """Read all signatures of a report, sorted by the names of their files.  Nothing is verified by reading.

    Raises
    ------
    InputError
        ``bad-signature`` or ``bad-manifest``, with the name of the file.

    Examples
    --------
    >>> read_signatures("not-there")
    ()
    """
    place = Path(folder) / SIGNATURES
    found = []
    for path in sorted(place.iterdir()) if place.is_dir() else []:
        if path.name.startswith("."):
            continue
        try:
            signature = Signature.from_bytes(read_regular(path))
        except InputError as error:
            raise InputError(error.code, f"{f'{SIGNATURES}/{path.name}'!r}: {error.message}") from error
        if path.name != signature.file_name:
            raise InputError(
                "bad-signature",
                f"{f'{SIGNATURES}/{path.name}'!r} should be called {signature.file_name}; somebody renamed it.",
            )
        found.append(signature)
    return tuple(found)


def _matching(folder: str | Path) -> Manifest:
    """The manifest of a folder whose files are just those that it lists."""
    manifest = read_manifest(folder)
    found = compare(folder, manifest.files)
    for name in (*found["changed"], *found["missing"]):
        raise changed(name, name not in found["missing"])
    if found["unlisted"]:
        raise InputError(
            "changed-report",
            f"{found['unlisted'][0]!r} is in the folder and not in the manifest, so a signature would not cover it. Move it "
            "away, or have it listed (surrogate.signing.refresh_manifest), and sign again.",
        )
    return manifest


def _sealed(signature: Signature, key: SigningKey) -> bytes:
    try:
        return seal(signature.statement(), key)
    except ValueError as error:
        raise InputError("bad-parameter", f"What is to be signed cannot be written as Unicode ({error}).") from error


def _put(
    path: Path, content: bytes, folder: str | Path, manifest: Manifest, signature: Signature, ledger: Ledger | None
) -> None:
    """Write a signature and enter it into the ledger: both, or neither."""
    before = read_regular(path) if path.exists() else None
    if ledger is not None:
        ledger.require_whole()
    try:
        place_files(Path(folder), {f"{SIGNATURES}/{path.name}": content})
    except OSError as error:
        raise InputError("cannot-write", f"{path} cannot be written: {error.strerror or error}.") from error
    if ledger is None:
        return
    note = f"{signature.role}: {signature.decision}, key {path.name.removesuffix(_ENDING).split('-')[-1]}"
    try:
        ledger.append(
            "signed",
            record=manifest.record_sha256,
            manifest=manifest.sha256,
            kind=manifest.kind,
            date=signature.date,
            note=note,
        )
    except InputError:
        if before is None:
            path.unlink()
        else:
            place_files(Path(folder), {f"{SIGNATURES}/{path.name}": before})
        raise
