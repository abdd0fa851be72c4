"""The evidence of a report, read with care: what was asked, what was answered, and on which rows numbers were measured."""

from __future__ import annotations

import sys
import zlib
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from surrogate.verifying.dsse import exact_base64
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.strict_json import strict_json

__all__ = ["EVIDENCE_FILE", "Evidence", "Reader", "flags_of", "read_evidence", "unzipped"]

EVIDENCE_FILE = "evidence.json.gz"

_EVIDENCE_SCHEMA, _EVIDENCE_VERSION = "surrogate-evidence", "1.0"

#: The most bytes that are unpacked: a file of a few kilobytes can hold gigabytes of nothing.
_MOST_UNPACKED = 512 * 2**20
_STEP = 2**20


@dataclass(frozen=True, eq=False)
class Reader:
    """What one model answered.

    Parameters
    ----------
    role : str
    texts : tuple of int
        Place of the text of each answer.
    draws : tuple of int
    log_probabilities : array of float
        One row of ``n_classes`` after the other.
    n_classes : int
    refused, truncated : tuple of bool
    label_mass : array of float or None
    votes : array of int or None

    Examples
    --------
    >>> Reader("model", (4,), (0,), array("d", [0.0, -1.0]), 2, (False,), (False,), None, None).row_of[4, 0]
    0
    """

    role: str
    texts: tuple[int, ...]
    draws: tuple[int, ...]
    log_probabilities: array[float]
    n_classes: int
    refused: tuple[bool, ...]
    truncated: tuple[bool, ...]
    label_mass: array[float] | None
    votes: array[int] | None

    @cached_property
    def row_of(self) -> dict[tuple[int, int], int]:
        """Number of the answer by text and draw."""
        return {key: row for row, key in enumerate(zip(self.texts, self.draws, strict=True))}

    def logs(self, row: int) -> array[float]:
        """Log-probabilities of one answer."""
        return self.log_probabilities[row * self.n_classes : (row + 1) * self.n_classes]

    def votes_of(self, row: int) -> array[int] | None:
        """Votes of one answer."""
        return None if self.votes is None else self.votes[row * self.n_classes : (row + 1) * self.n_classes]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was asked and answered, and the sample.

    Parameters
    ----------
    kind : str
    texts : tuple of str
    readers : tuple of Reader
        The explained model first.
    sample : dict
        As it stands in the file.
    request : dict

    Examples
    --------
    >>> Evidence("local", ("a",), (), {}, {}).texts
    ('a',)
    """

    kind: str
    texts: tuple[str, ...]
    readers: tuple[Reader, ...]
    sample: dict[str, Any]
    request: dict[str, Any]

    @property
    def model(self) -> Reader:
        """What the explained model answered."""
        return self.readers[0]


def unzipped(content: bytes, file: str, most_bytes: int = _MOST_UNPACKED) -> bytes:
    """The content of a gzip file of one member, no more of it than can be meant.

    Raises
    ------
    UnreadableError

    Examples
    --------
    >>> import gzip
    >>> unzipped(gzip.compress(b"x" * 1000), "evidence.json.gz", 100)
    Traceback (most recent call last):
    surrogate.verifying.problems.UnreadableError: evidence.json.gz: It unpacks to more than 100 bytes.
    """
    unpack = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    size, left = 0, content
    try:
        while not unpack.eof:
            part = unpack.decompress(left, _STEP)
            left = unpack.unconsumed_tail
            if not part and not left and not unpack.eof:
                raise UnreadableError(file, "It ends too early.")
            size += len(part)
            parts.append(part)
            if size > most_bytes:
                raise UnreadableError(file, f"It unpacks to more than {most_bytes:,} bytes.")
    except zlib.error as error:
        raise UnreadableError(file, f"It is no gzip file, or is damaged: {error}.") from error
    if unpack.unused_data:
        raise UnreadableError(file, "Something follows the packed content.")
    return b"".join(parts)


def read_evidence(content: bytes) -> Evidence:
    """Read ``evidence.json.gz``.

    Raises
    ------
    UnreadableError
        When it is damaged, or of another version.
    """
    unpacked = unzipped(content, EVIDENCE_FILE)
    data = strict_json(unpacked, EVIDENCE_FILE, _MOST_UNPACKED)
    version = (data.get("schema"), data.get("schema_version")) if isinstance(data, dict) else (None, None)
    if version != (_EVIDENCE_SCHEMA, _EVIDENCE_VERSION):
        raise UnreadableError(
            EVIDENCE_FILE,
            f"It is {version[0]!r} of version {version[1]!r}; {_EVIDENCE_SCHEMA} {_EVIDENCE_VERSION} is read.",
        )
    try:
        texts = tuple(data["texts"])
        if not all(isinstance(text, str) for text in texts) or not data["readers"]:
            raise ValueError("texts that are none, or no answers")
        readers = tuple(_reader(one, len(texts)) for one in data["readers"])
        return Evidence(str(data["kind"]), texts, readers, dict(data["sample"]), dict(data["request"]))
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise UnreadableError(EVIDENCE_FILE, f"It is damaged: {type(error).__name__} at {error}.") from error


def _reader(data: dict[str, Any], n_texts: int) -> Reader:
    places, n, width = tuple(data["text"]), len(data["text"]), int(data["n_classes"])
    if not all(isinstance(place, int) and 0 <= place < n_texts for place in places):
        raise ValueError("a text that is not there")
    mass, votes = data["label_mass"], data["votes"]
    return Reader(
        str(data["role"]),
        places,
        _whole(data["draw"], n),
        _array(data["log_probabilities"], "d", n * width),
        width,
        flags_of(data["refused"], n),
        flags_of(data["truncated"], n),
        None if mass is None else _array(mass, "d", n),
        None if votes is None else _array(votes, "q", n * width),
    )


def _whole(values: Any, n: int) -> tuple[int, ...]:
    if len(values) != n or not all(isinstance(value, int) for value in values):
        raise ValueError(f"{n} whole numbers are needed")
    return tuple(values)


def _array(text: Any, kind: str, n: int) -> array[Any]:
    content = exact_base64(text, EVIDENCE_FILE)
    found: array[Any] = array(kind)
    if len(content) != n * found.itemsize:
        raise ValueError(f"{len(content):,} bytes for {n:,} numbers")
    found.frombytes(content)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def flags_of(text: Any, n: int) -> tuple[bool, ...]:
    """Flags of a bitmap in base64, the first in the lowest bit.

    Raises
    ------
    ValueError
        When it is of another length.

    Examples
    --------
    >>> flags_of("BQ==", 3)
    (True, False, True)
    """
    content = exact_base64(text, EVIDENCE_FILE)
    if len(content) != (n + 7) // 8:
        raise ValueError(f"{len(content):,} bytes of flags for {n:,} rows")
    return tuple(bool(content[place >> 3] >> (place & 7) & 1) for place in range(n))
