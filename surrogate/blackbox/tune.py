"""Tune a classifier: time every way of computing on texts of many lengths, and write the quickest down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from surrogate.blackbox.packed import BACKENDS
from surrogate.blackbox.tuned import record_choice
from surrogate.errors import ModelError

__all__ = ["Timing", "time_backends", "tune_classifier"]

_MESSAGE = "the card was lost and I want my money back please help me now it is very bad that nobody answers"

#: Probe texts: of 4 to 64 words, as altered copies of a text are.
_N_TEXTS = 128

#: Rounds of alternating measurements; the least of each counts, since a busy machine only makes a reading longer.
_ROUNDS = 5


@dataclass(frozen=True)
class Timing:
    """Seconds one way of computing takes for the probe texts, and how far its answers are from plain torch.

    Examples
    --------
    >>> Timing("torch-eager-f32-canonical-v1", 0.5, 0.0).seconds
    0.5
    """

    backend: str
    seconds: float
    difference: float


def tune_classifier(name: str) -> tuple[list[Timing], Path]:
    """Time the ways of computing of a sequence classifier in float32 on the CPU, and write down the quickest for this machine.

    Parameters
    ----------
    name : str
        Of a shipped model, a folder, or a hub model.

    Returns
    -------
    list of Timing, Path
        The quickest first; and the file it was written to.

    Raises
    ------
    ModelError
        ``not-a-classifier`` for a model of another kind.
    """
    from surrogate.blackbox.find import find_model
    from surrogate.blackbox.fingerprint import file_digests
    from surrogate.blackbox.registry import load_model
    from surrogate.blackbox.sequence import SequenceClassifier
    from surrogate.blackbox.spec import read_spec

    box = load_model(name, device="cpu")
    if not isinstance(box, SequenceClassifier):
        raise ModelError(
            "not-a-classifier", f"The model {name!r} is no sequence classifier of transformers; only these are tuned."
        )
    found = find_model(name)
    folder = found.path
    digests = dict(read_spec(folder).files) if found.is_described else file_digests(folder)
    words = _MESSAGE.split()
    texts = [
        " ".join(words[(number + place) % len(words)] for place in range(4 + number % 61)) for number in range(_N_TEXTS)
    ]
    timings = time_backends(
        lambda backend: SequenceClassifier.from_pretrained(folder, digests=digests, backend=backend), texts
    )
    return timings, record_choice(digests, timings[0].backend)


def time_backends(load: Callable[[str], Any], texts: list[str]) -> list[Timing]:
    """Time every backend on the same texts, in turn; those that cannot be used, or do not agree, are left out.

    Parameters
    ----------
    load : callable
        From the name of a backend to a black box that uses it.
    texts : list of str

    Returns
    -------
    list of Timing
        The quickest first.
    """
    boxes = {backend: box for backend in BACKENDS if (box := load(backend)).details.get("backend") == backend}
    plain = next(iter(boxes.values())).answer(texts).probabilities
    seconds = dict.fromkeys(boxes, float("inf"))
    for _ in range(_ROUNDS):
        for backend, box in boxes.items():
            start = time.perf_counter()
            box.answer(texts)
            seconds[backend] = min(seconds[backend], time.perf_counter() - start)
    off = {backend: float(np.abs(box.answer(texts).probabilities - plain).max()) for backend, box in boxes.items()}
    timings = [Timing(backend, seconds[backend], off[backend]) for backend in boxes]
    return sorted(timings, key=lambda timing: timing.seconds)
