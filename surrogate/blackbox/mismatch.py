"""Why a model does not answer as it does where it is deployed, as far as answers tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["likely_causes"]

#: Differences up to here, with every decision the same, look like another number format.
_SMALL = 0.03

Array = NDArray[np.float64]


def likely_causes(
    box: Any,
    texts: list[str],
    answers: Any,
    theirs: Array,
    wrong: NDArray[np.bool_],
    tolerance: float,
    ask: Callable[[list[str]], Any],
) -> tuple[str, ...]:
    """Likely causes of a difference, the most certain first.

    Parameters
    ----------
    box : BlackBox
    texts : list of str, length n
    answers : Answers
        Of the model here, length n.
    theirs : ndarray of float, shape (n, n_classes)
        Recorded probabilities.
    wrong : ndarray of bool, shape (n,)
        Texts that differ.
    tolerance : float
        Largest difference in probability that counts as the same.
    ask : callable (list of str) -> Answers
        Asks the model about further texts.

    Returns
    -------
    tuple of str
        At least one.
    """
    ours = answers.probabilities
    said = [
        _order(box, ours, theirs, tolerance),
        _sums(box, theirs),
        _preparation(texts, theirs, wrong, tolerance, ask),
        _cut(texts, answers.truncated, wrong),
        _temperature(ours, theirs),
        _number_format(ours, theirs),
    ]
    return tuple(cause for cause in said if cause) or (
        "none that can be told from the answers; compare prompt or chat template, padding side, and the files of the model",
    )


def _order(box: Any, ours: Array, theirs: Array, tolerance: float) -> str:
    """Whether columns in another order agree."""
    from scipy.optimize import linear_sum_assignment

    cost = np.abs(ours[:, :, None] - theirs[:, None, :]).mean(axis=0)
    _, place = linear_sum_assignment(cost)
    if (place == np.arange(len(place))).all() or np.abs(ours - theirs[:, place]).max() > 10 * tolerance:
        return ""
    names = [str(label) for label in box.classes_]
    moved = [f"{names[a]!r} here is {names[b]!r} there" for a, b in enumerate(place) if a != b]
    return f"the labels are in another order: {', '.join(moved[:4])}"


def _sums(box: Any, theirs: Array) -> str:
    """Softmax where sigmoid was meant, or the reverse."""
    to_one = bool((np.abs(theirs.sum(axis=1) - 1) < 1e-2).all())
    if box.multi_label and to_one and theirs.shape[1] > 1:
        return "here every label has a probability of its own (sigmoid); there they sum to one (softmax)"
    if not box.multi_label and not to_one:
        return "here the probabilities sum to one (softmax); there every label has its own (sigmoid)"
    return ""


_PREPARED: dict[str, Callable[[str], str]] = {
    "puts the text into lower case first": str.lower,
    "removes white space at the ends of the text first": str.strip,
    "joins the lines and runs of white space of the text first": lambda text: " ".join(text.split()),
}


def _preparation(
    texts: list[str],
    theirs: Array,
    wrong: NDArray[np.bool_],
    tolerance: float,
    ask: Callable[[list[str]], Any],
) -> str:
    """Whether texts that are changed in a usual way first agree."""
    rows = np.flatnonzero(wrong)[:64]
    for said, change in _PREPARED.items():
        changed = [change(texts[row]) for row in rows]
        if any(new != texts[row] for new, row in zip(changed, rows, strict=True)):
            off = np.abs(ask(changed).probabilities - theirs[rows]).max(axis=1)
            if (off <= tolerance).mean() > 0.9:
                return f"the deployed system {said}"
    return ""


def _cut(texts: list[str], truncated: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> str:
    """Whether only long texts differ."""
    if truncated.any() and wrong[truncated].any() and not wrong[~truncated].any():
        return "only texts that are cut here differ: they are cut elsewhere there (max_length, or the side that is cut)"
    lengths = np.array([len(text) for text in texts])
    if (~wrong).any() and lengths[wrong].min() > lengths[~wrong].max():
        return f"only texts of more than {lengths[~wrong].max()} characters differ: they may be cut there"
    return ""


def _temperature(ours: Array, theirs: Array) -> str:
    """Whether log-probabilities differ by a factor only."""
    if ours.shape[1] < 2:
        return ""
    first, second = (np.log(np.maximum(shares, 1e-9)) for shares in (ours, theirs))
    first, second = (logs - logs.mean(axis=1, keepdims=True) for logs in (first, second))
    slope = float((first * second).sum() / max(float((first**2).sum()), 1e-12))
    left = float(((second - slope * first) ** 2).sum() / max(float((second**2).sum()), 1e-12))
    if left > 1e-3 or slope <= 0 or abs(slope - 1) < 0.02:
        return ""
    return f"the scores there are those here times {slope:.3g}: a temperature or a calibration"


def _number_format(ours: Array, theirs: Array) -> str:
    off = float(np.abs(ours - theirs).max())
    if off <= _SMALL and (ours.argmax(axis=1) == theirs.argmax(axis=1)).all():
        return (
            "the differences are small and every decision is the same: another number format (bfloat16, half or int8)"
        )
    return ""
