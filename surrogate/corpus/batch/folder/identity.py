"""Whether a folder holds the batch that is asked for, and what differs where it does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.errors import InputError

__all__ = ["compare", "differing"]

#: What differs where the input has other texts or ids; a reader of a sentence is told once.
_CONTENT = {"input.content_sha256", "input.n_rows", "input.n_texts", "input.n_problems"}


def compare(file: Path, content: bytes) -> None:
    """A folder is gone on with only where its ``batch.json`` is what would be written now.

    Raises
    ------
    InputError
        ``other-run``, with the settings that differ; ``bad-batch`` where it is not as it was written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as there:
    ...     file = Path(there) / "batch.json"
    ...     _ = file.write_bytes(b'{"calls":64}')
    ...     compare(file, b'{"calls":64}')
    """
    there = file.read_bytes()
    if there == content:
        return
    try:
        before = json.loads(there)
        same = isinstance(before, dict) and canonical_bytes(before) == there
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise _damaged(file)
    others = _listed(_worded(differing(before, json.loads(content))))
    raise InputError(
        "other-run",
        f"{file.parent} holds a batch with another {others}. Name another folder with --out, or "
        "begin anew in this one with --overwrite, which removes the batch that is there.",
    )


def differing(before: Mapping[str, Any], now: Mapping[str, Any], of: str = "") -> list[str]:
    """Names of the settings that differ, with the name of their table before them.

    Examples
    --------
    >>> differing({"calls": 64, "model": {"name": "a", "size": 1}}, {"calls": 32, "model": {"name": "b", "size": 1}})
    ['calls', 'model.name']
    """
    names: list[str] = []
    for key in sorted(before.keys() | now.keys()):
        one, other = before.get(key), now.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            names += differing(one, other, f"{of}{key}.")
        elif key not in before or key not in now or one != other:
            names.append(f"{of}{key}")
    return names


def _worded(names: list[str]) -> list[str]:
    others = [name for name in names if name not in _CONTENT]
    return others if others == names else ["input (its texts or ids)", *others]


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _damaged(file: Path) -> InputError:
    return InputError(
        "bad-batch",
        f"{file} is not as it was written: it is no canonical JSON object. Nothing was changed. Put it back as it was, or "
        "begin anew with --overwrite, which removes the batch that is there.",
    )
