"""Whether the manifest of a batch belongs to its index, and what it lists beyond that."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from surrogate.corpus.batch.checking.problems import Problem
from surrogate.corpus.batch.checking.sealing import stated_digests
from surrogate.corpus.batch.rows.entries import file_digest
from surrogate.corpus.batch.rows.index import INDEX
from surrogate.errors import InputError
from surrogate.signing import read_manifest
from surrogate.signing.names import MANIFEST, SIGNATURES

__all__ = ["check_manifest"]


def check_manifest(folder: Path, told: dict[str, Any]) -> tuple[list[Problem], set[str]]:
    """What is wrong with the manifest, or with files that it alone lists.

    Files that the index states are compared with the index, not here.

    Parameters
    ----------
    folder : Path
        Of the batch.
    told : dict
        What ``index.json`` says.

    Returns
    -------
    problems : list of Problem
    listed : set of str
        Names of the files that it alone lists.

    Examples
    --------
    >>> check_manifest(Path("nowhere"), {})
    ([], set())
    """
    if not os.path.lexists(folder / MANIFEST):
        # An older release wrote none; then the batch cannot be signed either.
        gone = Problem(MANIFEST, f"It is gone, and {SIGNATURES} are there.")
        return ([gone] if os.path.lexists(folder / SIGNATURES) else []), set()
    try:
        manifest = read_manifest(folder)
    except InputError as error:
        return [Problem(MANIFEST, error.message)], set()
    stated = {**stated_digests(told), INDEX: file_digest(folder / INDEX)}
    if manifest.kind != "batch" or manifest.record_sha256 != stated[INDEX]:
        return [Problem(MANIFEST, f"It is about something else than {INDEX}: one of them was changed.")], set()
    others = {name: known for name, known in manifest.files.items() if name not in stated}
    return [*_of_stated(manifest.files, stated), *_of_others(folder, others)], set(others)


def _of_stated(listed: Mapping[str, str], stated: Mapping[str, str]) -> Iterator[Problem]:
    for name, known in stated.items():
        if listed.get(name) != known:
            what = "another SHA-256 of" if name in listed else "no"
            yield Problem(MANIFEST, f"It lists {what} {name}, which {INDEX} states.")


def _of_others(folder: Path, others: Mapping[str, str]) -> Iterator[Problem]:
    for name, known in others.items():
        try:
            if file_digest(folder / name) != known:
                yield Problem(name, f"Its SHA-256 is not the one that {MANIFEST} lists: it was changed.")
        except InputError as error:
            yield Problem(name, error.message)
