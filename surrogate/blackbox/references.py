"""The parity gate: the adapter must answer as the deployed model does, or nothing is explained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.spec import Reference
from surrogate.errors import ModelError

__all__ = ["TOLERANCE", "check_parity", "check_references"]

#: Largest difference in probability that still counts as the same answer.
TOLERANCE = 1e-4

_CAUSES = (
    "Likely causes: the order of the labels, softmax where sigmoid was meant or the reverse, another prompt or chat "
    "template, a text cut elsewhere, padding, or another number format"
)


def check_references(name: str, references: Sequence[Reference], answers: Answers) -> None:
    """Raise ``reference-mismatch`` unless ``answers`` agree with what was recorded for the reference texts.

    Parameters
    ----------
    name : str
        Name of the model.
    references : sequence of Reference
    answers : Answers
        To the reference texts, in their order.

    Examples
    --------
    >>> recorded = [Reference("good", (0.9, 0.1))]
    >>> check_references("toy", recorded, Answers.from_probabilities([[0.9, 0.1]]))
    """
    recorded = np.array([reference.probabilities for reference in references])
    check_parity(name, answers.probabilities, recorded, "reference text", "recorded")
    if answers.label_mass is None:
        return
    rows = [row for row, reference in enumerate(references) if reference.label_mass is not None]
    masses = np.array([[references[row].label_mass] for row in rows], dtype=float).reshape(-1, 1)
    check_parity(name, answers.label_mass[rows][:, None], masses, "label mass of reference text", "recorded")


def check_parity(name: str, ours: NDArray[np.float64], theirs: NDArray[np.float64], what: str, origin: str) -> None:
    """Raise ``reference-mismatch`` unless two arrays of probabilities, shape (n_texts, n_columns), agree."""
    if len(theirs) == 0:
        return
    difference = np.abs(ours - theirs).max(axis=1)
    # written so that NaN fails as well
    if (difference <= TOLERANCE).all():
        return
    worst = int(np.argmax(np.where(np.isnan(difference), np.inf, difference)))
    raise ModelError(
        "reference-mismatch",
        f"The model {name!r} does not answer as it does where it is deployed: {what} {worst} differs by "
        f"{difference[worst]:.2g} in probability from what was {origin} (allowed: {TOLERANCE:g}). {_CAUSES}. "
        "Nothing is explained until they agree.",
    )
