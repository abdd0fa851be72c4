"""The documents of a corpus with what the model decides on them, as bitmaps: bit i stands for document i."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from surrogate.verifying.canonical_json import sha256_hex
from surrogate.verifying.evidence import Evidence, flags_of
from surrogate.verifying.problems import UnreadableError

__all__ = ["DocumentSet", "bitmap", "bits_in", "document_set", "role_by_hash"]


def bitmap(places: Iterable[int]) -> int:
    """A bitmap with some bits set.

    Examples
    --------
    >>> bitmap([0, 3])
    9
    """
    listed = list(places)
    content = bytearray(max(listed, default=-1) // 8 + 1)
    for place in listed:
        content[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(content, "little")


def bits_in(found: int) -> Iterator[int]:
    """Places of the bits that are set, ascending.

    Examples
    --------
    >>> list(bits_in(9))
    [0, 3]
    """
    text = f"{found:b}"[::-1]
    place = text.find("1")
    while place >= 0:
        yield place
        place = text.find("1", place + 1)


def role_by_hash(text: str, split: Sequence[int], random_state: int) -> str:
    """What a document is for: to fit, to select or to test; by the hash of its text, so that nobody chose it.

    Examples
    --------
    >>> role_by_hash("where is my card", (5, 2, 3), 0) in ("fit", "select", "test")
    True
    """
    digest = bytes.fromhex(sha256_hex(f"{random_state}\0{text}".encode("utf-8", "surrogatepass")))
    place = int.from_bytes(digest[:8], "big") / 2**64 * sum(split)
    return "fit" if place < split[0] else "select" if place < split[0] + split[1] else "test"


@dataclass(frozen=True, eq=False)
class DocumentSet:
    """The usable documents of a corpus.

    Parameters
    ----------
    classes : tuple of str
    texts, ids : tuple of str
    logs : tuple of sequence of float
        Log-probabilities of every class.
    test : int
        Bitmap of the documents that were held out.
    features : dict of str to int
        Bitmap of the documents that have each feature, by its name.
    labels : tuple of (str or None) or None
    metadata : dict

    Examples
    --------
    >>> documents = DocumentSet(("a", "b"), ("x", "y"), ("1", "2"), ((0.0, -9.0), (-9.0, 0.0)), 0b10, {}, None, {})
    >>> documents.decisions, documents.decided
    ([0, 1], [1, 2])
    """

    classes: tuple[str, ...]
    texts: tuple[str, ...]
    ids: tuple[str, ...]
    logs: tuple[Sequence[float], ...]
    test: int
    features: dict[str, int]
    labels: tuple[str | None, ...] | None
    metadata: dict[str, list[Any]]

    @property
    def n(self) -> int:
        """Number of documents."""
        return len(self.texts)

    @property
    def every(self) -> int:
        """Bitmap of all documents."""
        return (1 << self.n) - 1

    @property
    def n_test(self) -> int:
        """Number of documents that were held out."""
        return self.test.bit_count()

    def probability(self, place: int, column: int) -> float:
        """What the model says."""
        return math.exp(self.logs[place][column])

    @cached_property
    def decisions(self) -> list[int]:
        """The model's decision on each document: the class of highest probability, the first of equals."""
        found = []
        for logs in self.logs:
            shares = [math.exp(log) for log in logs]
            found.append(shares.index(max(shares)))
        return found

    @cached_property
    def decided(self) -> list[int]:
        """Bitmap of the documents that the model decides so, for every class."""
        places: list[list[int]] = [[] for _ in self.classes]
        for place, decision in enumerate(self.decisions):
            places[decision].append(place)
        return [bitmap(one) for one in places]

    @cached_property
    def majority(self) -> int:
        """The decision that is the most frequent among the documents that were fitted to."""
        counts = [(one & ~self.test).bit_count() for one in self.decided]
        return counts.index(max(counts))


def document_set(record: dict[str, Any], evidence: Evidence) -> DocumentSet:
    """The documents of a record of a corpus.

    Raises
    ------
    UnreadableError
        When evidence and record do not belong together.
    """
    classes, sample, model = tuple(record["model"]["labels"]), evidence.sample, evidence.model
    if evidence.kind != "global" or model.n_classes != len(classes):
        raise UnreadableError(
            "evidence.json.gz", "It belongs to another kind of report, or to a model with other labels."
        )
    places = sample["text"]
    n = len(places)
    columns = [sample["ids"], sample["role"], *sample["metadata"].values()]
    if any(len(column) != n for column in columns) or (sample["label"] is not None and len(sample["label"]) != n):
        raise UnreadableError("evidence.json.gz", "Its columns differ in length.")
    rows = [model.row_of.get((place, 0)) for place in places]
    if any(row is None or model.refused[row] or model.truncated[row] for row in rows):
        raise UnreadableError("evidence.json.gz", "A document of the sample has no usable answer.")
    return DocumentSet(
        classes,
        tuple(evidence.texts[place] for place in places),
        tuple(sample["ids"]),
        tuple(model.logs(row) for row in rows if row is not None),
        bitmap(place for place, role in enumerate(sample["role"]) if role == "test"),
        {
            one["name"]: bitmap(place for place, has in enumerate(flags_of(one["present"], n)) if has)
            for one in sample["features"]
        },
        None if sample["label"] is None else tuple(sample["label"]),
        sample["metadata"],
    )
