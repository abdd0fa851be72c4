"""A batch verified without the model: its files and rows, its full reports, and who signed it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from surrogate.corpus.batch.checking.checking import BatchCheck, verify_batch
from surrogate.corpus.batch.checking.checking_signatures import check_signatures
from surrogate.corpus.batch.checking.sealing import stated_digests
from surrogate.corpus.batch.checking.verifying_reports import VerifiedReports, verify_reports
from surrogate.corpus.batch.rows.index import BATCH, INDEX, read_index
from surrogate.errors import InputError
from surrogate.signing.manifest import Manifest, read_manifest
from surrogate.signing.names import MANIFEST, RECORD
from surrogate.verifying import manifest as listing
from surrogate.verifying.integrity import Integrity
from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.signatures import TrustedKey
from surrogate.verifying.verdicts import Verification

__all__ = ["Watch", "is_batch", "verify_batch_folder"]

#: Told what is looked at, how much of it is done, and how much there is.
Watch = Callable[[str, int, int], None]


def is_batch(folder: str | Path) -> bool:
    """Whether a folder is that of a batch: its manifest says so, or, where none can be read, the files that are there.

    Examples
    --------
    >>> is_batch("nowhere")
    False
    """
    top = Path(folder)
    try:
        return read_manifest(top).kind == "batch"
    except InputError:
        return not (top / RECORD).exists() and any((top / name).exists() for name in (BATCH, INDEX))


def verify_batch_folder(
    folder: str | Path,
    keys: Sequence[TrustedKey] | None = None,
    today: date | None = None,
    *,
    rebuild: bool = False,
    watch: Watch | None = None,
) -> Verification:
    """Verify a finished batch, and every full report in it.

    Parameters
    ----------
    folder : str or Path
    keys : sequence of TrustedKey, optional
        By which signers are known; None: nobody is.
    today : date, optional
        By which signatures may have expired; None: this day.
    rebuild : bool, default False
        Make the full reports again from their evidence, too.
    watch : callable (what, done, total) -> None, optional
        Told of each part and each full report.

    Returns
    -------
    Verification
        As of a report.  The second verdict is about the full reports, whose evidence is there.

    Raises
    ------
    UnreadableError
        When the batch is not finished, or its index cannot be read.

    Examples
    --------
    >>> verify_batch_folder("nowhere")
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: index.json: 'nowhere' holds no finished batch: index.json is not there. ...
    """
    top, day = Path(folder), date.today() if today is None else today
    try:
        check = verify_batch(top, _told_of("parts", watch))
    except InputError as error:
        raise UnreadableError(INDEX, error.message) from error
    problems = [Problem((one.file,), one.sentence) for one in check.problems]
    known = {one.file for one in check.problems}
    manifest = _manifest(top)
    signatures, found = ([], []) if manifest is None else check_signatures(top, manifest, tuple(keys or ()), day)
    reports = verify_reports(top, day, known, rebuild=rebuild, watch=_told_of("full reports", watch))
    files = stated_digests(read_index(top)) if manifest is None else dict(manifest.files)
    integrity = Integrity(
        listing.Manifest(files, {} if manifest is None else manifest.facts),
        None,
        tuple(signatures),
        (),
        (*problems, *found, *reports.problems),
        tuple(_notes(check, reports, manifest)),
    )
    return Verification(str(folder), integrity, reports.recomputed, reports.rebuilt, trusting=keys is not None)


def _told_of(what: str, watch: Watch | None) -> Callable[[int, int], None] | None:
    return None if watch is None else lambda done, total: watch(what, done, total)


def _manifest(top: Path) -> Manifest | None:
    try:
        return read_manifest(top)
    except InputError:
        return None  # What is wrong with it was told by the check of the batch.


def _notes(check: BatchCheck, reports: VerifiedReports, manifest: Manifest | None) -> Iterator[str]:
    """What a reader should know beyond the verdicts."""
    rows, parts = (
        f"{n:,} {noun}{'' if n == 1 else 's'}" for n, noun in ((check.n_rows, "row"), (check.n_parts, "part"))
    )
    yield f"It is a batch: {rows} in {parts} {'was' if check.n_rows == 1 else 'were'} compared with their digests."
    yield f"The SHA-256 of {INDEX}, from which everything else follows, is {check.index_sha256}."
    if reports.n_reports:
        wrong = f": {', '.join(reports.failed)}" if reports.failed else ""
        yield (
            f"{reports.n_reports:,} full reports were verified, files and numbers; {len(reports.failed) or 'none'} of them "
            f"failed{wrong}."
        )
    if manifest is None:
        yield f"No {MANIFEST} can be read, so nobody can have signed the batch as it is."
    yield from (f"Nothing vouches for {name}; it is no part of what is verified." for name in check.not_covered)
