"""Names of files: those of the surrogates where these are plain, else numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["stems_of"]

_PLAIN = re.compile(r"[a-z][a-z0-9_]{0,39}")

#: Files that are always there, and what systems keep for themselves.
_TAKEN = {"features", "vectors", "exports", "manifest", "con", "prn", "aux", "nul", "csv", "sys"}


def stems_of(names: Sequence[str]) -> dict[str, str]:
    """The beginning of each surrogate's files, by its name; no name becomes part of a path unless it is plain.

    Examples
    --------
    >>> stems_of(["rules", "../../etc", "features"])
    {'rules': 'rules', '../../etc': 'surrogate-2', 'features': 'surrogate-3'}
    """
    return {
        name: name if _PLAIN.fullmatch(name) and name not in _TAKEN else f"surrogate-{number}"
        for number, name in enumerate(names, 1)
    }
