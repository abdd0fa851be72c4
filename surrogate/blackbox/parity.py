"""The parity gate with recorded answers: the adapter must answer as the deployed system did."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.mismatch import likely_causes
from surrogate.blackbox.references import TOLERANCE, Differences
from surrogate.errors import InputError, ModelError

__all__ = ["Parity", "Recorded", "compare", "read_recorded", "require_parity"]

#: Largest reference file; a few hundred texts say all that can be said.
_MOST_BYTES = 50_000_000

Array = NDArray[np.float64]
Ask = Callable[[Sequence[str]], Answers]


@dataclass(frozen=True)
class Recorded:
    """A text and what the deployed system answered.

    Parameters
    ----------
    text : str
    probabilities : dict of str to float
        By label.

    Examples
    --------
    >>> Recorded("Where is my card?", {"card": 0.9, "other": 0.1}).probabilities["card"]
    0.9
    """

    text: str
    probabilities: dict[str, float]


@dataclass(frozen=True)
class Parity:
    """How far a model's answers are from recorded ones.

    Parameters
    ----------
    n_texts, n_off : int
        Recorded texts, and those that differ by more than the tolerance.
    worst : float
        Largest difference in probability.
    worst_text : int
        Number of that text in the file, from 1.
    same_label : float
        Share of texts on which both give the same label.
    tolerance : float
    causes : tuple of str
        Likely causes of the difference, the most certain first.

    Examples
    --------
    >>> Parity(3, 0, 2e-6, 1, 1.0, 1e-4, ()).agrees
    True
    """

    n_texts: int
    n_off: int
    worst: float
    worst_text: int
    same_label: float
    tolerance: float
    causes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether no text differs."""
        return self.n_off == 0


def read_recorded(path: Path) -> list[Recorded]:
    """Read recorded answers: a line of JSON for each text.

    A line is ``{"text": …, "probabilities": {LABEL: NUMBER, …}}``; or, as transformers' pipeline writes it,
    ``{"text": …, "scores": [{"label": …, "score": …}, …]}``.

    Raises
    ------
    InputError
        ``bad-file`` with the number of the line that cannot be used.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(
                "bad-file", f"{path.name} is larger than {_MOST_BYTES // 1_000_000} MB. Some hundred texts are enough."
            )
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise InputError("bad-file", f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError("bad-file", f"{path.name} is not UTF-8 (byte {error.start}).") from error
    found = [_recorded(line, number, path.name) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise InputError("bad-file", f"{path.name} holds no recorded answer. {_FORM}")
    return found


_FORM = 'Each line is JSON such as {"text": "Where is my card?", "probabilities": {"card": 0.9, "other": 0.1}}.'


def _recorded(line: str, number: int, name: str) -> Recorded:
    try:
        told = json.loads(line)
        if "scores" in told:
            told["probabilities"] = {str(one["label"]): one["score"] for one in told["scores"]}
        shares = {str(label): float(share) for label, share in told["probabilities"].items()}
        text = told["text"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            "bad-file", f"Line {number} of {name} cannot be used ({type(error).__name__}). {_FORM}"
        ) from error
    if not isinstance(text, str) or not shares or not all(0 <= share <= 1 + 1e-6 for share in shares.values()):
        raise InputError(
            "bad-file", f"Line {number} of {name} has no text, or numbers that are no probabilities. {_FORM}"
        )
    return Recorded(text, shares)


def compare(box: Any, recorded: Sequence[Recorded], tolerance: float | None = None, ask: Ask | None = None) -> Parity:
    """Ask a model about recorded texts and compare.

    Parameters
    ----------
    box : BlackBox
    recorded : sequence of Recorded
    tolerance : float, optional
        Largest difference in probability that counts as the same answer; None: that of the model, 1e-4 unless it is computed
        in half precision or off the CPU.
    ask : callable (sequence of str) -> Answers, optional
        How the model is asked afresh, where its answers are to be kept; None: its own ``answer``.

    Raises
    ------
    ModelError
        ``reference-mismatch`` when the labels are not the same ones.

    Examples
    --------
    >>> from surrogate.blackbox import load_model
    >>> box = load_model(lambda texts: [[0.9, 0.1]] * len(texts), classes=["no", "yes"])
    >>> compare(box, [Recorded("a", {"yes": 0.9, "no": 0.1})]).causes
    ("the labels are in another order: 'no' here is 'yes' there, 'yes' here is 'no' there",)
    """
    if tolerance is None:
        tolerance = float(getattr(box, "parity_tolerance", TOLERANCE))
    labels = [str(label) for label in box.classes_]
    theirs = _table(labels, recorded, box.name)
    texts = [one.text for one in recorded]
    ask = box.answer if ask is None else ask
    answers = ask(texts)
    ours = answers.probabilities
    each, off, worst = Differences.between(ours, theirs, tolerance)
    causes = likely_causes(box, texts, answers, theirs, off, tolerance, ask) if off.any() else ()
    same = float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())
    return Parity(len(texts), int(off.sum()), float(each[worst]), worst + 1, same, tolerance, causes)


def require_parity(box: Any, path: Path, ask: Ask | None = None) -> None:
    """Raise ``reference-mismatch`` unless a model answers as recorded in a file; ``ask`` as :func:`compare` takes it."""
    found = compare(box, read_recorded(path), ask=ask)
    if not found.agrees:
        raise ModelError(
            "reference-mismatch",
            f"The model {box.name!r} does not answer as it does where it is deployed: {found.n_off} of {found.n_texts} recorded "
            f"texts differ, the worst by {found.worst:.2g} in probability (allowed: {found.tolerance:g}). "
            f"{' '.join(f'Likely cause: {cause}.' for cause in found.causes[:2])} Nothing is explained until they agree.",
        )


def _table(labels: list[str], recorded: Sequence[Recorded], name: str) -> Array:
    for number, one in enumerate(recorded, 1):
        if set(one.probabilities) != set(labels):
            missing, extra = sorted(set(labels) - set(one.probabilities)), sorted(set(one.probabilities) - set(labels))
            said = [f"does not name {', '.join(missing[:3])}"] * bool(missing) + [
                f"names {', '.join(extra[:3])}"
            ] * bool(extra)
            raise ModelError(
                "reference-mismatch",
                f"The labels of {name!r} are not those of the recorded answers: text {number} {' and '.join(said)}. "
                "Record all labels, under the names that the model has here.",
            )
    return np.array([[one.probabilities[label] for label in labels] for one in recorded])
