"""Answers: what a black box says about some texts, from one reading of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import ModelError

__all__ = ["Answers"]

#: How far from one a row of probabilities may sum before it is refused.
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Answers:
    """What a black box says about ``n`` texts.

    Parameters
    ----------
    log_probabilities : ndarray of float64, shape (n, n_classes)
        Natural logarithm of the probability of each class; minus infinity where the probability is zero.  Rows of a
        single-label classifier sum to one as probabilities; those of a multi-label one need not.
    embeddings : ndarray of float32, shape (n, n_dimensions), or None
        The model's embedding of each text, from the same forward pass as the probabilities; not-a-number for a text that was
        refused without one.
    label_mass : ndarray of float64, shape (n,), or None
        Probability that a generative model gives to all labels together (the rest went to other answers).
    refused : ndarray of bool, shape (n,)
        True where the model declined to answer.
    truncated : ndarray of bool, shape (n,)
        True where the model did not read the whole text.
    votes : ndarray of int64, shape (n, n_classes), or None
        For probabilities that are counted from repeated answers: how many of them named each label.  None: the model states
        its probabilities itself.

    Examples
    --------
    >>> answers = Answers.from_probabilities([[0.9, 0.1], [0.2, 0.8]])
    >>> len(answers)
    2
    >>> answers.probabilities.round(3).tolist()
    [[0.9, 0.1], [0.2, 0.8]]
    """

    log_probabilities: NDArray[np.float64]
    embeddings: NDArray[np.float32] | None
    label_mass: NDArray[np.float64] | None
    refused: NDArray[np.bool_]
    truncated: NDArray[np.bool_]
    votes: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.log_probabilities)

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """Probability of each class, shape (n, n_classes)."""
        return np.exp(self.log_probabilities)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """True where the whole text was read and answered, shape (n,)."""
        return ~(self.refused | self.truncated)

    def take(self, rows: NDArray[np.intp] | Sequence[int]) -> Answers:
        """The answers to some of the texts, in the order of ``rows`` (integers, shape (n_rows,))."""
        index = np.asarray(rows, dtype=np.intp)
        return Answers(
            self.log_probabilities[index],
            None if self.embeddings is None else self.embeddings[index],
            None if self.label_mass is None else self.label_mass[index],
            self.refused[index],
            self.truncated[index],
            None if self.votes is None else self.votes[index],
        )

    def for_texts(self, texts: Sequence[str], distinct: Sequence[str]) -> Answers:
        """The answers to texts with repeats, where these are the answers to the distinct ones.

        Parameters
        ----------
        texts : sequence of str
        distinct : sequence of str, length n
            What was asked: each text once.

        Examples
        --------
        >>> answers = Answers.from_probabilities([[0.9, 0.1], [0.2, 0.8]])
        >>> answers.for_texts(["lost card", "pay", "lost card"], ["lost card", "pay"]).probabilities[:, 0].tolist()
        [0.9, 0.2, 0.9]
        """
        if list(texts) == list(distinct):
            return self
        place = {text: number for number, text in enumerate(distinct)}
        return self.take([place[text] for text in texts])

    @classmethod
    def concatenate(cls, parts: Sequence[Answers]) -> Answers:
        """One set of answers from several, in order; all must have, or lack, the same optional fields.

        Refused answers may come with embeddings of no dimension; among others these are not-a-number.

        Raises
        ------
        ModelError
            ``bad-answer-shape``.
        """
        first = parts[0]
        return cls(
            np.concatenate([part.log_probabilities for part in parts]),
            None if first.embeddings is None else _stacked([_given(part.embeddings) for part in parts]),
            None if first.label_mass is None else np.concatenate([_given(part.label_mass) for part in parts]),
            np.concatenate([part.refused for part in parts]),
            np.concatenate([part.truncated for part in parts]),
            None if first.votes is None else np.concatenate([_given(part.votes) for part in parts]),
        )

    @classmethod
    def from_probabilities(
        cls,
        probabilities: object,
        *,
        n_texts: int | None = None,
        n_classes: int | None = None,
        normalised: bool = True,
        embeddings: NDArray[np.float32] | None = None,
        truncated: NDArray[np.bool_] | None = None,
    ) -> Answers:
        """Check probabilities and take their logarithm.

        Parameters
        ----------
        probabilities : array-like of float, shape (n_texts, n_classes)
        n_texts, n_classes : int, optional
            The shape that was asked for.
        normalised : bool, default True
            Whether each row must sum to one (False for multi-label models).
        embeddings : ndarray of float32, shape (n_texts, n_dimensions), optional
        truncated : ndarray of bool, shape (n_texts,), optional

        Raises
        ------
        ModelError
            ``bad-answer-shape`` or ``bad-answer-values``: nothing is imputed or renormalised.
        """
        array = _as_matrix(probabilities, n_texts, n_classes)
        _check_values(array, normalised)
        with np.errstate(divide="ignore"):
            logs = np.log(array)
        nobody = np.zeros(len(array), dtype=bool)
        return cls(logs, embeddings, None, nobody, nobody if truncated is None else truncated)

    @classmethod
    def from_votes(cls, votes: object, *, pseudo_count: float = 0.5) -> Answers:
        """Probabilities as smoothed shares of votes.

        Parameters
        ----------
        votes : array-like of int, shape (n_texts, n_classes)
            Of the repeated answers to each text, how many named each label.
        pseudo_count : float, default 0.5
            Votes added to every label, so that no probability is zero; half a vote is Jeffreys's.

        Examples
        --------
        >>> Answers.from_votes([[8, 0]]).probabilities.round(3).tolist()
        [[0.944, 0.056]]
        """
        counts = np.asarray(votes, dtype=np.int64)
        smoothed = counts + float(pseudo_count)
        nobody = np.zeros(len(counts), dtype=bool)
        return cls(np.log(smoothed / smoothed.sum(axis=1, keepdims=True)), None, None, nobody, nobody, counts)


def _given(array: NDArray[np.generic] | None) -> NDArray[np.generic]:
    if array is None:
        raise ModelError("bad-answer-shape", "Some answers came with embeddings, label mass or votes and some without.")
    return array


def _stacked(embeddings: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Embeddings one below the other; rows of those without a dimension are not-a-number where others have some."""
    widths = sorted({array.shape[1] for array in embeddings} - {0})
    if len(widths) > 1:
        raise ModelError(
            "bad-answer-shape",
            f"The model gave embeddings of {widths[0]:,} and of {widths[-1]:,} numbers; all must have as many. Has another model "
            "taken its place? Then give it another revision, so that stored answers are not used again.",
        )
    width = widths[0] if widths else 0
    return np.concatenate(
        [
            array if array.shape[1] == width else np.full((len(array), width), np.nan, array.dtype)
            for array in embeddings
        ]
    )


