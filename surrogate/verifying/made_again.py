"""Pages and exports of a report made again from its record, to compare them with those that lie there."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.verifying.folder import read_content

__all__ = ["made_again", "same_content"]

#: Renderings, with the language in their names where it is not English.
_RENDERING = re.compile(r"report(?:\.(?P<locale>[a-z]{2}))?\.(?P<suffix>html|txt|md|pdf|docx|xlsx)")
_FORMATS = {"txt": "text"}

_EXPORTS, _LISTING = "exports/", "exports/exports.json"


def made_again(folder: Path, record: dict[str, Any], names: set[str]) -> Iterator[tuple[str, bytes | None]]:
    """Files of a report, made again.

    Parameters
    ----------
    folder : Path
    record : dict
    names : set of str
        Files that the report has.

    Yields
    ------
    tuple of (str, bytes or None)
        Name and content; None: it cannot be made here, such as a page whose script no installed font has.
    """
    issuance = json.loads(read_content(folder, "issuance.json")) if "issuance.json" in names else None
    for name in sorted(names):
        found = _RENDERING.fullmatch(name)
        if found is not None:
            yield (
                name,
                _rendered(_FORMATS.get(found["suffix"], found["suffix"]), record, issuance, found["locale"] or "en"),
            )
    if _LISTING in names:
        yield from _exported(folder, record, {name for name in names if name.startswith(_EXPORTS)})


def same_content(name: str, one: bytes, two: bytes) -> bool:
    """Whether two files are the same: byte for byte, or of DOCX and XLSX in everything that is packed in them.

    Examples
    --------
    >>> same_content("report.html", b"a", b"b"), same_content("report.docx", b"a", b"a")
    (False, True)
    """
    if one == two:
        return True
    if not name.endswith((".docx", ".xlsx")):
        return False
    try:
        return _unpacked(one) == _unpacked(two)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
        return False


def _unpacked(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        listed = packed.infolist()
        if sum(one.file_size for one in listed) > 2**28:
            raise ValueError("it unpacks to more than is meant")
        return sorted((one.filename, packed.read(one)) for one in listed)


def _rendered(form: str, record: dict[str, Any], issuance: dict[str, Any] | None, locale: str) -> bytes | None:
    from surrogate.report.edition import LOCALES, Edition
    from surrogate.report.render import render

    if locale not in LOCALES:
        return None
    try:
        return render(form, Edition(record, issuance, locale))
    except InputError:
        return None


def _exported(folder: Path, record: dict[str, Any], names: set[str]) -> Iterator[tuple[str, bytes | None]]:
    """Exports, made again of the surrogates and in the formats that their listing names.

    What engines answered is part of the listing: it is made again only where the same engines are installed.
    """
    from surrogate.exporting.export import FORMATS, export_record
    from surrogate.exporting.held_out import read_held_out

    there = json.loads(read_content(folder, _LISTING))
    listed = there.get("exports", [])
    formats = [name for name in FORMATS if any(one.get("format") == name for one in listed)]
    members = list(dict.fromkeys(str(one.get("surrogate")) for one in listed)) or None
    made = export_record(record, formats, read_held_out(folder), members)
    again = json.loads(made["exports.json"])
    for name in sorted(names):
        content = made.get(name.removeprefix(_EXPORTS), b"")
        other_engines = name == _LISTING and _engines(there) != _engines(again)
        yield name, None if other_engines else content


def _engines(listing: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (str(one.get("surrogate")), str(run.get("engine")), str(run.get("version")))
        for one in listing.get("exports", [])
        for run in one.get("conformance", [])
    ]
