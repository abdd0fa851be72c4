"""Render a report again from the record in its folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import UndefinedError

from surrogate.canonical import digest
from surrogate.errors import InputError
from surrogate.report.edition import Edition
from surrogate.report.write import FORMATS, _write_all, check_formats

__all__ = ["read_edition", "render_again"]

_RECORD, _RUN, _MANIFEST, _ISSUANCE = "report.json", "run.json", "manifest.json", "issuance.json"


def read_edition(folder: str | Path) -> Edition:
    """The record in a folder, with what people state about it.

    Parameters
    ----------
    folder : str or Path
        With ``report.json``; where ``run.json`` or ``manifest.json`` lie beside it, its digest must be the one they tell.

    Returns
    -------
    Edition

    Raises
    ------
    InputError
        ``bad-record``: there is no record, or it was changed after it was written.

    Examples
    --------
    >>> read_edition("no-such-folder")
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no report.json in 'no-such-folder'. Name the folder of a report. [bad-record]
    """
    folder = Path(folder)
    path = folder / _RECORD
    if not path.is_file():
        raise InputError("bad-record", f"There is no {_RECORD} in {str(folder)!r}. Name the folder of a report.")
    content = path.read_bytes()
    record = _read(path)
    if "banner" not in record or not ({"surrogates", "members"} & set(record)):
        raise InputError("bad-record", f"{str(path)!r} is no record of a report. Name the folder of a report.")
    _check_digest(folder, digest(content))
    issuance = folder / _ISSUANCE
    return Edition(record, _read(issuance) if issuance.is_file() else None)


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            "bad-record", f"{str(path)!r} cannot be read: {error}. Use the file as it was written."
        ) from error
    if not isinstance(value, dict):
        raise InputError("bad-record", f"{str(path)!r} holds no JSON object. Use the file as it was written.")
    return value


def _check_digest(folder: Path, found: str) -> None:
    """Compare the digest of the record with what the files beside it tell."""
    for name in (_RUN, _MANIFEST):
        if not (folder / name).is_file():
            continue
        told = _told(_read(folder / name))
        if told is not None and told != found:
            raise InputError(
                "bad-record",
                f"{str(folder / _RECORD)!r} is not the record that {name} tells: its SHA-256 is {found[:16]}…, and not "
                f"{str(told)[:16]}…. It was changed after it was written: take the record as it was, or make the report anew.",
            )


def _told(facts: dict[str, Any]) -> Any:
    digests = facts.get("sha256")
    if isinstance(digests, dict):
        return digests.get(_RECORD)
    subjects = facts.get("subject")
    named = [one for one in subjects if isinstance(one, dict)] if isinstance(subjects, list) else []
    found = next((one.get("digest") for one in named if one.get("name") == _RECORD), None)
    return found.get("sha256") if isinstance(found, dict) else None


def render_again(
    folder: str | Path,
    formats: Sequence[str],
    *,
    out: str | Path | None = None,
    fonts: Sequence[str | Path] = (),
    overwrite: bool = False,
) -> list[Path]:
    """Render the record in a folder again.

    Everything is rendered before anything is written; a file that is there already and is the same is left alone.

    Parameters
    ----------
    folder : str or Path
    formats : sequence of str
        Names out of :data:`~surrogate.report.write.FORMATS`.
    out : str or Path, optional
        Where to write; None: into the folder itself.
    fonts : sequence of str or Path, optional
        Font files, or folders of them.
    overwrite : bool, default False
        Replace a file that is there already and differs.

    Returns
    -------
    list of Path
        The files, in the order of ``formats``.

    Raises
    ------
    InputError
        ``bad-record``, ``unknown-format``, ``missing-glyph``, ``output-exists`` or ``cannot-write``; then nothing is changed.

    Examples
    --------
    >>> render_again("no-such-folder", ["word"])
    Traceback (most recent call last):
    surrogate.errors.InputError: There is no report format 'word'. ... [unknown-format]
    """
    from surrogate.report.render import render

    names = check_formats(formats)
    edition = read_edition(folder)
    target = Path(folder if out is None else out)
    try:
        made = {FORMATS[name]: render(name, edition, fonts) for name in names}
    except InputError:
        raise
    except (AttributeError, IndexError, KeyError, TypeError, UndefinedError, ValueError) as error:
        raise InputError("bad-record", f"The record is damaged: {type(error).__name__} at {error}.") from error
    changed = {name: content for name, content in made.items() if not _is_there(target / name, content)}
    there = [name for name in changed if (target / name).exists()]
    if there and not overwrite:
        raise InputError(
            "output-exists",
            f"{str(target)!r} already holds another {there[0]}. Name another folder, or say that it may be replaced: "
            "--overwrite on the command line, overwrite=True in Python.",
        )
    try:
        _write_all(target, changed, [])
    except OSError as error:
        raise InputError(
            "cannot-write",
            f"The renderings cannot be written to {str(target)!r}: {error.strerror or error}. "
            "Name a folder that you may write to, on a disk with space left.",
        ) from error
    return [target / name for name in made]


def _is_there(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
