"""Measures on the test rows, with bootstrap intervals, and the baseline beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.data import Split
from training.routes import ROUTES

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["Estimate", "Measures", "delete_share", "fit_baseline", "macro_f1_difference", "measure"]


@dataclass(frozen=True)
class Estimate:
    """A measured share with its 95 % percentile bootstrap interval.

    Examples
    --------
    >>> str(Estimate(0.9, 0.88, 0.92))
    '.900 (.880 to .920)'
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.value)} ({_short(self.low)} to {_short(self.high)})"


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


@dataclass(frozen=True, eq=False)
class Measures:
    """Accuracy, macro-F1, F1 of each route and the confusion matrix (rows: truth, columns: prediction).

    Examples
    --------
    >>> measure(np.arange(8), np.arange(8)).accuracy.value
    1.0
    """

    accuracy: Estimate
    macro_f1: Estimate
    f1: tuple[Estimate, ...]
    confusion: np.ndarray


def _f1(confusion: np.ndarray) -> np.ndarray:
    """F1 of each class from confusion matrices of shape (..., k, k)."""
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    total = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    return 2 * hits / np.maximum(total, 1)


def _f1_of(c: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda tables: _f1(tables)[..., c]


def _resample(counts: np.ndarray, n_draws: int, seed: int) -> np.ndarray:
    """Bootstrap rows: a resample of n rows is a multinomial draw over the cells of their table."""
    rng = np.random.default_rng(seed)
    n = counts.sum()
    return rng.multinomial(n, counts.ravel() / n, size=n_draws).reshape(n_draws, *counts.shape)


def _estimate(table: np.ndarray, draws: np.ndarray, statistic: Callable[[np.ndarray], np.ndarray]) -> Estimate:
    low, high = np.percentile(statistic(draws), [2.5, 97.5])
    return Estimate(float(statistic(table)), float(low), float(high))


def measure(truth: np.ndarray, predicted: np.ndarray, *, n_draws: int = 5000, seed: int = 0) -> Measures:
    """Measure predictions against the truth.

    Parameters
    ----------
    truth, predicted : ndarray of int, shape (n,)
        Positions in ``ROUTES``.
    n_draws : int
        Bootstrap resamples of the rows.
    seed : int
        Seed of the resamples.

    Returns
    -------
    Measures
        Point values and 95 % intervals.
    """
    k = len(ROUTES)
    table = np.zeros((k, k), dtype=np.int64)
    np.add.at(table, (truth, predicted), 1)
    draws = _resample(table, n_draws, seed)
    return Measures(
        _estimate(table, draws, lambda t: np.trace(t, axis1=-2, axis2=-1) / t.sum(axis=(-2, -1))),
        _estimate(table, draws, lambda t: _f1(t).mean(axis=-1)),
        tuple(_estimate(table, draws, _f1_of(c)) for c in range(k)),
        table,
    )


def macro_f1_difference(truth: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> Estimate:
    """Difference in macro-F1, with a bootstrap in which both are measured on the same resampled rows.

    Parameters
    ----------
    truth, ours, theirs : ndarray of int, shape (n,)
        Positions in ``ROUTES``.

    Returns
    -------
    Estimate
        Ours minus theirs.
    """
    k = len(ROUTES)
    table = np.zeros((k, k, k), dtype=np.int64)
    np.add.at(table, (truth, ours, theirs), 1)
    draws = _resample(table, 5000, 0)
    return _estimate(table, draws, lambda t: _f1(t.sum(axis=-1)).mean(axis=-1) - _f1(t.sum(axis=-2)).mean(axis=-1))


def fit_baseline(train: Split) -> Pipeline:
    """Fit TF-IDF over words and word pairs and a logistic regression; C was chosen on held-out training rows.

    Parameters
    ----------
    train : Split
        Rows to fit on.

    Returns
    -------
    Pipeline
        Predicts positions in ``ROUTES``.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")
    return make_pipeline(vectorizer, LogisticRegression(C=30, max_iter=2000)).fit(train.texts, train.routes)


def delete_share(texts: tuple[str, ...], share: float, seed: int) -> tuple[str, ...]:
    """Delete the given share of each text's words, chosen at random and rounded to whole words.

    Examples
    --------
    >>> delete_share(("one two three four",), 1.0, 0)
    ('',)
    """
    rng = np.random.default_rng(seed)
    out = []
    for text in texts:
        words = text.split()
        gone = set(rng.permutation(len(words))[: round(share * len(words))].tolist())
        out.append(" ".join(word for i, word in enumerate(words) if i not in gone))
    return tuple(out)
