"""Reports of toy models, written once and copied by the tests that change them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import surrogate
from benchmarks.report_folders import Signer, seal, sign
from tests.audit_toys import CLASSES, corpus, decide
from tests.toys import MESSAGE, logistic, words

AUTHOR, REVIEWER, STRANGER = Signer("Author"), Signer("Reviewer"), Signer("Stranger")

_LINEAR = logistic({"card": 2.5, "lost": 1.0, "new": -0.5}, -1.0)


def says(texts: Sequence[str]) -> NDArray[np.float64]:
    """Cards by three words, and a little by how many there are, so that no surrogate is without error."""
    share = 0.05 * np.array([len(words(text)) ** 1.5 % 3 for text in texts])[:, None]
    return np.asarray(_LINEAR(texts) * (1 - share) + share / 2)


def local_report(folder: Path, *, signed: bool = True, formats: tuple[str, ...] = ("html", "md", "text")) -> Path:
    """A report of one text whose model is known: linear in three words."""
    explanation = surrogate.explain(MESSAGE, says, classes=["cards", "other"], calls=160, store=False)
    return _finished(explanation, folder, formats, signed)


def global_report(folder: Path, *, signed: bool = True) -> Path:
    """A report of a corpus whose rule is known."""
    explanation = surrogate.audit(corpus(280, labels=True), decide, classes=list(CLASSES), store=False)
    return _finished(explanation, folder, ("html",), signed)


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    """A folder that goes when the tests end."""
    return tempfile.TemporaryDirectory(prefix="reports-")


@cache
def made(kind: str) -> Path:
    """A signed report of each kind, made once for all tests; to be copied, not changed."""
    folder = Path(_place().name) / kind
    return local_report(folder) if kind == "local" else global_report(folder)


def _finished(explanation, folder: Path, formats: tuple[str, ...], signed: bool) -> Path:  # type: ignore[no-untyped-def]
    explanation.report(folder, formats)
    seal(folder)
    if signed:
        sign(folder, AUTHOR)
    return folder
