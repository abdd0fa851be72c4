"""Held-out rows: which features documents have, from the evidence of a report or given as mappings."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError
from surrogate.exporting.columns import Column

__all__ = ["Rows", "presence_of_rows", "read_held_out"]

#: A row: whether each feature, by its name such as "stem:fee", is present.
Rows = Sequence[Mapping[str, bool]]

#: The most bytes of evidence that are read, unpacked.
_MOST_BYTES = 2_000_000_000


def presence_of_rows(rows: Rows, columns: Sequence[Column]) -> NDArray[np.bool_]:
    """Rows over columns, shape (n_rows, n_columns).

    Raises
    ------
    InputError
        ``bad-parameter`` when a row lacks a feature, or says something else than present or not.

    Examples
    --------
    >>> from surrogate.exporting.columns import columns_of
    >>> from surrogate.features import Feature
    >>> presence_of_rows([{"word:fee": True, "word:card": False}], columns_of([Feature("word", "fee", "fee")])).tolist()
    [[True]]
    """
    names = [column.feature.name for column in columns]
    for number, row in enumerate(rows):
        wrong = next((name for name in names if not isinstance(row.get(name), bool | np.bool_)), None)
        if wrong is not None:
            raise InputError(
                "bad-parameter",
                f"Row {number} says {row.get(wrong)!r} of the feature {wrong!r}. Say True or False of all {len(names):,} "
                "features in every row.",
            )
    return np.array([[bool(row[name]) for name in names] for row in rows], dtype=bool).reshape(len(rows), len(names))


def read_held_out(folder: str | Path) -> list[dict[str, bool]] | None:
    """The features of the documents that were held out, from the evidence beside a report.

    Parameters
    ----------
    folder : str or Path
        With ``evidence.json.gz``.

    Returns
    -------
    list of dict of str to bool, or None
        None: there is no evidence, or it holds no features.

    Raises
    ------
    InputError
        ``bad-file`` or ``bad-record``.

    Examples
    --------
    >>> read_held_out("nowhere") is None
    True
    """
    path = Path(folder) / "evidence.json.gz"
    if not path.is_file():
        return None
    try:
        with gzip.open(path, "rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError("bad-record", f"{path.name} is damaged: {error}. Restore it, or take it away.") from error
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror or error}.") from error
    if len(content) > _MOST_BYTES:
        raise InputError("bad-record", f"{path.name} is larger than any evidence.")
    try:
        return _rows(json.loads(content)["sample"])
    except (KeyError, TypeError, ValueError, RecursionError, binascii.Error) as error:
        raise InputError("bad-record", f"{path.name} is damaged: {type(error).__name__} at {error}.") from error


def _rows(sample: dict[str, Any]) -> list[dict[str, bool]] | None:
    if "features" not in sample:
        return None
    tested = [place for place, role in enumerate(sample["role"]) if role == "test"]
    found = {one["name"]: _bits(one["present"], len(sample["role"])) for one in sample["features"]}
    return [{name: bool(present[place]) for name, present in found.items()} for place in tested]


def _bits(packed: str, n: int) -> NDArray[np.bool_]:
    content = np.frombuffer(base64.b64decode(packed, validate=True), dtype=np.uint8)
    if len(content) != (n + 7) // 8:
        raise ValueError(f"a bitmap of {len(content)} bytes for {n} documents")
    return np.unpackbits(content, bitorder="little")[:n].astype(bool)
