"""The three verdicts on a report, put together: integrity, what follows from the evidence, and whether it is rebuilt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from surrogate.verifying.comparison import Recomputed
from surrogate.verifying.corpus import compare_corpus
from surrogate.verifying.evidence import EVIDENCE_FILE, read_evidence
from surrogate.verifying.folder import read_content
from surrogate.verifying.integrity import Integrity, check_integrity
from surrogate.verifying.left_to_rebuilding import GLOBAL_REASONS, LOCAL_REASONS
from surrogate.verifying.local import compare_local
from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.signatures import Signature, TrustedKey

__all__ = ["NOT_PROVED", "Rebuilding", "Recomputing", "Verification", "verify_folder"]

SAME, DIFFERS, NOT_ATTEMPTED = "same", "differs", "not attempted"

#: What no verdict proves; always told.
NOT_PROVED = (
    "that the model gave the recorded answers: only asking it again shows that (surrogate replay)",
    "that what people stated about the report, such as its date, author and purpose, is true",
    "that the model decides rightly, fairly or lawfully",
    "who wrote a report, unless it was checked against keys that you know (--trust)",
)


@dataclass(frozen=True, eq=False)
class Recomputing:
    """The second verdict.

    Parameters
    ----------
    status : {"same", "differs", "not attempted"}
    reason : str
        Why it was not attempted.
    found : Recomputed or None

    Examples
    --------
    >>> Recomputing("not attempted", "There is no evidence.").to_dict()["status"]
    'not attempted'
    """

    status: str
    reason: str = ""
    found: Recomputed | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"status": self.status, "reason": self.reason, **({} if self.found is None else self.found.to_dict())}


@dataclass(frozen=True)
class Rebuilding:
    """The third verdict, which the standard library alone cannot give.

    Parameters
    ----------
    status : {"same bytes", "differs", "not attempted"}
    reason : str
    files : tuple of str
        That were made again, or that differ.

    Examples
    --------
    >>> Rebuilding("not attempted", "versions differ: numpy 2.4.6 there, 2.3.1 here").to_dict()["files"]
    []
    """

    status: str
    reason: str = ""
    files: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"status": self.status, "reason": self.reason, "files": list(self.files)}


_ONE_FILE = Rebuilding(NOT_ATTEMPTED, "only the full package can rebuild: surrogate verify DIR")


@dataclass(frozen=True, eq=False)
class Verification:
    """What verifying a report showed.

    Parameters
    ----------
    folder : str
    integrity : Integrity
    recomputed : Recomputing
    rebuilt : Rebuilding
    trusting : bool
        Whether keys were given by which signers are known.

    Examples
    --------
    >>> from surrogate.verifying.manifest import Manifest
    >>> said = Verification("r", Integrity(Manifest({}), {}, (), (), ()), Recomputing("same"))
    >>> said.verdict, said.exit_code
    ('consistent', 0)
    """

    folder: str
    integrity: Integrity
    recomputed: Recomputing
    rebuilt: Rebuilding = field(default=_ONE_FILE)
    trusting: bool = False

    @property
    def signers(self) -> list[Signature]:
        """Signatures by keys that are trusted."""
        return [one for one in self.integrity.signatures if one.state == "trusted"]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong."""
        found = () if self.recomputed.found is None else self.recomputed.found.differences
        rebuilt = (Problem(self.rebuilt.files, self.rebuilt.reason),) if self.rebuilt.status == DIFFERS else ()
        unsigned: tuple[Problem, ...] = ()
        if self.trusting and not self.signers:
            unsigned = (Problem(("signatures/",), "No key that you trust signed this report."),)
        return (*self.integrity.problems, *unsigned, *found, *rebuilt)

    @property
    def verdict(self) -> str:
        """One word: "verified", "consistent" or "failed"."""
        if self.problems:
            return "failed"
        return "verified" if self.trusting else "consistent"

    @property
    def exit_code(self) -> int:
        """0 unless something is wrong, then 1."""
        return 1 if self.problems else 0

    @property
    def sentence(self) -> str:
        """The overall verdict, for a reader."""
        if self.problems:
            return "NOT VERIFIED: " + self.problems[0].sentence
        if not self.trusting:
            return "internally consistent, signer unknown"
        said = {one.decision for one in self.signers}
        but = ", and REJECTED" if "reject" in said else ", with conditions" if "conditions" in said else ""
        return f"verified{but}: signed by " + "; ".join(
            f"{one.name} (key {one.keyid[:16]}), {one.role}, {one.decision}, {one.date}" for one in self.signers
        )

    def with_rebuilt(self, rebuilt: Rebuilding) -> Verification:
        """The same with the third verdict filled in."""
        return replace(self, rebuilt=rebuilt)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "folder": self.folder,
            "verdict": self.verdict,
            "sentence": self.sentence,
            "exit_code": self.exit_code,
            "integrity": self.integrity.to_dict(),
            "recomputed": self.recomputed.to_dict(),
            "rebuilt": self.rebuilt.to_dict(),
            "signatures": [one.to_dict() for one in self.integrity.signatures],
            "erased": [one.to_dict() for one in self.integrity.erased],
            "problems": [one.to_dict() for one in self.problems],
            "notes": list(self.integrity.notes),
            "not_proved": list(NOT_PROVED),
        }


