"""The third verdict: the record made again from its evidence, and the pages and exports from the record, byte for byte.

This is the one part of verifying that runs the package itself: only where the versions that decide a number are those of the
report does another byte mean that something was changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from surrogate.errors import InputError, ModelError
from surrogate.verifying.evidence import EVIDENCE_FILE
from surrogate.verifying.folder import read_content
from surrogate.verifying.made_again import made_again, same_content
from surrogate.verifying.verdicts import Rebuilding, Verification

__all__ = ["rebuild_report"]

SAME_BYTES, DIFFERS, NOT_ATTEMPTED = "same bytes", "differs", "not attempted"


def rebuild_report(verification: Verification) -> Rebuilding:
    """Make a report again and compare it, byte for byte.

    Parameters
    ----------
    verification : Verification
        Of a folder whose files were looked at already.

    Returns
    -------
    Rebuilding
        "same bytes" only where the record itself was made again; "differs" names the files that are not what they should be.

    Examples
    --------
    >>> from surrogate.verifying.integrity import Integrity
    >>> from surrogate.verifying.manifest import Manifest
    >>> from surrogate.verifying.verdicts import Recomputing
    >>> rebuild_report(Verification("r", Integrity(Manifest({}), None, (), (), ()), Recomputing("same"))).reason
    'the record cannot be read'
    """
    record = verification.integrity.record
    if record is None:
        return Rebuilding(NOT_ATTEMPTED, "the record cannot be read")
    if any("signatures/" not in one.files[0] for one in verification.integrity.problems):
        return Rebuilding(NOT_ATTEMPTED, "files of the report were changed")
    try:
        return _rebuilt(Path(verification.folder), record, verification)
    except (InputError, ModelError) as error:
        return Rebuilding(NOT_ATTEMPTED, f"it cannot be made again here: {error}")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # What fulfils its schema, or a listing that has none, may still be nonsense.
        return Rebuilding(DIFFERS, f"it cannot be made again: {type(error).__name__} at {error}", ("report.json",))


def _rebuilt(folder: Path, record: dict[str, Any], verification: Verification) -> Rebuilding:
    from surrogate.rebuilding import version_differences

    differences = version_differences(record)
    if differences:
        return Rebuilding(NOT_ATTEMPTED, f"versions differ: {'; '.join(differences)}")
    subjects = verification.integrity.manifest.subjects
    again: list[str] = []
    other: list[str] = []
    for name, content in made_again(folder, record, set(subjects)):
        if content is not None:
            (again if same_content(name, content, read_content(folder, name)) else other).append(name)
    status, reason = _record_again(folder, record, verification)
    if status == DIFFERS or other:
        wrong = ["report.json"] if status == DIFFERS else []
        said = [f"{', '.join(other)}: not what the record gives"] if other else []
        return Rebuilding(DIFFERS, "; ".join([*([reason] if wrong else []), *said]), (*wrong, *other))
    if status == SAME_BYTES:
        return Rebuilding(SAME_BYTES, f"report.json{''.join(f', {name}' for name in again)}", ("report.json", *again))
    told = f"; {', '.join(again)} made again from the record: same bytes" if again else ""
    return Rebuilding(NOT_ATTEMPTED, f"{reason}{told}", tuple(again))


def _record_again(folder: Path, record: dict[str, Any], verification: Verification) -> tuple[str, str]:
    from surrogate.rebuilding import rebuild
    from surrogate.transcript import Transcript

    if EVIDENCE_FILE not in verification.integrity.manifest.subjects:
        return NOT_ATTEMPTED, verification.recomputed.reason or "there is no evidence"
    found = rebuild(record, Transcript.from_bytes(read_content(folder, EVIDENCE_FILE)))
    return found.status, found.reason
