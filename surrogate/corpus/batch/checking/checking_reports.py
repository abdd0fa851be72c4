"""Whether the full reports of a batch are those that its rows state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from surrogate.corpus.batch.checking.problems import Problem
from surrogate.corpus.batch.rows.entries import file_digest
from surrogate.errors import InputError
from surrogate.signing import read_manifest
from surrogate.signing.names import MANIFEST, RECORD
from surrogate.signing.refreshing import compare

__all__ = ["check_reports"]


def check_reports(folder: Path, reports: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the full reports.

    The record of each must be the one whose SHA-256 the rows of its text state; its other files, those of its manifest.

    Parameters
    ----------
    folder : Path
        Of the batch.
    reports : mapping of str to str
        SHA-256 of ``report.json`` by the folder of the report.

    Examples
    --------
    >>> [str(problem) for problem in check_reports(Path("nowhere"), {"reports/ab": "0" * 64})]
    ['reports/ab/report.json: report.json cannot be read: No such file or directory.']
    """
    return [problem for name, stated in reports.items() for problem in _check(folder, name, stated)]


def _check(folder: Path, name: str, stated: str) -> Iterator[Problem]:
    try:
        is_same = file_digest(folder / name / RECORD) == stated
        if not is_same:
            yield Problem(
                f"{name}/{RECORD}", "Its SHA-256 is not the one that the rows of its text state: it was changed."
            )
    except InputError as error:
        yield Problem(f"{name}/{RECORD}", error.message)
        return
    try:
        found = compare(folder / name, read_manifest(folder / name).files)
    except InputError as error:
        yield Problem(f"{name}/{MANIFEST}", error.message)
        return
    said = {
        "changed": "It was changed since the manifest was written.",
        "missing": "It is in the manifest, and is gone.",
    }
    for what, sentence in said.items():
        yield from (Problem(f"{name}/{one}", sentence) for one in found[what] if one != RECORD or is_same)
    yield from (Problem(f"{name}/{one}", "No manifest lists it.") for one in found["unlisted"])
