"""Tune a classifier: time every way of computing on texts of many lengths, and write the quickest down."""

from __future__ import annotations

from pathlib import Path

from surrogate.blackbox.tuning import Timing, record_choice, time_backends
from surrogate.errors import ModelError

__all__ = ["tune_classifier"]

_WORDS = [
    "the",
    "card",
    "was",
    "lost",
    "and",
    "I",
    "want",
    "my",
    "money",
    "back",
    "please",
    "help",
    "me",
    "now",
    "it",
    "is",
    "very",
    "bad",
    "that",
    "nobody",
    "answers",
]

#: Probe texts: of 4 to 64 words, as altered copies of a text are.
_N_TEXTS = 128


def tune_classifier(name: str) -> tuple[list[Timing], Path]:
    """Time the ways of computing of a sequence classifier, and write down the quickest for this machine.

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
    from surrogate.blackbox.fingerprint import file_digests
    from surrogate.blackbox.registry import load_model
    from surrogate.blackbox.sequence import SequenceClassifier
    from surrogate.blackbox.spec import SPEC_FILE, read_spec

    box = load_model(name)
    if not isinstance(box, SequenceClassifier):
        raise ModelError(
            "not-a-classifier", f"The model {name!r} is no sequence classifier of transformers; only these are tuned."
        )
    folder = box.folder
    spec = read_spec(folder) if (folder / SPEC_FILE).is_file() else None
    digests = dict(spec.files) if spec is not None else file_digests(folder)
    texts = [
        " ".join(_WORDS[(number + place) % len(_WORDS)] for place in range(4 + number % 61))
        for number in range(_N_TEXTS)
    ]
    timings = time_backends(
        lambda backend: SequenceClassifier.from_pretrained(folder, digests=digests, backend=backend), texts
    )
    return timings, record_choice(digests, timings[0].backend)
