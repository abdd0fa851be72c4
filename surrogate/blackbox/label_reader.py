"""From the likelihoods of labels to answers: length, priors, and orders of the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.precision import round_scores
from surrogate.blackbox.prompt import Scoring
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.tokens import token_spans
from surrogate.blackbox.too_long import Length
from surrogate.errors import ModelError

__all__ = ["LabelReader", "LabelScores", "ScoreReader"]


@dataclass(frozen=True, eq=False)
class LabelScores:
    """What a language model says about the labels after some texts.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_texts, n_labels)
        Log-likelihood of each label, with all its tokens.
    embeddings : ndarray of float32, shape (n_texts, n_dimensions)
    truncated : ndarray of bool, shape (n_texts,)

    Examples
    --------
    >>> LabelScores(np.log([[0.3, 0.2]]), np.zeros((1, 2), np.float32), np.array([False])).mass.round(6).tolist()
    [0.5]
    """

    scores: NDArray[np.float64]
    embeddings: NDArray[np.float32]
    truncated: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if not np.isfinite(self.scores).all():
            raise ModelError(
                "bad-answer-values",
                "The model gave NaN or infinite logits. Its weights may be damaged, or its numbers too large for float16.",
            )

    @property
    def mass(self) -> NDArray[np.float64]:
        """Probability of all labels together, shape (n_texts,)."""
        # rounding may lift a mass of one by a few units in the last place
        return np.minimum(np.exp(np.logaddexp.reduce(self.scores, axis=1)), 1.0)


class ScoreReader(Protocol):
    """Scores labels after the prompts of one instruction."""

    @property
    def encoder(self) -> PromptEncoder:
        """Turns texts into tokens."""

    @property
    def label_ids(self) -> tuple[tuple[int, ...], ...]:
        """Tokens of each label that are scored."""

    def scores(self, texts: Sequence[str]) -> LabelScores:
        """Log-likelihood of each label after each text."""

    def lengths(self, texts: list[str]) -> list[Length]:
        """Tokens of the prompt of each text before it is cut."""


@dataclass(frozen=True, eq=False)
class LabelReader:
    """Weights in memory that answer with probabilities of labels.

    Parameters
    ----------
    name : str
        What errors call the model.
    orders : tuple of ScoreReader
        One for each order in which the instruction lists the labels.
    scoring : Scoring
    step : float, optional
        What log-likelihoods are rounded to multiples of.

    Examples
    --------
    >>> LabelReader("toy", (), Scoring()).priors
    []
    """

    name: str
    orders: tuple[ScoreReader, ...]
    scoring: Scoring
    step: float | None = None

    def read(self, texts: list[str]) -> Answers:
        """Answers with label mass and embeddings, averaged over the orders of the labels."""
        found = [self._scores(order, texts) for order in self.orders]
        logs = [
            self._relative(order, scores.scores) - prior
            for order, scores, prior in zip(self.orders, found, self.priors, strict=True)
        ]
        n_orders = len(found)
        mean = logs[0] if n_orders == 1 else np.logaddexp.reduce([_normalised(log) for log in logs], axis=0)
        return Answers(
            _normalised(mean) if n_orders > 1 or self.scoring.content_free else mean,
            np.mean([scores.embeddings for scores in found], axis=0, dtype=np.float32),
            np.mean([scores.mass for scores in found], axis=0),
            np.zeros(len(texts), dtype=bool),
            np.any([scores.truncated for scores in found], axis=0),
        )

    @cached_property
    def priors(self) -> list[NDArray[np.float64]]:
        """Log of the mean probability of each label after content-free inputs, shape (n_labels,), for each order.

        Zero where the probabilities are not corrected.
        """
        inputs = list(self.scoring.content_free)
        if not inputs:
            return [np.zeros(len(order.label_ids)) for order in self.orders]
        logs = [self._relative(order, self._scores(order, inputs).scores) for order in self.orders]
        return [np.asarray(np.logaddexp.reduce(log, axis=0) - np.log(len(inputs))) for log in logs]

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Start and end of each token of ``text`` inside the prompt, in characters of the text."""
        encoder = self.orders[0].encoder
        return token_spans(encoder.tokenizer, self.name, text, encoder.before, encoder.after)

    def lengths(self, texts: list[str]) -> list[Length]:
        """Tokens of the prompt of each text before it is cut, for each order of the labels."""
        return [length for order in self.orders for length in order.lengths(texts)]

    def _scores(self, order: ScoreReader, texts: list[str]) -> LabelScores:
        found = order.scores(texts)
        return replace(found, scores=round_scores(found.scores, self.step))

    def _relative(self, order: ScoreReader, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-probabilities relative to all labels, shape (n_texts, n_labels)."""
        if self.scoring.length_normalised:
            scores = scores / np.array([len(label) for label in order.label_ids])
        return _normalised(scores)


def _normalised(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True))
