"""The parity gate: the adapter must answer as the deployed model does, or nothing is explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.spec import Reference
from surrogate.errors import ModelError

__all__ = ["TOLERANCE", "Differences", "check_parity", "check_references"]

#: Largest difference in probability that still counts as the same answer.
TOLERANCE = 1e-4

_CAUSES = (
    "Likely causes: the order of the labels, softmax where sigmoid was meant or the reverse, another prompt or chat "
    "template, a text cut elsewhere, padding, or another number format"
)


class Differences(NamedTuple):
    """How far probabilities are from recorded ones, text by text.

    Parameters
    ----------
    each : ndarray of float, shape (n_texts,)
        Largest difference in probability of each text; NaN where the model gave NaN.
    off : ndarray of bool, shape (n_texts,)
        Texts that differ by more than the tolerance.
    worst : int
        Place of the text that differs most.

    Examples
    --------
    >>> found = Differences.between(np.array([[0.9, 0.1], [0.5, 0.5]]), np.array([[0.9, 0.1], [0.7, 0.3]]))
    >>> found.off.tolist(), found.worst
    ([False, True], 1)
    """

    each: NDArray[np.float64]
    off: NDArray[np.bool_]
    worst: int

    @classmethod
    def between(
        cls, ours: NDArray[np.float64], theirs: NDArray[np.float64], tolerance: float = TOLERANCE
    ) -> Differences:
        """Compare two arrays of probabilities, shape (n_texts, n_columns), of at least one text."""
        each = np.abs(ours - theirs).max(axis=1)
        # written so that NaN counts as off, and as the worst
        return cls(each, ~(each <= tolerance), int(np.argmax(np.where(np.isnan(each), np.inf, each))))


def check_references(
    name: str, references: Sequence[Reference], answers: Answers, tolerance: float = TOLERANCE
) -> None:
    """Raise ``reference-mismatch`` unless ``answers`` agree with what was recorded for the reference texts.

    Parameters
    ----------
    name : str
        Name of the model.
    references : sequence of Reference
    answers : Answers
        To the reference texts, in their order.
    tolerance : float, default 1e-4
        Largest difference in probability.

    Examples
    --------
    >>> recorded = [Reference("good", (0.9, 0.1))]
    >>> check_references("toy", recorded, Answers.from_probabilities([[0.9, 0.1]]))
    """
    recorded = np.array([reference.probabilities for reference in references])
    check_parity(name, answers.probabilities, recorded, "reference text", "recorded", tolerance)
    if answers.label_mass is None:
        return
    rows = [row for row, reference in enumerate(references) if reference.label_mass is not None]
    masses = np.array([[references[row].label_mass] for row in rows], dtype=float).reshape(-1, 1)
    check_parity(name, answers.label_mass[rows][:, None], masses, "label mass of reference text", "recorded", tolerance)


def check_parity(
    name: str,
    ours: NDArray[np.float64],
    theirs: NDArray[np.float64],
    what: str,
    origin: str,
    tolerance: float = TOLERANCE,
) -> None:
    """Raise ``reference-mismatch`` unless two arrays of probabilities, shape (n_texts, n_columns), agree."""
    if len(theirs) == 0:
        return
    found = Differences.between(ours, theirs, tolerance)
    if not found.off.any():
        return
    raise ModelError(
        "reference-mismatch",
        f"The model {name!r} does not answer as it does where it is deployed: {what} {found.worst} differs by "
        f"{found.each[found.worst]:.2g} in probability from what was {origin} (allowed: {tolerance:g}). {_CAUSES}. "
        "Nothing is explained until they agree.",
    )
