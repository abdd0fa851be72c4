"""Who signed a batch, and whether what was signed is what lies there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from surrogate.corpus.batch.rows.index import INDEX
from surrogate.errors import InputError
from surrogate.signing import signature as signing
from surrogate.signing.folder import read_regular
from surrogate.signing.manifest import Manifest
from surrogate.signing.names import MANIFEST, SIGNATURES
from surrogate.signing.public_key import PublicKey
from surrogate.verifying.problems import Problem
from surrogate.verifying.signatures import Signature, TrustedKey

__all__ = ["check_signatures"]


def check_signatures(
    folder: Path, manifest: Manifest, keys: Sequence[TrustedKey], today: date
) -> tuple[list[Signature], list[Problem]]:
    """Check every signature of a batch, as those of a report are checked.

    Parameters
    ----------
    folder : Path
    manifest : Manifest
        Of the batch; whether the files are as it lists them is another question.
    keys : sequence of TrustedKey
        Empty: no signature can be checked, only what it says.
    today : date
        By which signatures may have expired.

    Returns
    -------
    signatures : list of Signature
    problems : list of Problem

    Examples
    --------
    >>> from surrogate.signing import make_manifest
    >>> manifest = Manifest.from_bytes(make_manifest({}, {"schema": "surrogate-batch-index/1"}))
    >>> check_signatures(Path("nowhere"), manifest, (), date(2026, 5, 1))
    ([], [])
    """
    place = folder / SIGNATURES
    if place.is_symlink():
        return [], [Problem((SIGNATURES,), "It is no plain folder but a link.")]
    found: list[Signature] = []
    problems: list[Problem] = []
    for path in sorted(place.iterdir()) if place.is_dir() else []:
        name = f"{SIGNATURES}/{path.name}"
        try:
            read = signing.Signature.from_bytes(read_regular(path))
        except InputError as error:
            problems.append(Problem((name,), error.message))
            continue
        state, who, wrong = _whose(read, name, keys)
        found.append(_told(read, name, state, who, manifest.files))
        problems += [*wrong, *_of_dates(read, name, today), *_of_files(read, name, manifest)]
        if path.name != read.file_name:
            problems.append(Problem((name,), f"It should be called {read.file_name}; somebody renamed it."))
    return found, problems


def _told(read: signing.Signature, name: str, state: str, who: str | None, files: Mapping[str, str]) -> Signature:
    uncovered = tuple(one for one in files if one not in read.files)
    said = (read.role, read.decision, read.scope, read.comment, read.date, read.expires)
    return Signature(name, read.keyid, *said, who or read.name, state, uncovered)


def _whose(
    read: signing.Signature, name: str, keys: Sequence[TrustedKey]
) -> tuple[str, str | None, tuple[Problem, ...]]:
    """Whether a key that is trusted made a signature, and whose it is."""
    if not keys:
        return "not checked", None, ()
    match = read.signed_by([PublicKey(key.public.hex(), key.name) for key in keys if key.keyid == read.keyid])
    if match is not None:
        return "trusted", match.name, ()
    if any(key.keyid == read.keyid for key in keys):
        message = "The signature is not valid: the file was changed, or it was not made with the key that it names."
    else:
        message = f"It is signed by a stranger: the key {read.keyid[:16]} is not among those that are trusted."
    return "stranger", None, (Problem((name,), message),)


def _of_dates(read: signing.Signature, name: str, today: date) -> Iterator[Problem]:
    if read.date > today.isoformat():
        yield Problem((name,), f"It is dated {read.date}, after the date of this check, {today}.")
    if read.has_expired(today.isoformat()):
        yield Problem((name,), f"It expired on {read.expires}; this check is of {today}.")


def _of_files(read: signing.Signature, name: str, manifest: Manifest) -> Iterator[Problem]:
    """Whether what was signed is what the manifest lists."""
    for one, known in read.files.items():
        if manifest.files.get(one) != known:
            what = "was changed since" if one in manifest.files else "is no longer there"
            yield Problem((one, name, MANIFEST), f"It was signed, and {what}.")
    if read.files.get(INDEX) != read.record_sha256:
        yield Problem((name,), f"It must cover {INDEX}, with the digest of the record that it names.")
