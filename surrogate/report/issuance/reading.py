"""What people state, read from a file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from surrogate.errors import InputError
from surrogate.report.issuance.issuance import Issuance

__all__ = ["as_issuance", "read_issuance"]

#: The most bytes of such a file that are read.
_MOST_BYTES = 16_000_000


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
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError("bad-issuance", f"{path.name} has more than {_MOST_BYTES:,} bytes; statements are shorter.")
    try:
        data = _parsed(content, path)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise InputError("bad-issuance", f"{path.name} is no {kind}: {error}. See docs/report-record.md.") from error
    try:
        return Issuance.from_dict(data, path.name)
    except InputError as error:
        raise InputError(error.code, f"{path.name}: {error.message}") from error


def _parsed(content: bytes, path: Path) -> Any:
    text = content.decode("utf-8")
    return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)


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
