"""Reports of toy models, written once and copied by the tests that change them."""

from __future__ import annotations

from pathlib import Path

import surrogate
from benchmarks.report_folders import Signer, seal, sign
from tests.audit_toys import CLASSES, corpus, decide
from tests.toys import MESSAGE, logistic

AUTHOR, REVIEWER, STRANGER = Signer("Author"), Signer("Reviewer"), Signer("Stranger")

_SAYS = logistic({"card": 2.5, "lost": 1.0, "new": -0.5}, -1.0)


def local_report(folder: Path, *, signed: bool = True, formats: tuple[str, ...] = ("html", "md", "text")) -> Path:
    """A report of one text whose model is known: linear in three words."""
    explanation = surrogate.explain(MESSAGE, _SAYS, classes=["cards", "other"], calls=160, store=False)
    return _finished(explanation, folder, formats, signed)


def global_report(folder: Path, *, signed: bool = True) -> Path:
    """A report of a corpus whose rule is known."""
    explanation = surrogate.audit(corpus(280, labels=True), decide, classes=list(CLASSES), store=False)
    return _finished(explanation, folder, ("html",), signed)


def _finished(explanation, folder: Path, formats: tuple[str, ...], signed: bool) -> Path:  # type: ignore[no-untyped-def]
    explanation.report(folder, formats)
    seal(folder)
    if signed:
        sign(folder, AUTHOR)
    return folder
