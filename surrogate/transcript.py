"""Transcript: what models were asked and what they answered, kept beside a report so that its numbers can be checked."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.canonical import canonical_bytes
from surrogate.errors import InputError

__all__ = ["EVIDENCE_VERSION", "Reading", "Transcript", "bits_of", "packed"]

#: Version of the evidence file.
EVIDENCE_VERSION = "1.0"

_SCHEMA = "surrogate-evidence"

#: The most bytes of an unpacked evidence file that are read.
_MOST_BYTES = 2_000_000_000


@dataclass(frozen=True, eq=False)
class Reading:
    """What one model answered.

    Parameters
    ----------
    role : {"model", "embedder"}
    traits : dict
        What the model says of itself without reading a text: name, kind, labels, fingerprint and more.
    texts : tuple of str
        One for each answer, sorted by draw, then by text.
    draws : tuple of int
        Which of the repeated answers to its text each is; 0 where answers do not vary.
    answers : Answers
        In the order of ``texts``.

    Examples
    --------
    >>> one = Reading.of("model", {"name": "toy"}, {(0, "b"): Answers.from_probabilities([[1.0, 0.0]])})
    >>> one.texts, one.draws, len(one.answers)
    (('b',), (0,), 1)
    """

    role: str
    traits: dict[str, Any]
    texts: tuple[str, ...]
    draws: tuple[int, ...]
    answers: Answers

    @classmethod
    def of(cls, role: str, traits: dict[str, Any], known: dict[tuple[int, str], Answers]) -> Reading:
        """From answers of length 1 by draw and text."""
        keys = sorted(known)
        answers = Answers.concatenate([known[key] for key in keys])
        return cls(role, traits, tuple(text for _, text in keys), tuple(draw for draw, _ in keys), answers)

    def by_text(self) -> dict[tuple[int, str], Answers]:
        """Answers of length 1 by draw and text."""
        keys = zip(self.draws, self.texts, strict=True)
        return {key: self.answers.take([row]) for row, key in enumerate(keys)}

    def without_embeddings(self) -> Reading:
        """The same without embeddings: what nothing was computed from need not be kept."""
        answers = self.answers
        bare = Answers(
            answers.log_probabilities, None, answers.label_mass, answers.refused, answers.truncated, answers.votes
        )
        return Reading(self.role, {**self.traits, "embeds": False}, self.texts, self.draws, bare)

    def to_dict(self, place: dict[str, int]) -> dict[str, Any]:
        """JSON form; texts by their place."""
        answers = self.answers
        return {
            "role": self.role,
            "traits": self.traits,
            "text": [place[text] for text in self.texts],
            "draw": list(self.draws),
            "n_classes": answers.log_probabilities.shape[1],
            "log_probabilities": packed(answers.log_probabilities, "<f8"),
            "refused": bits_of(answers.refused),
            "truncated": bits_of(answers.truncated),
            "label_mass": None if answers.label_mass is None else packed(answers.label_mass, "<f8"),
            "votes": None if answers.votes is None else packed(answers.votes, "<i8"),
            "n_dimensions": 0 if answers.embeddings is None else answers.embeddings.shape[1],
            "embeddings": None if answers.embeddings is None else packed(answers.embeddings, "<f4"),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], texts: Sequence[str]) -> Reading:
        """Inverse of :meth:`to_dict`."""
        n, width = len(data["text"]), int(data["n_classes"])
        votes, mass, vectors = data["votes"], data["label_mass"], data["embeddings"]
        answers = Answers(
            unpacked(data["log_probabilities"], "<f8", (n, width)),
            None if vectors is None else unpacked(vectors, "<f4", (n, int(data["n_dimensions"]))),
            None if mass is None else unpacked(mass, "<f8", (n,)),
            bits(data["refused"], n),
            bits(data["truncated"], n),
            None if votes is None else unpacked(votes, "<i8", (n, width)),
        )
        asked = tuple(texts[number] for number in data["text"])
        return cls(data["role"], data["traits"], asked, tuple(map(int, data["draw"])), answers)


@dataclass(frozen=True, eq=False)
class Transcript:
    """What models were asked and answered, and the sample on which the numbers of a report were measured.

    Parameters
    ----------
    kind : {"local", "global"}
    request : dict
        The parameters by which the same can be done again; JSON values.
    readings : tuple of Reading
        The explained model first.
    sample : dict
        The rows, or documents, with their roles; JSON values in which a text is its place among the texts.
    texts : tuple of str
        Every distinct text, sorted.

    Examples
    --------
    >>> reading = Reading.of("model", {"name": "toy"}, {(0, "b"): Answers.from_probabilities([[1.0, 0.0]])})
    >>> transcript = Transcript.of("local", {"calls": 8}, [reading], lambda place: {"text": [place["b"]]}, ["b", "a"])
    >>> back = Transcript.from_bytes(transcript.to_bytes())
    >>> back.texts, back.sample, back.to_bytes() == transcript.to_bytes()
    (('a', 'b'), {'text': [1]}, True)
    """

    kind: str
    request: dict[str, Any]
    readings: tuple[Reading, ...]
    sample: dict[str, Any]
    texts: tuple[str, ...] = field(default=())

    @classmethod
    def of(
        cls,
        kind: str,
        request: dict[str, Any],
        readings: Sequence[Reading],
        sample: Callable[[Mapping[str, int]], dict[str, Any]],
        texts: Sequence[str],
    ) -> Transcript:
        """With the texts of the readings, and further ones, each once; the sample is made when their places are known."""
        named = tuple(sorted({*texts, *(text for reading in readings for text in reading.texts)}))
        place = {text: number for number, text in enumerate(named)}
        return cls(kind, canonical_request(request), tuple(readings), sample(place), named)

    @property
    def model(self) -> Reading:
        """What the explained model answered."""
        return self.readings[0]

    def to_bytes(self) -> bytes:
        """The evidence file: canonical JSON, compressed; the same content always gives the same JSON."""
        place = {text: number for number, text in enumerate(self.texts)}
        content = canonical_bytes(
            {
                "schema": _SCHEMA,
                "schema_version": EVIDENCE_VERSION,
                "kind": self.kind,
                "request": self.request,
                "texts": list(self.texts),
                "readers": [reading.to_dict(place) for reading in self.readings],
                "sample": self.sample,
            }
        )
        return gzip.compress(content, compresslevel=6, mtime=0)

    @classmethod
    def from_bytes(cls, content: bytes) -> Transcript:
        """Inverse of :meth:`to_bytes`.

        Raises
        ------
        InputError
            ``bad-evidence`` for what is no evidence file, is damaged, or is of another version.
        """
        data = _read(content)
        version = data.get("schema_version") if isinstance(data, dict) else None
        if version != EVIDENCE_VERSION or data.get("schema") != _SCHEMA:
            raise InputError(
                "bad-evidence",
                f"Evidence of version {EVIDENCE_VERSION} is needed; this file says {version!r}. Use the release that wrote it.",
            )
        try:
            texts = tuple(map(str, data["texts"]))
            readings = tuple(Reading.from_dict(one, texts) for one in data["readers"])
            if not readings:
                raise ValueError("no answers")
            return cls(str(data["kind"]), dict(data["request"]), readings, dict(data["sample"]), texts)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise InputError("bad-evidence", f"The evidence is damaged: {type(error).__name__} at {error}.") from error


def canonical_request(request: dict[str, Any]) -> dict[str, Any]:
    """Plain JSON values, numbers as they are: what is asked for again must be exactly what was asked for.

    Examples
    --------
    >>> canonical_request({"split": (4, 1, 3)})
    {'split': [4, 1, 3]}
    """
    plain: dict[str, Any] = json.loads(json.dumps(request))
    return plain


def _read(content: bytes) -> Any:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked_bytes = stream.read(_MOST_BYTES + 1)
        if len(unpacked_bytes) > _MOST_BYTES:
            raise ValueError("it is larger than any evidence")
        return json.loads(unpacked_bytes)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise InputError("bad-evidence", f"The evidence cannot be read: {error}.") from error


def packed(array: NDArray[Any], kind: str) -> str:
    """Numbers as base64 of their bytes.

    Examples
    --------
    >>> packed(np.array([1.0]), "<f8")
    'AAAAAAAA8D8='
    """
    return base64.b64encode(np.ascontiguousarray(array).astype(kind).tobytes()).decode("ascii")


def unpacked(text: str, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Inverse of :func:`packed`; ValueError where the number of values is another."""
    return np.frombuffer(base64.b64decode(text, validate=True), dtype=kind).reshape(shape).copy()


def bits_of(flags: NDArray[np.bool_]) -> str:
    """Flags as base64 of a bitmap, the first flag in the lowest bit.

    Examples
    --------
    >>> bits_of(np.array([True, False, True]))
    'BQ=='
    """
    return base64.b64encode(np.packbits(np.asarray(flags, dtype=bool), bitorder="little").tobytes()).decode("ascii")


def bits(text: str, n: int) -> NDArray[np.bool_]:
    """Inverse of :func:`bits_of`; ValueError where it holds fewer than ``n`` flags."""
    found = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    if len(found) != (n + 7) // 8:
        raise ValueError(f"{len(found)} bytes of flags for {n} answers")
    return np.unpackbits(found, count=n, bitorder="little").astype(bool)
