"""Fidelity: how well a surrogate tells the model's answers on altered copies that it was not fitted to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.estimate import Estimate
from surrogate.evidence.bootstrap import pair_sums, percentile_interval, resampled_sums
from surrogate.linear_model import LinearModel
from surrogate.outcome import sigmoid
from surrogate.rows import Rows
from surrogate.tree_model import TreeModel

__all__ = ["Fidelity", "measure_fidelity"]


@dataclass(frozen=True)
class Fidelity:
    """Fidelity of one surrogate to the model, measured once, on the test part.

    Parameters
    ----------
    r2 : Estimate
        Share of the variance of the fitted quantity that the surrogate explains; baseline 0: always the mean.
    mae_probability : Estimate
        Mean absolute error in probability; baseline: always the fitting part's mean probability.
    agreement : Estimate
        Share of copies on which surrogate and model decide the same; baseline: always the more frequent decision.
    n_test : int
        Altered copies it was measured on.
    n_pairs : int
        Independent draws among them.
    exact : bool
        All possible copies were asked: nothing was sampled and nothing is held out.
    variance : float
        Variance of the model's fitted quantity over the test part.

    Examples
    --------
    >>> one = Estimate(1.0, 1.0, 1.0, 0.5)
    >>> Fidelity.from_dict(Fidelity(one, one, one, 8, 4, True, 2.0).to_dict()).n_test
    8
    """

    r2: Estimate
    mae_probability: Estimate
    agreement: Estimate
    n_test: int
    n_pairs: int
    exact: bool
    variance: float

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "r2": self.r2.to_dict(),
            "mae_probability": self.mae_probability.to_dict(),
            "agreement": self.agreement.to_dict(),
            "n_test": self.n_test,
            "n_pairs": self.n_pairs,
            "exact": self.exact,
            "variance": self.variance,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Fidelity:
        """Inverse of :meth:`to_dict`."""
        estimates = {name: Estimate.from_dict(data[name]) for name in ("r2", "mae_probability", "agreement")}
        return cls(**{**data, **estimates})


def measure_fidelity(
    model: LinearModel | TreeModel,
    test: Rows,
    fit: Rows,
) -> Fidelity:
    """Measure a surrogate on the test part.

    Parameters
    ----------
    model : LinearModel or TreeModel
    test, fit : Rows
        In the model's scale; the weights of ``test`` are those of the reference distribution.

    Returns
    -------
    Fidelity
        Intervals: 95 %, bootstrap over complement pairs; without width where ``test`` is every possible copy.
    """
    rows = test.weights > 0
    values, weights, pairs = test.values[rows], test.weights[rows], test.pairs[rows]
    masks, margins = test.masks[rows], test.margins[rows]
    predicted = model.predict(masks)
    shown = test.as_asked(model.predict(test.masks))[rows]
    probability, guessed = (_probability(numbers, model.scale) for numbers in (values, predicted))
    constant = float(np.average(_probability(fit.values, model.scale), weights=fit.weights))
    same = (model.predict_margin(masks) > 0) == (margins > 0)
    positive = float(np.average(margins > 0, weights=weights))

    def estimate(columns: list[NDArray[np.float64]], statistic: Statistic, baseline: float) -> Estimate:
        return _estimate(np.column_stack(columns), statistic, pairs, baseline, test.exact)

    return Fidelity(
        r2=estimate(_r2_columns(values, shown, weights), _r2, 0.0),
        mae_probability=estimate(
            [weights, weights * np.abs(probability - guessed)],
            _mean,
            float(np.average(np.abs(probability - constant), weights=weights)),
        ),
        agreement=estimate([weights, weights * same], _mean, max(positive, 1.0 - positive)),
        n_test=int(rows.sum()),
        n_pairs=len(np.unique(pairs)),
        exact=test.exact,
        variance=float(np.average((values - np.average(values, weights=weights)) ** 2, weights=weights)),
    )


Statistic = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _probability(numbers: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    return np.clip(numbers, 0.0, 1.0) if scale == "probability" else sigmoid(numbers)


def _r2_columns(
    values: NDArray[np.float64], predicted: NDArray[np.float64], weights: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    centred = values - np.average(values, weights=weights)
    return [weights, weights * centred, weights * centred**2, weights * (values - predicted) ** 2]


def _r2(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    total, first, second, error = np.moveaxis(sums, -1, 0)
    spread = second - first**2 / total
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 1e-12 * total, 1.0 - error / spread, np.where(error <= 1e-12 * total, 1.0, 0.0))


def _mean(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    total, part = np.moveaxis(sums, -1, 0)
    return part / total


def _estimate(
    columns: NDArray[np.float64],
    statistic: Statistic,
    pairs: NDArray[np.int64],
    baseline: float,
    exact: bool,
) -> Estimate:
    value = float(statistic(columns.sum(axis=0)))
    if exact:
        return Estimate(value, value, value, baseline)
    low, high = percentile_interval(statistic(resampled_sums(pair_sums(columns, pairs))))
    return Estimate(value, min(low, value), max(high, value), baseline)
