"""The manifest of a finished batch, which is what signatures are about; and what a signature forbids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from surrogate.corpus.batch.rows.entries import file_digest
from surrogate.corpus.batch.rows.index import INDEX, TABLE, read_index
from surrogate.errors import InputError
from surrogate.signing.folder import is_signed
from surrogate.signing.manifest import Manifest, manifest_of

__all__ = ["batch_manifest", "refuse_signed", "stated_digests"]

#: What is made from the rows once the index is there, and is not stated in it.
_RENDERED = ("summary.csv", "summary.html")


def batch_manifest(folder: str | Path) -> Manifest:
    """The manifest of a finished batch: everything final in its folder, with the index as the record.

    Left out are ``run.json``, which differs from run to run, and the full reports, which have manifests of their own; the rows
    state the SHA-256 of their records.  There is no clock in it: the same batch has the same manifest.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    InputError
        ``bad-batch``.

    Examples
    --------
    >>> batch_manifest("nowhere")
    Traceback (most recent call last):
    surrogate.errors.InputError: 'nowhere' holds no finished batch: index.json is not there. ... [bad-batch]
    """
    top, told = Path(folder), read_index(folder)
    rendered = {name: file_digest(top / name) for name in (INDEX, *_RENDERED) if (top / name).exists()}
    return manifest_of({**stated_digests(told), **rendered}, told)


def stated_digests(told: dict[str, Any]) -> dict[str, str]:
    """SHA-256 of every file that an index states, by name.

    Parameters
    ----------
    told : dict
        What ``index.json`` says.

    Examples
    --------
    >>> stated_digests({"files": {"batch.json": "0"}, "parts": [], "index": {"sha256": "1"}})
    {'batch.json': '0', 'index.parquet': '1'}
    """
    parts = {part["file"]: part["sha256"] for part in told["parts"]}
    return {**told["files"], **parts, TABLE: told["index"]["sha256"]}


def refuse_signed(folder: Path) -> None:
    """Refuse to change a batch, or a full report in one, that is signed.

    Raises
    ------
    InputError
        ``signed-report``.

    Examples
    --------
    >>> refuse_signed(Path("nowhere"))
    """
    if is_signed(folder):
        raise InputError(
            "signed-report",
            f"What is in {str(folder)!r} is signed, and would be another one than was signed. Name another folder with --out; "
            "a signed batch, or full report, stays as it is.",
        )