def _as_matrix(probabilities: object, n_texts: int | None, n_classes: int | None) -> NDArray[np.float64]:
    wanted = f"({'n_texts' if n_texts is None else n_texts}, {'n_classes' if n_classes is None else n_classes})"
    try:
        array = np.asarray(probabilities, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError(
            "bad-answer-shape", f"The model must answer with an array of numbers of shape {wanted}; got {error}."
        ) from error
    fits = array.ndim == 2 and n_texts in (None, array.shape[0]) and n_classes in (None, array.shape[1])
    if not fits:
        raise ModelError(
            "bad-answer-shape",
            f"The model must answer with probabilities of shape {wanted}; got shape {array.shape}. "
            "Return one row per text and one column per class.",
        )
    return array


def _check_values(array: NDArray[np.float64], normalised: bool) -> None:
    finite = np.isfinite(array).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise ModelError("bad-answer-values", f"The model gave NaN or infinite probabilities, first in row {row}.")
    inside = ((array >= 0) & (array <= 1 + SUM_TOLERANCE)).all(axis=1)
    if not inside.all():
        row = int(np.argmin(inside))
        raise ModelError(
            "bad-answer-values",
            f"Probabilities must lie between 0 and 1; row {row} holds {array[row].min():.4g} to {array[row].max():.4g}. "
            "If the model returns scores or logits, apply softmax first.",
        )
    sums = array.sum(axis=1)
    if normalised and not np.allclose(sums, 1.0, rtol=0.0, atol=SUM_TOLERANCE):
        row = int(np.argmax(np.abs(sums - 1.0)))
        raise ModelError(
            "bad-answer-values",
            f"The probabilities of one text must sum to 1; row {row} sums to {sums[row]:.4g}. "
            "Return probabilities over all classes; nothing is renormalised silently.",
        )
