"""Outcome: the one number per text that a surrogate is fitted to, and the decision behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.errors import InputError, ModelError
from surrogate.votes import empirical_log_odds, shown_by_votes

__all__ = ["CLIP", "Outcome", "resolve_outcome", "sigmoid"]

#: Probabilities are clipped to [CLIP, 1 - CLIP] before the log-odds are taken.
CLIP = 1e-6
_BOUND = float(np.log1p(-CLIP) - np.log(CLIP))


def sigmoid(log_odds: Any) -> Any:
    """Probability of a log-odds, elementwise.

    Examples
    --------
    >>> float(sigmoid(0.0))
    0.5
    """
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(log_odds, dtype=np.float64)))


@dataclass(frozen=True)
class Outcome:
    """What is explained: one class against all others, or against one other.

    Parameters
    ----------
    classes : tuple of str
    target : str
        The class that speaks for itself.
    contrast : str, optional
        The class it is compared with; None: all others together.
    multi_label : bool, default False
        Several classes can hold at once; each is compared with its own absence.

    Examples
    --------
    >>> outcome = Outcome(("no", "yes"), "yes")
    >>> answers = Answers.from_probabilities([[0.5, 0.5], [0.1, 0.9]])
    >>> outcome.log_odds(answers).round(3).tolist()
    [0.0, 2.197]
    """

    classes: tuple[str, ...]
    target: str
    contrast: str | None = None
    multi_label: bool = False

    @property
    def column(self) -> int:
        """Column of the target in the answers."""
        return self.classes.index(self.target)

    def raw_log_odds(self, answers: Answers) -> NDArray[np.float64]:
        """Log-odds of the target before clipping, shape (n,): log p_t - log of the sum of p_c over the other classes."""
        logs = answers.log_probabilities
        own = logs[:, self.column]
        with np.errstate(invalid="ignore"):
            if self.contrast is not None:
                value = own - logs[:, self.classes.index(self.contrast)]
            else:
                value = own - self._others(logs)
        return np.nan_to_num(value, nan=0.0, posinf=np.inf, neginf=-np.inf)

    def _others(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        own = logs[:, self.column]
        if self.multi_label:
            with np.errstate(divide="ignore"):
                return np.log(-np.expm1(np.minimum(own, 0.0)))
        return np.logaddexp.reduce(np.delete(logs, self.column, axis=1), axis=1)

    def log_odds(self, answers: Answers) -> NDArray[np.float64]:
        """Clipped log-odds of the target, shape (n,); those of votes are empirical, see :meth:`log_odds_variance`."""
        counts = self.votes(answers)
        if counts is not None:
            return empirical_log_odds(counts)
        return np.clip(self.raw_log_odds(answers), -_BOUND, _BOUND)

    def votes(self, answers: Answers) -> NDArray[np.float64] | None:
        """Votes for the target, and for either side, shape (n, 2); None where the model states probabilities."""
        if answers.votes is None or self.multi_label:
            return None
        counts = answers.votes.astype(np.float64)
        own = counts[:, self.column]
        if self.contrast is None:
            return np.column_stack([own, counts.sum(axis=1)])
        return np.column_stack([own, own + counts[:, self.classes.index(self.contrast)]])

    def log_odds_variance(self, answers: Answers) -> NDArray[np.float64] | None:
        """Variance of log-odds that are counted from votes, shape (n,); None where the model states probabilities.

        It is the binomial one at the share (k + 1/2) / (n + 1) of ``k`` in ``n`` votes, without the delta method, which calls
        votes that all agree the least certain of all.

        Examples
        --------
        >>> answers = Answers.from_votes([[4, 4], [0, 7]])
        >>> outcome = Outcome(("no", "yes"), "yes")
        >>> outcome.log_odds(answers).round(3).tolist(), outcome.log_odds_variance(answers).round(3).tolist()
        ([0.0, 2.708], [0.514, 0.47])
        """
        counts = self.votes(answers)
        if counts is None:
            return None
        return shown_by_votes(empirical_log_odds(counts), counts[:, 1])[1]

    def clipped(self, answers: Answers) -> NDArray[np.bool_]:
        """True where the log-odds had to be clipped, shape (n,); half a vote for each side leaves nothing to clip."""
        if self.votes(answers) is not None:
            return np.zeros(len(answers), dtype=bool)
        return np.abs(self.raw_log_odds(answers)) > _BOUND

    def margin(self, answers: Answers) -> NDArray[np.float64]:
        """Decision margin, shape (n,): log p_t - max of log p_c over the other classes; positive: the target wins."""
        if self.contrast is not None or self.multi_label:
            return self.log_odds(answers)
        logs = answers.log_probabilities
        with np.errstate(invalid="ignore"):
            value = logs[:, self.column] - np.delete(logs, self.column, axis=1).max(axis=1)
        return np.clip(np.nan_to_num(value, nan=0.0, posinf=np.inf, neginf=-np.inf), -_BOUND, _BOUND)

    @property
    def opposite(self) -> str:
        """Name of what the target is compared with."""
        return f"not {self.target}" if self.contrast is None else self.contrast

    @property
    def description(self) -> str:
        """The fitted quantity in words."""
        if self.contrast is not None:
            return f"log-odds of {self.target!r} against {self.contrast!r}"
        if self.multi_label:
            return f"log-odds of {self.target!r} against its absence"
        return f"log-odds of {self.target!r} against all other labels together"


def resolve_outcome(
    classes: Sequence[str],
    target: str | None,
    contrast: str | None,
    original: Answers,
    multi_label: bool = False,
) -> Outcome:
    """Choose the target: the one that was named, or else the class the model gives the original text.

    Parameters
    ----------
    classes : sequence of str
    target, contrast : str or None
    original : Answers
        The answer to the original text, length 1.
    multi_label : bool, default False

    Raises
    ------
    InputError
        ``unknown-label`` or ``same-label``.
    ModelError
        ``declined`` when the model gave the original text no probabilities.

    Examples
    --------
    >>> resolve_outcome(["no", "yes"], None, None, Answers.from_probabilities([[0.2, 0.8]])).target
    'yes'
    """
    names = tuple(str(name) for name in classes)
    for role, label in (("target", target), ("contrast", contrast)):
        if label is not None and label not in names:
            raise InputError(
                "unknown-label", f"The {role} {label!r} is not a label of the model. Its labels: {', '.join(names)}."
            )
    if np.isnan(original.log_probabilities).any():
        raise ModelError(
            "declined",
            "The model declined to answer the text itself, so there is no decision to explain. Leave out the passage that it "
            "declines, or ask it in a way that it answers.",
        )
    # A label of numpy would be told as one.
    chosen = names[int(np.argmax(original.log_probabilities[0]))] if target is None else str(target)
    contrast = None if contrast is None else str(contrast)
    if contrast == chosen:
        raise InputError(
            "same-label", f"Target and contrast are both {chosen!r}. Name another contrast, or name a target too."
        )
    return Outcome(names, chosen, contrast, multi_label)
