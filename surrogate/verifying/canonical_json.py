"""Canonical JSON (RFC 8785), written with the standard library alone."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

__all__ = ["canonical_json", "es6_number", "sha256_hex"]

#: Largest whole number that every reader of JSON keeps as it is.
MOST_INTEGER = 2**53 - 1


def sha256_hex(content: bytes) -> str:
    """SHA-256 in hexadecimal.

    Examples
    --------
    >>> sha256_hex(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def es6_number(number: float) -> str:
    """A number as ECMAScript writes it.

    Raises
    ------
    ValueError
        For infinities and not-a-number, and for whole numbers that a reader may not keep.

    References
    ----------
    RFC 8785, section 3.2.2.3; ECMA-262, Number::toString.

    Examples
    --------
    >>> [es6_number(one) for one in (1.0, -0.0, 1e21, 1e-7, 0.000001, 123456789012345680000.0)]
    ['1', '0', '1e+21', '1e-7', '0.000001', '123456789012345680000']
    """
    if isinstance(number, int):
        if abs(number) > MOST_INTEGER:
            raise ValueError(f"The whole number {number} is too large for canonical JSON.")
        return str(number)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no JSON number.")
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    digits, exponent = _digits(abs(number))
    return sign + _placed(digits, exponent)


def _digits(number: float) -> tuple[str, int]:
    """The shortest digits that give the number, and n such that it is 0.digits times 10 to the n."""
    mantissa, _, power = repr(number).partition("e")
    whole, _, rest = mantissa.partition(".")
    point = len(whole) + (int(power) if power else 0)
    digits = whole + rest
    stripped = digits.lstrip("0")
    return stripped.rstrip("0"), point - (len(digits) - len(stripped))


def _placed(digits: str, n: int) -> str:
    k = len(digits)
    if k <= n <= 21:
        return digits + "0" * (n - k)
    if 0 < n <= 21:
        return f"{digits[:n]}.{digits[n:]}"
    if -6 < n <= 0:
        return f"0.{'0' * -n}{digits}"
    fraction = f".{digits[1:]}" if k > 1 else ""
    return f"{digits[0]}{fraction}e{n - 1:+d}"


def canonical_json(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value.

    Raises
    ------
    ValueError
        When the value has no such form.

    Examples
    --------
    >>> canonical_json({"b": [1.0, None], "a": True})
    b'{"a":true,"b":[1,null]}'
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode("utf-8")


def _write(value: Any, parts: list[str]) -> None:
    if value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, str):
        parts.append(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, int | float):
        parts.append(es6_number(value))
    elif isinstance(value, list | tuple):
        _write_items("[", ((None, item) for item in value), "]", parts)
    elif isinstance(value, dict):
        # by UTF-16 code units, as RFC 8785 (3.2.3) has it
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        _write_items("{", ((key, value[key]) for key in keys), "}", parts)
    else:
        raise ValueError(f"{type(value).__name__} has no JSON form.")


def _write_items(start: str, items: Any, end: str, parts: list[str]) -> None:
    parts.append(start)
    for place, (key, item) in enumerate(items):
        if place:
            parts.append(",")
        if key is not None:
            parts.append(json.dumps(key, ensure_ascii=False) + ":")
        _write(item, parts)
    parts.append(end)
