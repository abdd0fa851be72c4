"""Replaying: a model is asked again what it was asked when a report was made, and what has drifted is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.canonical import canonical
from surrogate.errors import InputError, ModelError
from surrogate.query import ask_afresh
from surrogate.rerunning import explain_again
from surrogate.store import MemoryStore
from surrogate.transcript import Reading, Transcript

__all__ = ["Drift", "Replay", "measure_drift", "replay"]


@dataclass(frozen=True)
class Drift:
    """How far answers are from those that were recorded.

    Parameters
    ----------
    n_texts : int
        Distinct texts that were asked again.
    n_same : int
        Of these, answered with the very same numbers.
    n_within : int
        Answered with no probability further off than the tolerance.
    n_decided_otherwise : int
        Whose label of highest probability is another.
    n_refused : int
        Refused or cut now and not then, or the other way round.
    largest, mean : float
        Largest, and mean over the texts of the largest, difference of a probability.
    tolerance : float

    Examples
    --------
    >>> Drift(4, 4, 4, 0, 0, 0.0, 0.0, 1e-4).status
    'same answers'
    """

    n_texts: int
    n_same: int
    n_within: int
    n_decided_otherwise: int
    n_refused: int
    largest: float
    mean: float
    tolerance: float

    @property
    def status(self) -> str:
        """One of: same answers, within tolerance, drifted."""
        if self.n_refused == 0 and self.n_same == self.n_texts:
            return "same answers"
        return "within tolerance" if self.n_refused == 0 and self.n_within == self.n_texts else "drifted"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"status": self.status, **vars(self)}


@dataclass(frozen=True)
class Replay:
    """What a model answers today to what it was asked when a report was made.

    Parameters
    ----------
    model : dict
        Name and fingerprint now, and whether the fingerprint is the recorded one; None where one of the two has none.
    drift : Drift
    comparison : dict or None
        The recorded report against the one that today's answers give; None: it could not be made.
    why_not : str
        Of a report that could not be made, why.

    Examples
    --------
    >>> Replay({"name": "toy", "same_fingerprint": True}, Drift(4, 4, 4, 0, 0, 0.0, 0.0, 1e-4), None, "").passed
    True
    """

    model: dict[str, Any]
    drift: Drift
    comparison: dict[str, Any] | None
    why_not: str = ""

    @property
    def passed(self) -> bool:
        """Whether the model answers as it did, within the tolerance."""
        return self.drift.status != "drifted"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        found: dict[str, Any] = canonical(
            {
                "schema": "surrogate-replay",
                "schema_version": "1.0",
                "model": self.model,
                "answers": self.drift.to_dict(),
                "comparison": self.comparison,
                "why_no_comparison": self.why_not,
            }
        )
        return found


def replay(
    record: dict[str, Any],
    transcript: Transcript,
    black_box: Any,
    progress: Callable[[int, int], None] | None = None,
) -> Replay:
    """Ask a model again, and compare its answers, and what they explain, with what was recorded.

    Parameters
    ----------
    record : dict
    transcript : Transcript
    black_box : BlackBox
        The model as it is now.
    progress : callable (n_done, n_all) -> None, optional

    Returns
    -------
    Replay

    Raises
    ------
    InputError
        ``unknown-label`` when the model has other labels.
    ModelError
        When the model cannot be asked.

    Examples
    --------
    >>> from surrogate import explain
    >>> from surrogate.blackbox import FunctionBox
    >>> box = FunctionBox(lambda texts: [[.9, .1] if "bill" in text else [.2, .8] for text in texts], classes=["money", "other"])
    >>> explanation = explain("pay my bill", box, store=False)
    >>> replay(explanation.to_dict(), explanation.transcript, box).drift.status
    'same answers'
    """
    _check_labels(record, black_box)
    then = _first_draws(transcript.model)
    now = _asked(black_box, list(then.texts), progress)
    drift = measure_drift(then.answers, now, _tolerance(black_box))
    was, fingerprint = record["model"]["fingerprint"], black_box.fingerprint
    model = {
        "name": str(black_box.name),
        "fingerprint": fingerprint,
        "same_fingerprint": None if was is None or fingerprint is None else was == fingerprint,
    }
    try:
        return Replay(model, drift, _compared(record, transcript, black_box, then.texts, now))
    except (InputError, ModelError) as error:
        return Replay(model, drift, None, str(error))


def measure_drift(then: Answers, now: Answers, tolerance: float) -> Drift:
    """How far some answers are from others to the same texts.

    Parameters
    ----------
    then, now : Answers
        Of equal length.
    tolerance : float
        Probability.

    Examples
    --------
    >>> one, two = (Answers.from_probabilities([[p, 1 - p]]) for p in (0.9, 0.4))
    >>> measure_drift(one, two, 1e-4).n_decided_otherwise
    1
    """
    flags = (then.usable != now.usable) | (then.refused != now.refused)
    both = ~(then.refused | now.refused)
    apart = np.zeros(len(then))
    apart[both] = np.abs(then.probabilities[both] - now.probabilities[both]).max(axis=1)
    same = (then.log_probabilities == now.log_probabilities).all(axis=1) | (then.refused & now.refused)
    return Drift(
        n_texts=len(then),
        n_same=int((same & ~flags).sum()),
        n_within=int(((apart <= tolerance) & ~flags).sum()),
        n_decided_otherwise=int((_decided(then)[both] != _decided(now)[both]).sum()),
        n_refused=int(flags.sum()),
        largest=float(apart.max(initial=0.0)),
        mean=float(apart.mean()) if len(apart) else 0.0,
        tolerance=tolerance,
    )


def _decided(answers: Answers) -> NDArray[np.intp]:
    return np.argmax(answers.log_probabilities, axis=1)


def _tolerance(black_box: Any) -> float:
    return float(getattr(black_box, "tolerance", getattr(black_box, "parity_tolerance", 1e-4)))


def _check_labels(record: dict[str, Any], black_box: Any) -> None:
    then, now = record["model"]["labels"], [str(label) for label in black_box.classes_]
    if list(then) != now:
        raise InputError(
            "unknown-label",
            f"The report is about a model with the labels {', '.join(then)}; {black_box.name!r} has {', '.join(now)}. Name the "
            "model that the report is about: --model.",
        )


def _first_draws(reading: Reading) -> Reading:
    known = {(draw, text): answer for (draw, text), answer in reading.by_text().items() if draw == 0}
    return Reading.of(reading.role, reading.traits, known)


def _asked(black_box: Any, texts: list[str], progress: Callable[[int, int], None] | None) -> Answers:
    """Today's answers, nothing of which was known before."""
    ask, parts, step = ask_afresh(black_box, MemoryStore()), [], 256
    for start in range(0, len(texts), step):
        parts.append(ask(texts[start : start + step]))
        if progress is not None:
            progress(min(start + step, len(texts)), len(texts))
    return Answers.concatenate(parts)


def _compared(
    record: dict[str, Any], transcript: Transcript, black_box: Any, texts: tuple[str, ...], now: Answers
) -> dict[str, Any]:
    """The recorded report against the one that today's answers give."""
    from surrogate.comparing import compare_records

    missing = transcript.request.get("not_kept")
    if missing:
        raise InputError("bad-evidence", f"The report cannot be made again: {missing}.")
    store = MemoryStore()
    store.put(black_box, list(texts), now)
    again = explain_again(transcript, black_box, store).to_dict()
    compared: dict[str, Any] = compare_records(record, again).to_dict()
    return compared