def verify_folder(
    folder: str | Path, keys: Sequence[TrustedKey] | None = None, today: date | None = None
) -> Verification:
    """Verify a report with the standard library alone.

    Parameters
    ----------
    folder : str or Path
    keys : sequence of TrustedKey, optional
        By which signers are known; None: nobody is.
    today : date, optional
        By which signatures may have expired; None: this day.

    Returns
    -------
    Verification

    Raises
    ------
    UnreadableError
        When the report cannot be read at all.

    Examples
    --------
    >>> verify_folder("not-there")
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: manifest.json: It cannot be read: No such file or directory.
    """
    path = Path(folder)
    integrity = check_integrity(path, tuple(keys or ()), date.today() if today is None else today)
    return Verification(str(folder), integrity, _recompute(path, integrity), trusting=keys is not None)


def _recompute(folder: Path, integrity: Integrity) -> Recomputing:
    """Compute again what follows from the evidence, where there is some."""
    record = integrity.record
    erased = next((one for one in integrity.erased if one.name == EVIDENCE_FILE), None)
    if record is None:
        return Recomputing(NOT_ATTEMPTED, "the record cannot be read")
    if EVIDENCE_FILE not in integrity.manifest.subjects:
        return Recomputing(NOT_ATTEMPTED, "there is no evidence" if erased is None else erased.sentence)
    if any(one.files[0] in ("report.json", EVIDENCE_FILE) for one in integrity.problems):
        return Recomputing(NOT_ATTEMPTED, "the record or the evidence was changed")
    try:
        evidence = read_evidence(read_content(folder, EVIDENCE_FILE))
        is_local = record["kind"] == "local"
        comparison = compare_local(record, evidence) if is_local else compare_corpus(record, evidence)
        found = Recomputed.of(record, comparison, LOCAL_REASONS if is_local else GLOBAL_REASONS)
    except UnreadableError as error:
        return _differs(error.file, error.message)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, StopIteration) as error:
        # A record that fulfils its schema may still name a unit or a rule that is not there.
        message = f"Record and evidence do not belong together: {type(error).__name__} at {error}."
        return _differs(EVIDENCE_FILE, message)
    return Recomputing(DIFFERS if found.differences else SAME, "", found)


def _differs(file: str, message: str) -> Recomputing:
    files = (file,) if file == "report.json" else (file, "report.json")
    return Recomputing(DIFFERS, message, Recomputed(0, (Problem(files, message),), {}, ()))
