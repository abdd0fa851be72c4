"""Write a report: all of it, or nothing."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.format_names import named_formats
from surrogate.placing import place_files
from surrogate.report.edition import Edition
from surrogate.report.issuance import Issuance
from surrogate.report.issuance.keeping import ISSUANCE, stated_for
from surrogate.report.render import render

if TYPE_CHECKING:
    from surrogate.transcript import Transcript

__all__ = ["EVIDENCE", "FORMATS", "Reportable", "add_files", "check_formats", "write_files", "write_report"]

#: Renderings by name, with the file each is written to.
FORMATS: dict[str, str] = {
    "html": "report.html",
    "text": "report.txt",
    "md": "report.md",
    "pdf": "report.pdf",
    "docx": "report.docx",
    "xlsx": "report.xlsx",
}

_RECORD, _RUN = "report.json", "run.json"

#: What was asked and answered, by which the numbers of the record can be checked.
EVIDENCE = "evidence.json.gz"


class Reportable(Protocol):
    """What can be written: a record, and facts of the run that are kept out of it."""

    @property
    def run(self) -> dict[str, Any]:
        """Facts that change from run to run."""

    @property
    def transcript(self) -> Transcript | None:
        """What was asked and answered; None: it was not kept."""

    def to_dict(self) -> dict[str, Any]:
        """The record."""


def write_report(
    explanation: Reportable,
    folder: str | Path,
    formats: Sequence[str] = ("html",),
    *,
    overwrite: bool = False,
    evidence: bool = True,
    issuance: Issuance | dict[str, Any] | str | Path | None = None,
) -> Path:
    """Write the record, its evidence, what people state about it, the renderings, and a manifest with the digests of all.

    Everything is rendered before anything is written.  The files hold a person's text: only their owner may read them.

    Parameters
    ----------
    explanation : Explanation or CorpusExplanation
    folder : str or Path
        Made if it is not there.
    formats : sequence of {"html", "text", "md", "pdf", "docx", "xlsx"}
    overwrite : bool, default False
        Replace another report; its other files are removed, since they would belong to no record.
    evidence : bool, default True
        Write ``evidence.json.gz`` too: the texts that were asked about and the answers, by which numbers can be checked and the
        report be made again without the model.
    issuance : Issuance, dict, str or Path, optional
        What people state: date, author, purpose and more, or the file with it.  None: what ``issuance.json`` in the folder says
        of this very record, else nothing.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        ``unknown-format``, ``output-exists``, ``bad-issuance``, ``signed-report``, ``erased-report`` or ``cannot-write``;
        then nothing is changed.
    """
    record = explanation.to_dict()
    stated = stated_for(record, Path(folder), issuance, overwrite=overwrite)
    edition = Edition(record, stated.to_dict())
    files = {FORMATS[name]: render(name, edition) for name in check_formats(formats)}
    files[ISSUANCE] = stated.to_bytes()
    if evidence and explanation.transcript is not None:
        files[EVIDENCE] = explanation.transcript.to_bytes()
    previous = stated.previous_report
    return write_files(folder, files, record, _RECORD, explanation.run, overwrite=overwrite, previous=previous)


def write_files(
    folder: str | Path,
    files: Mapping[str, bytes],
    record: dict[str, Any],
    name: str,
    run: dict[str, Any] | None = None,
    *,
    overwrite: bool = False,
    previous: str | None = None,
) -> Path:
    """Write files with the record they belong to, and ``run.json`` with what changes from run to run: all, or nothing.

    Files that belong to ``report.json`` are listed in ``manifest.json``, which is written last.

    Parameters
    ----------
    folder : str or Path
        Made if it is not there.
    files : mapping of str to bytes
        Content by file name, which may have a sub-folder, as ``exports/rules.sql``.
    record : dict
    name : str
        File of the record.
    run : dict, optional
    overwrite : bool, default False
    previous : str, optional
        SHA-256 of the record of the report that this one follows; None: what the manifest there says.

    Raises
    ------
    InputError
        ``output-exists``, ``signed-report``, ``erased-report``, ``bad-manifest`` (a name) or ``cannot-write``; then nothing
        is changed.
    """
    content = canonical_bytes(record)
    new = {**files, _RUN: _run_facts(run or {}, {name: content, **files})}
    new[name] = content  # Last: while it is missing, the report is not complete.
    target = Path(folder)
    try:
        is_same = _is_same(target, name, new, overwrite)
        stale = [] if is_same else _renderings(target, new)
        if name == _RECORD:
            from surrogate.report.belonging import listed

            new, stale = listed(target, new, stale, record, previous, is_same=is_same)
        place_files(target, new, stale)
    except OSError as error:
        raise _cannot_write(target, error) from error
    return target


def add_files(
    folder: str | Path, files: Mapping[str, bytes], *, overwrite: bool = False, remove: Sequence[str] = ()
) -> Path:
    """Add renderings or exports to a report, and list them in its manifest: all, or nothing.

    Files that were listed before stay listed as they were, so that one that was changed meanwhile is still found.

    Parameters
    ----------
    folder : str or Path
        Of a report.
    files : mapping of str to bytes
        Content by file name, which may have a sub-folder.
    overwrite : bool, default False
        Replace files of the same names with other content.
    remove : sequence of str
        Files that the new ones take the place of, under other names.

    Raises
    ------
    InputError
        ``no-manifest``, ``bad-manifest``, ``output-exists``, ``signed-report``, ``erased-report`` or ``cannot-write``; then
        nothing is changed.
    """
    from surrogate.report.belonging import added

    target, gone = Path(folder), [name for name in remove if name not in files]
    try:
        place_files(target, added(target, files, overwrite, gone), gone)
    except OSError as error:
        raise _cannot_write(target, error) from error
    return target


def check_formats(formats: Sequence[str]) -> list[str]:
    """The formats, each once.

    Parameters
    ----------
    formats : sequence of str
        Names out of :data:`FORMATS`.

    Raises
    ------
    InputError
        ``unknown-format``.

    Examples
    --------
    >>> check_formats(["md", "html", "md"])
    ['md', 'html']
    """
    return named_formats(formats, FORMATS, "report")


def _run_facts(run: dict[str, Any], files: dict[str, bytes]) -> bytes:
    """What changes from run to run, kept out of the record."""
    facts = {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "sha256": {name: digest(content) for name, content in files.items()},
        "run": canonical(run),
    }
    return (json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def _is_same(folder: Path, record: str, files: Mapping[str, bytes], overwrite: bool) -> bool:
    """Whether the folder holds this very record already; another one may only be replaced when asked."""
    path = folder / record
    if path.is_file() and path.read_bytes() == files[record]:
        return True
    there = [name for name in (record, *files) if (folder / name).is_file()]
    if there and not overwrite:
        raise InputError(
            "output-exists",
            f"{str(folder)!r} already holds {there[0]} of another report. Name another folder, or say that it may be "
            "replaced: --overwrite on the command line, overwrite=True in Python.",
        )
    return False


def _renderings(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    return [name for name in FORMATS.values() if name not in files and (folder / name).is_file()]


def _cannot_write(folder: Path, error: OSError) -> InputError:
    return InputError(
        "cannot-write",
        f"The report cannot be written to {str(folder)!r}: {error.strerror or error}. "
        "Name a folder that you may write to, on a disk with space left.",
    )
