"""Answers as rows of the database, each with a checksum, so that a damaged row is never taken for an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from surrogate.answers import Answers

__all__ = ["COLUMNS", "checksum", "from_row", "text_digest", "to_row"]

#: What an answer is, in the order of :func:`to_row`.
COLUMNS = ("log_probabilities", "embedding", "label_mass", "refused", "truncated", "votes")

Row = tuple[Any, ...]

_F8, _F4, _I8 = np.dtype("<f8"), np.dtype("<f4"), np.dtype("<i8")


def text_digest(text: str) -> bytes:
    """SHA-256 of a text in UTF-8, 32 bytes."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def to_row(answers: Answers, place: int) -> Row:
    """One of some answers as columns.

    Examples
    --------
    >>> answers = Answers.from_probabilities([[0.5, 0.5]])
    >>> back = from_row(to_row(answers, 0))
    >>> bool((back.log_probabilities == answers.log_probabilities).all()), back.embeddings is None
    (True, True)
    """
    embedding = None if answers.embeddings is None else answers.embeddings[place].astype("<f4").tobytes()
    mass = None if answers.label_mass is None else float(answers.label_mass[place])
    logs = answers.log_probabilities[place].astype("<f8").tobytes()
    votes = None if answers.votes is None else answers.votes[place].astype("<i8").tobytes()
    return logs, embedding, mass, int(answers.refused[place]), int(answers.truncated[place]), votes


def from_row(row: Sequence[Any]) -> Answers:
    """An answer of length 1 from its columns."""
    logs, embedding, mass, refused, truncated, votes = row
    return Answers(
        np.frombuffer(logs, dtype=_F8)[None, :],
        None if embedding is None else np.frombuffer(embedding, dtype=_F4)[None, :],
        None if mass is None else np.array([mass]),
        np.array([bool(refused)]),
        np.array([bool(truncated)]),
        None if votes is None else np.frombuffer(votes, dtype=_I8)[None, :],
    )


def checksum(fingerprint: str, digest: bytes, draw: int, row: Row) -> bytes:
    """What tells a damaged row: 16 bytes over its key and its columns.

    Examples
    --------
    >>> row = to_row(Answers.from_probabilities([[0.5, 0.5]]), 0)
    >>> checksum("toy:1", b"", 0, row) == checksum("toy:2", b"", 0, row)
    False
    """
    logs, embedding, *rest, votes = row
    # A row without votes has the checksum that it had before votes were kept.
    rest += [] if votes is None else [votes]
    # What stands before the two runs of bytes says how long they are, so that nothing can move from one to the other.
    before = repr((fingerprint, draw, rest, len(digest), len(logs), None if embedding is None else len(embedding)))
    return hashlib.blake2b(b"".join((before.encode(), b"\0", digest, logs, embedding or b"")), digest_size=16).digest()
