"""Corpus proxy: a small network from the words of an altered copy to the model's log-probabilities, frozen as bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.fit.corrected import Prior
from surrogate.outcome import CLIP, Outcome
from surrogate.units import Document, split_units

__all__ = ["DIGITS", "SCHEMA", "CorpusProxy", "words_of_units"]

#: Name and version of the form of the bytes.
SCHEMA = "surrogate-corpus-proxy/1"

#: Digits of the SHA-256 by which texts of the sample are known.
DIGITS = 16

_ARRAYS = ("words", "hidden", "outputs", "offsets")


def words_of_units(document: Document) -> tuple[tuple[str, ...], ...]:
    """The words of each unit of a text, in lower case.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> words_of_units(split_units("My card? Lost!", "sentence"))
    (('my', 'card', '?'), ('lost', '!'))
    """
    if document.kind == "word":
        return tuple((unit.lower(),) for unit in document.units)
    return tuple(split_units(unit, "word", max_units=None).units for unit in map(str.lower, document.units))


@dataclass(frozen=True, eq=False)
class CorpusProxy:
    """A network with one hidden layer, fitted once to the answers to altered copies of some texts.

    Its inputs are the words that a copy keeps, each present or not; its outputs the log-probabilities of every class.

    Parameters
    ----------
    vocabulary : tuple of str, length n_words
    words : ndarray of float32, shape (n_words, n_hidden)
        Weights of the hidden units, which are rectified.
    hidden : ndarray of float32, shape (n_hidden,)
        Their constants.
    outputs : ndarray of float32, shape (n_hidden, n_classes)
        Weights of the outputs.
    offsets : ndarray of float32, shape (n_classes,)
        Their constants.
    classes : tuple of str, length n_classes
    multi_label : bool
    fingerprint : str
        Of the model that gave the answers.
    sample : tuple of str
        First 16 hexadecimal digits of the SHA-256 of each text that it was fitted to copies of, sorted.
    description : dict
        What a report tells: texts, copies, words, and the R2 on texts that were left out; JSON values.

    Examples
    --------
    >>> from surrogate.units import split_units
    >>> ones = np.ones((1, 1), np.float32)
    >>> proxy = CorpusProxy(("fee",), ones, np.zeros(1), np.array([[2.0, 0.0]]), np.zeros(2), ("fees", "other"), False, "f")
    >>> prior = proxy.prior(split_units("a fee"), Outcome(proxy.classes, "fees"))
    >>> prior(np.array([[True, True], [True, False]]))[:, 0].tolist()
    [2.0, 0.0]
    >>> CorpusProxy.from_bytes(proxy.to_bytes()).sha256 == proxy.sha256
    True
    """

    vocabulary: tuple[str, ...]
    words: NDArray[np.float32]
    hidden: NDArray[np.float32]
    outputs: NDArray[np.float32]
    offsets: NDArray[np.float32]
    classes: tuple[str, ...]
    multi_label: bool
    fingerprint: str
    sample: tuple[str, ...] = ()
    description: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def sha256(self) -> str:
        """Digest of the bytes."""
        return digest(self.to_bytes())

    @property
    def held_out_r2(self) -> float:
        """R2 of the log-probabilities on texts that were left out; 0 where it was not measured."""
        return float(self.description.get("held_out_r2") or 0.0)

    def was_fitted_to(self, text: str) -> bool:
        """Whether copies of this very text taught it, so that it may have seen the answers to its test copies."""
        return digest(text)[:DIGITS] in self._sample

    @cached_property
    def _sample(self) -> frozenset[str]:
        return frozenset(self.sample)

    @cached_property
    def _place(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.vocabulary)}

    def prior(self, document: Document, outcome: Outcome) -> Prior:
        """What the proxy says of any copy of a text, by its mask.

        Parameters
        ----------
        document : Document
        outcome : Outcome

        Returns
        -------
        callable
            From masks (bool, shape (m, n_units)) to value and margin, in log-odds, shape (m, 2).
        """
        told = [
            (unit, self._place[word])
            for unit, own in enumerate(words_of_units(document))
            for word in own
            if word in self._place
        ]
        known = sorted({word for _, word in told})
        column = {word: number for number, word in enumerate(known)}
        holds = np.zeros((document.n_units, len(known)))
        for unit, word in told:
            holds[unit, column[word]] = 1.0
        weights = self.words[known].astype(np.float64)

        def say(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
            present = (masks.astype(np.float64) @ holds > 0).astype(np.float64)
            return self._read(present @ weights, outcome)

        return say

    def _read(self, sums: NDArray[np.float64], outcome: Outcome) -> NDArray[np.float64]:
        """Value and margin from the sums of the weights of words."""
        active = np.maximum(sums + self.hidden, 0.0)
        logs = active @ self.outputs.astype(np.float64) + self.offsets
        if self.multi_label:
            logs = np.minimum(logs, np.log1p(-CLIP))
        else:
            logs = logs - np.logaddexp.reduce(logs, axis=1)[:, None]
        none = np.zeros(len(logs), dtype=bool)
        answers = Answers(np.asarray(logs, dtype=np.float64), None, None, none, none)
        return np.column_stack([outcome.log_odds(answers), outcome.margin(answers)])

    def to_bytes(self) -> bytes:
        """NumPy's own format without pickled objects; the same proxy always gives the same bytes."""
        header = {
            "schema": SCHEMA,
            "vocabulary": list(self.vocabulary),
            "classes": list(self.classes),
            "multi_label": self.multi_label,
            "fingerprint": self.fingerprint,
            "sample": list(self.sample),
            "description": canonical(dict(self.description)),
        }
        arrays = {name: np.ascontiguousarray(getattr(self, name), dtype="<f4") for name in _ARRAYS}
        stream = io.BytesIO()
        np.savez(stream, header=np.frombuffer(canonical_bytes(header), dtype=np.uint8), **arrays)  # type: ignore[arg-type]
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> CorpusProxy:
        """Inverse of :meth:`to_bytes`.

        Raises
        ------
        InputError
            ``bad-corpus-proxy`` for bytes that are damaged or something else.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                header = json.loads(file["header"].tobytes())
                arrays = {name: file[name].astype(np.float32) for name in _ARRAYS}
            if header.pop("schema") != SCHEMA:
                raise ValueError(f"the schema is not {SCHEMA}")
            for name in ("vocabulary", "classes", "sample"):
                header[name] = tuple(header[name])
            proxy = cls(**header, **arrays)
        except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise _damaged(str(error)) from error
        proxy._check()
        return proxy

    def _check(self) -> None:
        n_words, n_classes = len(self.vocabulary), len(self.classes)
        n_hidden = self.hidden.shape[0] if self.hidden.ndim else 0
        wanted = {"words": (n_words, n_hidden), "outputs": (n_hidden, n_classes), "offsets": (n_classes,)}
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise _damaged(f"{name} has the shape {getattr(self, name).shape} and not {shape}")
        for name in _ARRAYS:
            if not np.isfinite(getattr(self, name)).all():
                raise _damaged(f"{name} holds a number that is none")


def _damaged(why: str) -> InputError:
    return InputError(
        "bad-corpus-proxy", f"The corpus proxy cannot be read: {why}. Fit it anew: run the batch with --overwrite."
    )
