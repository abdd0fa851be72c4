"""The held-out masks of the fidelity benchmark, and how well a prediction tells the model's answers on them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.games import ALL
from surrogate.answers import Answers
from surrogate.outcome import Outcome, sigmoid
from surrogate.weigh import exponential_kernel

#: LIME's kernel width, in units of cosine distance.
KERNEL_WIDTH = 0.25

Predict = Callable[[NDArray[np.bool_]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class TestMasks:
    """Masks that nobody was fitted to on purpose, with the model's answers.

    Parameters
    ----------
    masks : ndarray of bool, shape (n, n_units)
    weights : ndarray of float, shape (n,)
    log_odds : ndarray of float, shape (n,)
    """

    masks: NDArray[np.bool_]
    weights: NDArray[np.float64]
    log_odds: NDArray[np.float64]

    def without(self, asked: NDArray[np.bool_]) -> TestMasks:
        """The same without some masks."""
        known = {mask.tobytes() for mask in asked}
        keep = np.array([mask.tobytes() not in known for mask in self.masks])
        return TestMasks(self.masks[keep], self.weights[keep], self.log_odds[keep])


def kernel(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """LIME's weight of each mask: exponential kernel on the cosine distance to the full mask."""
    return exponential_kernel(1.0 - np.sqrt(masks.mean(axis=1)), KERNEL_WIDTH)


def draw_lime_masks(n_units: int, n_masks: int, seed: int) -> NDArray[np.bool_]:
    """A fresh sample as LIME draws it: a uniform number of units, 1 .. n_units, is removed at random."""
    rng = np.random.default_rng([20_011, seed])
    masks = np.ones((n_masks, n_units), dtype=bool)
    for mask in masks:
        mask[rng.permutation(n_units)[: rng.integers(1, n_units + 1)]] = False
    return masks


def game_tests(log_odds: NDArray[np.float64]) -> dict[str, TestMasks]:
    """All masks of a game: every one alike, and with the weight that LIME's sample and kernel give them."""
    n_units = ALL.shape[1]
    removed = n_units - ALL.sum(axis=1)
    density = np.array([0.0 if k == 0 else 1.0 / (n_units * math.comb(n_units, int(k))) for k in removed])
    return {
        "lime": TestMasks(ALL, density * kernel(ALL), log_odds),
        "reference": TestMasks(ALL, np.ones(len(ALL)), log_odds),
    }


def sampled_tests(
    box: Any, outcome: Outcome, texts_of: Any, reference: Any, n_lime: int, seed: int
) -> dict[str, TestMasks]:
    """A fresh LIME sample, and the test part of the reference distribution.

    Parameters
    ----------
    box : BlackBox
    outcome : Outcome
    texts_of : callable (masks) -> list of str
    reference : Neighborhood
        The test part: masks with the weights that make them stand for the reference distribution.
    n_lime : int
        Masks of the LIME sample.
    seed : int
    """
    drawn = draw_lime_masks(reference.masks[0].shape[1], n_lime, seed)

    def answered(masks: NDArray[np.bool_], weights: NDArray[np.float64]) -> TestMasks:
        texts = texts_of(masks)
        distinct = list(dict.fromkeys(texts))
        place = {text: row for row, text in enumerate(distinct)}
        answers: Answers = box.answer(distinct)
        return TestMasks(masks, weights, outcome.log_odds(answers)[[place[text] for text in texts]])

    return {
        "lime": answered(drawn, kernel(drawn)),
        "reference": answered(reference.masks[0], reference.reference_weight),
    }


def r2(values: NDArray[np.float64], predicted: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Weighted share of the variance that a prediction explains; NaN where the values do not vary."""
    centred = values - np.average(values, weights=weights)
    spread = float(weights @ centred**2)
    return (
        float("nan") if spread <= 1e-12 * weights.sum() else 1.0 - float(weights @ (values - predicted) ** 2) / spread
    )


def score(predict: Predict, test: TestMasks, given: str, measured: str) -> float:
    """R2 of a prediction.

    Parameters
    ----------
    predict : callable (masks) -> ndarray
        In the quantity that the method was given.
    test : TestMasks
    given, measured : {"probability", "log_odds"}
        A prediction of the log-odds can be read as one of the probability; the other way round it cannot, since a linear
        prediction of a probability leaves the unit interval: NaN.
    """
    predicted = predict(test.masks)
    if given == "probability" and measured == "log_odds":
        return float("nan")
    if measured == "log_odds":
        return r2(test.log_odds, predicted, test.weights)
    return r2(sigmoid(test.log_odds), sigmoid(predicted) if given == "log_odds" else predicted, test.weights)


def effects(predict: Predict, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean change of the prediction when a unit is put in, over masks, shape (n_units,); a linear method's own weights."""
    found = np.zeros(masks.shape[1])
    for unit in range(masks.shape[1]):
        present, absent = masks.copy(), masks.copy()
        present[:, unit], absent[:, unit] = True, False
        found[unit] = float(np.mean(predict(present) - predict(absent)))
    return found


def top_units(predict: Predict, masks: NDArray[np.bool_], n: int = 5) -> frozenset[int]:
    """The units with the largest effects; those without any effect are left out."""
    found = effects(predict, masks)
    order = np.argsort(-np.abs(found), kind="stable")[:n]
    return frozenset(int(unit) for unit in order if abs(found[unit]) > 1e-9)
