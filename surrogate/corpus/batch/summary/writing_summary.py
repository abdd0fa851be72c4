"""Write a summary: as a record, a page and a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.corpus.batch.rows.index import BATCH, INDEX, read_index
from surrogate.corpus.batch.summary.drifting import Drift
from surrogate.corpus.batch.summary.summarizing import Summary
from surrogate.corpus.batch.summary.summary_table import summary_csv
from surrogate.errors import InputError
from surrogate.format_names import named_formats
from surrogate.placing import place_files
from surrogate.report.batch import FORMATS, RECORD, render_batch
from surrogate.signing.manifest import read_manifest
from surrogate.signing.names import MANIFEST

__all__ = ["FILES", "check_formats", "summary_record", "write_summary"]

#: Forms of a summary, with the file each is written to.
FILES = {**FORMATS, "csv": "summary.csv", "json": RECORD}


def summary_record(summary: Summary, drift: Drift | None = None) -> dict[str, Any]:
    """The record of a summary, with the drift against an earlier batch.

    Parameters
    ----------
    summary : Summary
    drift : Drift, optional

    Examples
    --------
    >>> summary_record(Summary({}))["drift"] is None
    True
    """
    return {**summary.to_dict(), "drift": None if drift is None else drift.to_dict()}


def write_summary(
    folder: str | Path,
    summary: Summary,
    drift: Drift | None = None,
    formats: Sequence[str] = ("html", "csv"),
    *,
    batch: str | Path | None = None,
    locale: str = "en",
    overwrite: bool = True,
) -> Path:
    """Write ``summary.json`` and its renderings: all, or nothing; the same summary always gives the same bytes.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    summary : Summary
    drift : Drift, optional
        Against an earlier batch.
    formats : sequence of {"html", "csv", "md", "pdf", "docx", "json"}
        Beside the record, which is always written.
    batch : str or Path, optional
        Folder of the batch, where it is another one: then the page does not link to full reports.  None: ``folder`` is, if it
        holds a batch.
    locale : {"en", "zh"}, default "en"
    overwrite : bool, default True
        Replace a summary of something else; its other renderings are removed, since they would belong to no record.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        ``unknown-format``, ``output-exists``, ``missing-glyph`` or ``cannot-write``; then nothing is changed.
    """
    target, record = Path(folder), summary_record(summary, drift)
    links = (target / BATCH).is_file() and (batch is None or Path(batch).resolve() == target.resolve())
    files = {FILES[name]: _render(name, record, links, locale) for name in check_formats(formats)}
    files.pop(RECORD, None)
    files[RECORD] = canonical_bytes(record)  # Last: what the others are renderings of.
    try:
        is_same = _check_free(target, files, overwrite, is_own=drift is None and batch is None)
        place_files(target, files, [] if is_same else _stale(target, files))
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"The summary cannot be written to {str(target)!r}: {error.strerror or error}. "
            "Name a folder that you may write to, on a disk with space left.",
        ) from error
    return target


def check_formats(formats: Sequence[str]) -> list[str]:
    """The formats, each once.

    Raises
    ------
    InputError
        ``unknown-format``.

    Examples
    --------
    >>> check_formats(["csv", "html", "csv"])
    ['csv', 'html']
    """
    return named_formats(formats, FILES, "summary")


def _render(name: str, record: dict[str, Any], links: bool, locale: str) -> bytes:
    if name == "json":
        return canonical_bytes(record)
    return summary_csv(record) if name == "csv" else render_batch(name, record, links=links, locale=locale)


def _stale(folder: Path, files: dict[str, bytes]) -> list[str]:
    """Renderings of the summary that is replaced, which would belong to no record."""
    return [name for name in FILES.values() if name not in files and (folder / name).is_file()]


def _check_free(folder: Path, files: dict[str, bytes], overwrite: bool, *, is_own: bool) -> bool:
    """Whether this very summary is there already; another one is replaced only where that may be."""
    _check_listed(folder, files)
    there = folder / RECORD
    if there.is_file() and there.read_bytes() == files[RECORD]:
        return True
    if not is_own and (folder / INDEX).is_file() and RECORD in read_index(folder)["files"]:
        raise InputError(
            "output-exists",
            f"{str(folder)!r} holds a finished batch, whose index states the SHA-256 of its summary. Name another folder for "
            "this one.",
        )
    taken = [name for name in files if (folder / name).is_file()]
    if taken and not overwrite:
        raise InputError(
            "output-exists",
            f"{str(folder)!r} already holds {taken[0]} of another summary. Name another folder, or say that it may be replaced: "
            "--overwrite.",
        )
    return False


def _check_listed(folder: Path, files: dict[str, bytes]) -> None:
    """Refuse to write another page or table than the one that the manifest of a finished batch lists."""
    listed = read_manifest(folder).files if (folder / MANIFEST).is_file() else {}
    for name, content in files.items():
        if listed.get(name, digest(content)) != digest(content):
            raise InputError(
                "output-exists",
                f"{str(folder)!r} holds a finished batch, whose manifest lists another {name}. Name another folder for this one.",
            )
