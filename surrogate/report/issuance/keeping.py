"""What was stated about a report before is neither lost nor replaced silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.errors import InputError
from surrogate.report.issuance.issuance import Issuance
from surrogate.report.issuance.reading import as_issuance, read_issuance

__all__ = ["ISSUANCE", "stated_for"]

#: File of a report that holds what people state.
ISSUANCE = "issuance.json"


def stated_for(
    record: dict[str, Any],
    folder: Path,
    given: Issuance | dict[str, Any] | str | Path | None,
    *,
    overwrite: bool = False,
) -> Issuance:
    """What is stated about a record that is to be written into a folder.

    Parameters
    ----------
    record : dict
    folder : Path
    given : Issuance, dict, str, Path or None
        None: what was stated about the same record in the folder, else nothing.
    overwrite : bool, default False
        Other statements about the same record may be replaced.

    Raises
    ------
    InputError
        ``output-exists`` where others were stated; ``bad-issuance`` or ``bad-file`` when they cannot be read.

    Examples
    --------
    >>> stated_for({}, Path("nowhere"), {"author": "A. Lee"}).author
    'A. Lee'
    """
    before = None if overwrite and given is not None else _before(record, folder)
    if given is None and before is not None:
        return before
    stated = as_issuance(given)
    if before not in (None, stated, Issuance()):
        raise InputError(
            "output-exists",
            f"{str(folder / ISSUANCE)!r} states something else about this report. Name another folder, or say that it may be "
            "replaced: --overwrite on the command line, overwrite=True in Python.",
        )
    return stated


def _before(record: dict[str, Any], folder: Path) -> Issuance | None:
    """What stands in the folder already, if it belongs to the same record."""
    written, stated = folder / "report.json", folder / ISSUANCE
    try:
        same = stated.is_file() and written.is_file() and written.read_bytes() == canonical_bytes(record)
    except OSError as error:
        raise InputError("cannot-write", f"{written} cannot be read: {error.strerror}.") from error
    return read_issuance(stated) if same else None
