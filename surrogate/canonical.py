"""Canonical numbers and bytes: the same content always gives the same JSON, byte for byte."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np

__all__ = ["DIGITS", "canonical", "canonical_bytes", "digest"]

#: Significant digits kept of every number.
DIGITS = 10


def canonical(value: Any) -> Any:
    """Plain Python values with numbers rounded to :data:`DIGITS` significant digits; not-a-number becomes None.

    Rounding is idempotent, so what is read back and written again does not change.

    Examples
    --------
    >>> canonical({"a": np.float64(1 / 3), "b": (np.int64(2), float("nan"))})
    {'a': 0.3333333333, 'b': [2, None]}
    """
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _rounded(float(value))
    return value


def _rounded(number: float) -> float | None:
    if not math.isfinite(number):
        return None
    return float(f"{number:.{DIGITS}g}") + 0.0


def canonical_bytes(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value.

    Examples
    --------
    >>> canonical_bytes({"b": 1, "a": 0.5})
    b'{"a":0.5,"b":1}'
    """
    import rfc8785

    return rfc8785.dumps(value)


def digest(content: bytes | str) -> str:
    """SHA-256 in hexadecimal.

    Examples
    --------
    >>> digest("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content.encode("utf-8") if isinstance(content, str) else content).hexdigest()
