"""Integrity: the files are those that the manifest lists, each says what its schema allows, and they belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from surrogate.verifying.canonical_json import canonical_json, sha256_hex
from surrogate.verifying.erasure import ERASURE, Erased, read_erasure
from surrogate.verifying.folder import list_files, read_content
from surrogate.verifying.manifest import MANIFEST, Manifest, check_files, read_manifest
from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.schema import schema_problems
from surrogate.verifying.schemas import SCHEMA_VERSIONS, find_schema
from surrogate.verifying.signatures import Signature, TrustedKey, check_signatures
from surrogate.verifying.strict_json import strict_json

__all__ = ["Integrity", "check_integrity"]

RECORD, ISSUANCE, RUN, EVIDENCE = "report.json", "issuance.json", "run.json", "evidence.json.gz"

#: Problems of one file with its schema that are told.
_MOST_OF_SCHEMA = 20


@dataclass(frozen=True, eq=False)
class Integrity:
    """What looking at the files showed.

    Parameters
    ----------
    manifest : Manifest
    record : dict or None
        None: it cannot be read.
    signatures : tuple of Signature
    erased : tuple of Erased
    problems : tuple of Problem
    notes : tuple of str
        What a reader should know, though it is no problem.

    Examples
    --------
    >>> Integrity(Manifest({}), None, (), (), ()).intact
    True
    """

    manifest: Manifest
    record: dict[str, Any] | None
    signatures: tuple[Signature, ...]
    erased: tuple[Erased, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without the record."""
        return {
            "status": "intact" if self.intact else "broken",
            "n_files": len(self.manifest.subjects),
            "problems": [one.to_dict() for one in self.problems],
        }


def check_integrity(folder: Path, keys: Sequence[TrustedKey], today: date) -> Integrity:
    """Check the files of a report, and who signed them.

    Parameters
    ----------
    folder : Path
    keys : sequence of TrustedKey
    today : date

    Raises
    ------
    UnreadableError
        When there is no manifest, or an unchanged record is of a version that is not known.
    """
    manifest = _manifest(folder)
    problems = [*manifest.problems, *check_files(folder, manifest)]
    record, found = _read_record(folder, broken=bool(problems))
    problems += found + _of_belonging(manifest, record) + _of_statements(folder, manifest)
    erased, found = _read_erased(folder, manifest)
    problems += found
    gone = {one.name: one.sha256 for one in erased}
    signatures, found = check_signatures(folder, manifest, keys, today, gone)
    return Integrity(manifest, record, tuple(signatures), erased, (*problems, *found), _notes(folder, manifest))


def _manifest(folder: Path) -> Manifest:
    """The manifest; where all of the report was erased there is none, and that is told."""
    try:
        return read_manifest(folder)
    except UnreadableError as error:
        if (folder / MANIFEST).exists() or not (folder / ERASURE).exists():
            raise
        erased = read_erasure(read_content(folder, ERASURE))[0]
        raise UnreadableError(MANIFEST, f"The report was erased on {erased.date}: {erased.reason}.") from error


def _read_record(folder: Path, broken: bool) -> tuple[dict[str, Any] | None, list[Problem]]:
    """The record; one of another version cannot be judged, unless something is broken anyway."""
    try:
        content = read_content(folder, RECORD)
        record = strict_json(content, RECORD)
        said = (record.get("schema"), record.get("schema_version")) if isinstance(record, dict) else (None, None)
        if said[0] != "surrogate-report" or said[1] not in SCHEMA_VERSIONS:
            known = " or ".join(SCHEMA_VERSIONS)
            raise UnreadableError(
                RECORD, f"It is {said[0]!r} of version {said[1]!r}; this verifier reads surrogate-report {known}."
            )
    except UnreadableError as error:
        if not broken:
            raise
        return None, [Problem((error.file,), error.message)]
    problems = _of_schema(record, "record", RECORD)
    if content != canonical_json(record):
        problems.append(
            Problem((RECORD,), "It is not in canonical form (RFC 8785): it was changed after it was written.")
        )
    return record, problems


def _of_schema(value: Any, schema: str, file: str) -> list[Problem]:
    found = islice(schema_problems(value, find_schema(schema)), _MOST_OF_SCHEMA)
    return [Problem((file,), f"{message} (by its schema)", where) for where, message in found]


def _of_belonging(manifest: Manifest, record: dict[str, Any] | None) -> list[Problem]:
    """Whether what the manifest says of the record is so."""
    if record is None or not isinstance(record.get("production"), dict):
        return []
    digest = sha256_hex(canonical_json(record))
    versions = record["production"].get("versions")
    version = versions.get("surrogate-explainer") if isinstance(versions, dict) else None
    wanted = {
        "report_id": digest[:16],
        "record": {"sha256": digest},
        "schema": record.get("schema"),
        "schema_version": record.get("schema_version"),
        "kind": record.get("kind"),
        "generator": {"name": "surrogate-explainer", "version": version},
    }
    return [
        Problem((MANIFEST, RECORD), "The manifest says otherwise than the record.", f"/predicate/{name}", said, value)
        for name, value in wanted.items()
        if (said := manifest.predicate.get(name)) != value
    ]


def _of_statements(folder: Path, manifest: Manifest) -> list[Problem]:
    """Whether what people state, and the facts of the run, can be read."""
    problems = (
        [] if ISSUANCE in manifest.subjects else [Problem((ISSUANCE, MANIFEST), "It is missing from the report.")]
    )
    for name, schema in ((ISSUANCE, "issuance"), (RUN, None)):
        if name in manifest.subjects:
            try:
                value = strict_json(read_content(folder, name), name)
            except UnreadableError as error:
                problems.append(Problem((name,), error.message))
                continue
            problems += [] if schema is None else _of_schema(value, schema, name)
            stated = value.get("previous_report") if name == ISSUANCE and isinstance(value, dict) else None
            previous = manifest.predicate["previous"]
            if stated is not None and stated != previous:
                message = "It is stated to follow another report than the manifest says."
                problems.append(Problem((MANIFEST, ISSUANCE), message, "/predicate/previous", previous, stated))
    return problems


def _read_erased(folder: Path, manifest: Manifest) -> tuple[tuple[Erased, ...], list[Problem]]:
    if ERASURE not in manifest.subjects:
        return (), []
    try:
        erased = read_erasure(read_content(folder, ERASURE))
    except UnreadableError as error:
        return (), [Problem((ERASURE,), error.message)]
    still = [one.name for one in erased if one.name in manifest.subjects]
    return erased, [Problem((ERASURE, name), "It is said to be erased, and is there.") for name in still]


def _notes(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    listed = list_files(folder)
    notes = [
        f"{name} is hidden, or a report of its own, and was not looked at: verify it by itself."
        for name in listed.others
    ]
    if manifest.predicate["previous"]:
        notes.append(
            f"By the manifest it follows the report with the record {str(manifest.predicate['previous'])[:16]}…; unless that is "
            "stated in issuance.json too, no digest and no signature covers it."
        )
    return tuple(notes)
