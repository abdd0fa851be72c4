"""Export: the files of a record's surrogates, each offered only where it does what the surrogate does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.conformance import check_export
from surrogate.exporting.data_files import json_bytes, write_csv, write_json
from surrogate.exporting.dmn import write_dmn
from surrogate.exporting.features_file import describe_features
from surrogate.exporting.heading import Heading, heading_of
from surrogate.exporting.held_out import Rows, presence_of_rows
from surrogate.exporting.local import LOCAL, local_exports
from surrogate.exporting.members import Member, members_of
from surrogate.exporting.names import stems_of
from surrogate.exporting.offer import DATA, Export
from surrogate.exporting.pmml import write_pmml
from surrogate.exporting.python_file import write_python
from surrogate.exporting.sql import write_sql
from surrogate.exporting.vectors import vectors_of, write_vectors
from surrogate.format_names import named_formats
from surrogate.report.record import kind_of

__all__ = ["FORMATS", "Format", "check_names", "export_record"]

Write = Callable[[Member, Heading], bytes]

#: Vectors and held-out rows over the columns of a surrogate.
Asked = tuple[NDArray[np.bool_], NDArray[np.bool_]]


@dataclass(frozen=True)
class Format:
    """A format of exports.

    Parameters
    ----------
    ending : str
        Of its files.
    write : callable (member, heading) -> bytes
    """

    ending: str
    write: Write


#: Formats by name, in the order in which they are listed.
FORMATS: dict[str, Format] = {
    "dmn": Format("dmn", write_dmn),
    "pmml": Format("pmml", write_pmml),
    "sql": Format("sql", write_sql),
    "python": Format("py", write_python),
    "json": Format("json", write_json),
    "csv": Format("csv", write_csv),
}


def check_names(formats: Sequence[str]) -> list[str]:
    """The formats, each once.

    Raises
    ------
    InputError
        ``unknown-format``.

    Examples
    --------
    >>> check_names(["sql", "dmn", "sql"])
    ['sql', 'dmn']
    """
    if not formats:
        raise InputError("unknown-format", f"No export format was named. Formats: {', '.join(FORMATS)}.")
    return named_formats(formats, FORMATS, "export")


def export_record(
    record: dict[str, Any],
    formats: Sequence[str] = tuple(FORMATS),
    rows: Rows | None = None,
    members: Sequence[str] | None = None,
    *,
    sha256: str | None = None,
) -> dict[str, bytes]:
    """The files of a record's surrogates, by their names in the folder ``exports``.

    Besides a file for each surrogate and format there are ``features.json``, which says how to compute what the files ask for,
    ``vectors.csv`` with rows and expected answers, and ``exports.json``, which says what is offered, what is not and why, and
    what every engine answered.

    Parameters
    ----------
    record : dict
        ``report.json``; the model is not needed.
    formats : sequence of str
        Out of :data:`FORMATS`.
    rows : sequence of mapping of str to bool, optional
        Which features held-out documents have, by the features' names.
    members : sequence of str, optional
        Surrogates by name; None: all that the record shows.
    sha256 : str, optional
        Of the record as it was written, where it was brought to another version since; None: of this one.

    Returns
    -------
    dict of str to bytes

    Raises
    ------
    InputError
        ``unknown-format``, ``bad-parameter`` for a surrogate that is not there, ``bad-record``.

    Examples
    --------
    >>> from surrogate.canonical import digest
    >>> recipe = {"toml": "[describe.parts]", "sha256": digest("[describe.parts]")}
    >>> facts = {"production": {"recipe": recipe}, "documents": {"columns": []}}
    >>> record = {"schema": "surrogate-corpus-report", "model": {"name": "router"}, "members": [], **facts}
    >>> sorted(export_record(record, ["sql"]))
    ['exports.json', 'features.json', 'vectors.csv']
    """
    names, heading = check_names(formats), heading_of(record, sha256)
    if kind_of(record) == "local":
        data, unshown = local_exports(record, names, heading, members)
        return _with_listing(data, heading, LOCAL, unshown, None)
    shown, withheld = members_of(record)
    wanted = _wanted(shown, withheld, members)
    run = [member for member in wanted if member.data_only is None]
    vectors = vectors_of(run)
    stems = stems_of([member.name for member in shown])
    exports: list[Export] = []
    for member in wanted:
        asked = (vectors.of(member), _held_out(member, rows)) if member in run else None
        exports += [_export(member, name, stems[member.name], heading, asked) for name in names]
    columns = {column.name: column for member in wanted for column in member.logic.columns}
    files = {
        "features.json": json_bytes(describe_features(record, tuple(columns.values()), heading)),
        "vectors.csv": write_vectors(vectors, run),
    }
    missing = {name: reason for name, reason in withheld.items() if members is None or name in members}
    return files | _with_listing(exports, heading, None, missing, len(vectors.why))


def _wanted(shown: Sequence[Member], withheld: dict[str, str], names: Sequence[str] | None) -> list[Member]:
    if names is None:
        return list(shown)
    known = {member.name: member for member in shown}
    for name in names:
        if name not in known and name not in withheld:
            listed = ", ".join(map(repr, (*known, *withheld))) or "none"
            raise InputError("bad-parameter", f"The record has no surrogate {name!r}; it has {listed}.")
    return [known[name] for name in dict.fromkeys(names) if name in known]


def _held_out(member: Member, rows: Rows | None) -> NDArray[np.bool_]:
    columns = member.logic.columns
    return np.zeros((0, len(columns)), dtype=bool) if rows is None else presence_of_rows(rows, columns)


def _export(member: Member, name: str, stem: str, heading: Heading, asked: Asked | None) -> Export:
    """Write one file and run it on vectors and held-out rows, if it can be run; what disagrees anywhere is not offered."""
    file = f"{stem}.{FORMATS[name].ending}"
    if member.data_only is not None and name not in DATA:
        return Export(member.name, name, file, None, member.data_only)
    try:
        content = FORMATS[name].write(member, heading)
    except InputError as error:
        return Export(member.name, name, file, None, error.message)
    if asked is None:
        return Export(member.name, name, file, content)
    found = check_export(name, content, member, *asked)
    return Export(member.name, name, file, content if found.agrees else None, found.reason, found)


def _with_listing(
    exports: Sequence[Export],
    heading: Heading,
    reason: str | None,
    withheld: dict[str, str],
    n_vectors: int | None,
) -> dict[str, bytes]:
    """The files with exports.json, which lists them."""
    listing = {
        "schema": "surrogate-exports",
        "schema_version": "1.0",
        **heading.to_dict(),
        "data_only": reason,
        "withheld": withheld,
        "vectors": n_vectors,
        "exports": [one.to_dict() for one in exports],
    }
    files = {one.file: one.content for one in exports if one.content is not None}
    return files | {"exports.json": json_bytes(listing)}
