"""Ed25519 signatures, verified only, in plain Python.

No secret is handled here, so nothing needs to run in constant time.  Points are added in extended coordinates, as RFC 8032
gives them; the equation is checked without the cofactor, and what other implementations may take or leave is refused:
an S of the group order or more (else a second signature could be made of every one), encodings of points that are not
reduced, and public keys of small order (with such a key one signature fits many messages).
"""

from __future__ import annotations

import hashlib

__all__ = ["verify_ed25519"]

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]
_ZERO: _Point = (0, 1, 1, 0)


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of a message was made with the secret of a public key.

    Parameters
    ----------
    public : bytes, length 32
    message : bytes
    signature : bytes, length 64

    References
    ----------
    RFC 8032, sections 5.1.3 and 5.1.7.  On what verifiers disagree about: Chalkias, Garillot and Nikolaenko, "Taming the many
    EdDSAs", 2020.

    Examples
    --------
    The first test vector of RFC 8032:

    >>> public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    >>> signature = bytes.fromhex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b4"
    ...                           "6bd25bf5f0595bbe24655141438e7a100b")
    >>> verify_ed25519(public, b"", signature), verify_ed25519(public, b"x", signature)
    (True, False)
    """
    if len(public) != 32 or len(signature) != 64:
        return False
    key, nonce = _decoded(public), _decoded(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= _L or _same(_times(8, key), _ZERO):
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    return _same(_times(scalar, _BASE), _plus(nonce, _times(hashed, key)))


def _plus(first: _Point, second: _Point) -> _Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % _P
    b = (first[1] + first[0]) * (second[1] + second[0]) % _P
    c = 2 * first[3] * second[3] * _D % _P
    d = 2 * first[2] * second[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: _Point) -> _Point:
    total = _ZERO
    while scalar:
        if scalar & 1:
            total = _plus(total, point)
        point = _plus(point, point)
        scalar >>= 1
    return total


def _same(first: _Point, second: _Point) -> bool:
    return (first[0] * second[2] - second[0] * first[2]) % _P == 0 and (
        first[1] * second[2] - second[1] * first[2]
    ) % _P == 0


def _decoded(encoded: bytes) -> _Point | None:
    """The point of 32 bytes (RFC 8032, 5.1.3); None: they encode none."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


def _base() -> _Point:
    y = 4 * pow(5, _P - 2, _P) % _P
    point = _decoded(y.to_bytes(32, "little"))
    return _ZERO if point is None else point


_BASE = _base()
