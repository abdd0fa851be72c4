"""Rebuilding: the same explanation made again from the evidence alone, without the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.errors import InputError, ModelError
from surrogate.provenance import versions
from surrogate.report.record.reading import read_record
from surrogate.report.write import EVIDENCE
from surrogate.rerunning import explain_again, refuse_paths
from surrogate.transcript import Transcript

__all__ = [
    "DIFFERS",
    "NOT_ATTEMPTED",
    "SAME",
    "Rebuilt",
    "read_evidence",
    "rebuild",
    "rebuild_folder",
    "version_differences",
]

SAME, DIFFERS, NOT_ATTEMPTED = "same bytes", "differs", "not attempted"


@dataclass(frozen=True)
class Rebuilt:
    """Whether the evidence gives the record again, byte for byte.

    Parameters
    ----------
    status : {"same bytes", "differs", "not attempted"}
    reason : str
        Of what was not attempted, why; of a difference, where.
    record : dict or None
        What came out, where it was attempted.

    Examples
    --------
    >>> Rebuilt(NOT_ATTEMPTED, "there is no evidence").to_dict()
    {'status': 'not attempted', 'reason': 'there is no evidence'}
    """

    status: str
    reason: str = ""
    record: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without the record."""
        return {"status": self.status, "reason": self.reason}


def rebuild(record: dict[str, Any], transcript: Transcript) -> Rebuilt:
    """Make an explanation again from its evidence, and compare it with the record.

    Parameters
    ----------
    record : dict
    transcript : Transcript

    Returns
    -------
    Rebuilt
        Not attempted where other versions of the packages that decide a number are installed than those the record names, and
        where something that was read then is not in the evidence, such as another corpus.

    Examples
    --------
    >>> from surrogate import explain
    >>> says = lambda texts: [[.9, .1] if "bill" in text else [.2, .8] for text in texts]
    >>> explanation = explain("pay my bill", says, classes=["money", "other"], store=False)
    >>> rebuild(explanation.to_dict(), explanation.transcript).status
    'same bytes'
    """
    differences = version_differences(record)
    if differences:
        return Rebuilt(NOT_ATTEMPTED, f"versions differ: {'; '.join(differences)}")
    missing = transcript.request.get("not_kept")
    if missing:
        return Rebuilt(NOT_ATTEMPTED, str(missing))
    try:
        refuse_paths(transcript.request)
    except (InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        return Rebuilt(NOT_ATTEMPTED, str(error))
    try:
        found = explain_again(transcript).to_dict()
    except (InputError, ModelError) as error:
        return Rebuilt(DIFFERS, f"the same cannot be done again: {error}")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return Rebuilt(DIFFERS, f"the evidence is damaged: {type(error).__name__} at {error}")
    if canonical_bytes(found) == canonical_bytes(record):
        return Rebuilt(SAME, record=found)
    return Rebuilt(
        DIFFERS, f"the record is not what its evidence gives, first at {_first_difference(record, found)}", found
    )


def rebuild_folder(folder: str | Path) -> Rebuilt:
    """Make the report in a folder again from its evidence, and compare the record.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-file``, ``bad-record`` or ``bad-evidence`` for what cannot be read.  A folder without evidence is not attempted.
    """
    path = Path(folder)
    found = read_record(path)
    if not (path / EVIDENCE).is_file():
        return Rebuilt(NOT_ATTEMPTED, "there is no evidence in the folder")
    if found.version != found.record["schema_version"]:
        return Rebuilt(NOT_ATTEMPTED, f"the record is of version {found.version}, which this release no longer writes")
    return rebuild(found.record, _transcript(path))


def read_evidence(folder: str | Path) -> tuple[dict[str, Any], Transcript]:
    """The record of a report and its evidence.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-file``, ``bad-record`` or ``bad-evidence``.

    Examples
    --------
    >>> read_evidence("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere cannot be read: No such file or directory. [bad-file]
    """
    path = Path(folder)
    return read_record(path).record, _transcript(path)


def _transcript(folder: Path) -> Transcript:
    path = folder / EVIDENCE
    try:
        return Transcript.from_bytes(path.read_bytes())
    except OSError as error:
        raise InputError(
            "bad-evidence",
            f"{path} cannot be read: {error.strerror}. The report was written without its evidence, or the evidence was erased: "
            "only what the record says is left.",
        ) from error


def version_differences(record: dict[str, Any]) -> list[str]:
    """Packages of another version here than in the record, in words.

    Examples
    --------
    >>> version_differences({"production": {"versions": {"numpy": "0.1"}}})[-1].startswith("numpy 0.1 there, ")
    True
    """
    there, here = record["production"]["versions"], versions()
    names = sorted({*there, *here})
    return [
        f"{name} {there.get(name, 'none')} there, {here.get(name, 'none')} here"
        for name in names
        if name in there and there.get(name) != here.get(name)
    ]


def _first_difference(one: Any, two: Any, where: str = "") -> str:
    """JSON pointer of the first place in which two JSON values differ."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in sorted({*one, *two}):
            if key not in one or key not in two or one[key] != two[key]:
                inner = f"{where}/{str(key).replace('~', '~0').replace('/', '~1')}"
                return inner if key not in one or key not in two else _first_difference(one[key], two[key], inner)
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for place, (left, right) in enumerate(zip(one, two, strict=True)):
            if left != right:
                return _first_difference(left, right, f"{where}/{place}")
    return where or "/"
