"""One order for a record, whether it was just made or read back from its file."""

from __future__ import annotations

import json
from typing import Any

from surrogate.canonical import canonical_bytes

__all__ = ["ordered"]


def ordered(record: dict[str, Any]) -> dict[str, Any]:
    """The record as it is read back from its canonical bytes, so that a rendering depends on nothing else.

    Parameters
    ----------
    record : dict

    Returns
    -------
    dict

    Examples
    --------
    >>> ordered({"b": 1.0, "a": 2})
    {'a': 2, 'b': 1}
    """
    return json.loads(canonical_bytes(record))
