"""The manifest of a report: every file is listed, is there, and is as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surrogate.verifying.canonical_json import canonical_json, sha256_hex
from surrogate.verifying.folder import is_safe_name, list_files, read_content
from surrogate.verifying.problems import Problem, UnreadableError
from surrogate.verifying.strict_json import strict_json

__all__ = ["MANIFEST", "Manifest", "check_files", "read_manifest", "subjects_of"]

#: Names of the files that a manifest does not list: itself, and what is in the folder of signatures.
MANIFEST, SIGNATURES = "manifest.json", "signatures/"

STATEMENT = "https://in-toto.io/Statement/v1"
_MANIFEST_PREDICATE = "urn:surrogate-explainer:manifest:1"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")

#: The largest manifest, in bytes, and the most files.
_MOST_MANIFEST, _MOST_SUBJECTS = 8 * 2**20, 5_000

_MANIFEST_FIELDS = {"report_id", "record", "schema", "schema_version", "kind", "generator", "previous"}


@dataclass(frozen=True, eq=False)
class Manifest:
    """What a manifest says, and what was found wrong with it.

    Parameters
    ----------
    subjects : dict of str to str
        SHA-256 of every file, by its name.
    predicate : dict
        What it says of the report.
    problems : tuple of Problem

    Examples
    --------
    >>> Manifest({"report.json": "0" * 64}, {}).subjects.keys()
    dict_keys(['report.json'])
    """

    subjects: dict[str, str]
    predicate: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a report.

    Raises
    ------
    UnreadableError
        When it is missing, is no JSON, or is no manifest of a known version.
    """
    content = read_content(folder, MANIFEST, _MOST_MANIFEST)
    value = strict_json(content, MANIFEST, _MOST_MANIFEST)
    if (
        not isinstance(value, dict)
        or value.get("_type") != STATEMENT
        or value.get("predicateType") != _MANIFEST_PREDICATE
    ):
        raise UnreadableError(MANIFEST, f"It is no in-toto statement with the predicate {_MANIFEST_PREDICATE}.")
    problems = []
    if set(value) != {"_type", "subject", "predicateType", "predicate"}:
        problems.append(Problem((MANIFEST,), "It has other fields than a manifest has."))
    if content != canonical_json(value):
        problems.append(
            Problem((MANIFEST,), "It is not in canonical form (RFC 8785): it was changed after it was written.")
        )
    predicate = value.get("predicate")
    if not isinstance(predicate, dict) or set(predicate) != _MANIFEST_FIELDS:
        raise UnreadableError(MANIFEST, f"Its predicate must have {', '.join(sorted(_MANIFEST_FIELDS))}.")
    return Manifest(subjects_of(value, MANIFEST), predicate, tuple(problems))


def subjects_of(statement: dict[str, Any], file: str) -> dict[str, str]:
    """Names and digests of the subjects of an in-toto statement.

    Raises
    ------
    UnreadableError
        When a name could lead out of the folder, stands twice or is out of order, or a digest is none.

    Examples
    --------
    >>> subjects_of({"subject": [{"name": "../x", "digest": {"sha256": "0" * 64}}]}, "manifest.json")
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: manifest.json: It lists '../x', which is no safe name of a file in the folder.
    """
    listed = statement.get("subject")
    if not isinstance(listed, list) or not listed or len(listed) > _MOST_SUBJECTS:
        raise UnreadableError(file, f"It must list between 1 and {_MOST_SUBJECTS:,} files.")
    subjects: dict[str, str] = {}
    last = ""
    for one in listed:
        name, digest = _subject(one, file)
        if name <= last:
            raise UnreadableError(file, f"It lists {name!r} twice or out of order.")
        subjects[name], last = digest, name
    folded = [name.casefold() for name in subjects]
    if len(set(folded)) < len(folded):
        raise UnreadableError(file, "It lists two names that differ in case alone.")
    return subjects


def _subject(one: Any, file: str) -> tuple[str, str]:
    if not isinstance(one, dict) or set(one) != {"name", "digest"} or not isinstance(one["name"], str):
        raise UnreadableError(file, "Each file that it lists must have a name and a digest, and nothing else.")
    name, digest = one["name"], one["digest"]
    if not is_safe_name(name) or name == MANIFEST or name.startswith(SIGNATURES):
        raise UnreadableError(file, f"It lists {name[:200]!r}, which is no safe name of a file in the folder.")
    if not isinstance(digest, dict) or set(digest) != {"sha256"} or not _SHA256.match(str(digest["sha256"])):
        raise UnreadableError(file, f"It gives {name!r} no SHA-256 of 64 hexadecimal digits.")
    return name, str(digest["sha256"])


def check_files(folder: Path, manifest: Manifest) -> list[Problem]:
    """Whether the files of a folder are those that its manifest lists, with the bytes that they had.

    Parameters
    ----------
    folder : Path
    manifest : Manifest

    Returns
    -------
    list of Problem
        Files that are missing, that are not listed, and that were changed.

    Raises
    ------
    UnreadableError
        When the folder, or a file, cannot be read.
    """
    there = list_files(folder)
    problems = list(there.problems)
    links = {one.files[0] for one in problems}
    own = [name for name in there.names if name != MANIFEST and not name.startswith(SIGNATURES)]
    problems += [
        Problem((name, MANIFEST), "The manifest does not list this file: it was added.")
        for name in own
        if name not in manifest.subjects
    ]
    for name, digest in manifest.subjects.items():
        if name in links:
            continue
        if name not in own:
            problems.append(Problem((name, MANIFEST), "The manifest lists this file, and it is not there."))
            continue
        found = sha256_hex(read_content(folder, name))
        if found != digest:
            message = "Its SHA-256 is not that of the manifest: the file was changed, or the manifest was."
            problems.append(Problem((name, MANIFEST), message, found=found, expected=digest))
    return problems
