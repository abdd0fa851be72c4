"""What people state, read from a file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.report.issuance.issuance import Issuance
from surrogate.small_files import naming, read_small

__all__ = ["as_issuance", "read_issuance"]


def read_issuance(path: str | Path) -> Issuance:
    """What people state, from a TOML file that they write, or from the ``issuance.json`` of a report.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-issuance`` when it is no TOML (or JSON, where its name ends so), has a
        key that is not known, or a value of the wrong kind.

    Examples
    --------
    >>> read_issuance("nowhere.toml")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere.toml cannot be read: No such file or directory. [bad-file]
    """
    path = Path(path)
    content = read_small(path, "bad-issuance")
    try:
        data = json.loads(content) if path.suffix == ".json" else tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise InputError("bad-issuance", f"{path.name} is no {kind}: {error}. See docs/report-record.md.") from error
    with naming(path.name):
        return Issuance.from_dict(data, path.name)


def as_issuance(given: Issuance | dict[str, Any] | str | Path | None) -> Issuance:
    """Statements as they may be given: themselves, as plain values, as the name of a file; None: nothing is stated.

    Examples
    --------
    >>> as_issuance({"purpose": "Routing"}).purpose, as_issuance(None).purpose
    ('Routing', None)
    """
    if isinstance(given, Issuance):
        return given
    if isinstance(given, str | Path):
        return read_issuance(given)
    return Issuance() if given is None else Issuance.from_dict(given)
