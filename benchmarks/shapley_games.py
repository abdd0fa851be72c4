"""The sentiment games of the Shapley benchmark: their exact values and interactions, and our estimates of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.shapley import fit_values
from surrogate.fit.shapley_link import PROBABILITY, Link
from surrogate.fit.shapley_weights import pair_weights, unit_weights
from surrogate.perturb.shapley_sizes import draw_shapley_pairs
from surrogate.rows import Rows
from surrogate.shapley_model import ShapleyModel

N_UNITS = 14
ALL = ((np.arange(2**N_UNITS)[:, None] >> np.arange(N_UNITS)) & 1).astype(bool)
POWERS = 2 ** np.arange(N_UNITS)
PAIRS = list(combinations(range(N_UNITS), 2))
UNITS = tuple(str(unit) for unit in range(N_UNITS))
UNIT_WEIGHTS, PAIR_WEIGHTS = unit_weights(ALL), pair_weights(ALL, PAIRS)

Numbers = NDArray[np.float64]


def probability(scores: NDArray[np.floating]) -> Numbers:
    """Probability of a game's signed scores."""
    scores = scores.astype(np.float64)
    return np.where(scores > 0, scores, 1.0 + scores)


def log_odds(scores: NDArray[np.floating]) -> Numbers:
    """Log-odds of a game's signed scores, clipped at 1e-4."""
    clipped = np.clip(probability(scores), 1e-4, 1.0 - 1e-4)
    return np.log(clipped / (1.0 - clipped))


def signed(latent: Numbers) -> Numbers:
    """Signed score of log-odds."""
    value = PROBABILITY.to_value(latent)
    return np.where(value > 0.5, value, value - 1.0)


#: The signed score by its log-odds.
SIGNED = Link(log_odds, signed)


def draw(n_calls: int, game: int, seed: int) -> NDArray[np.intp]:
    """Positions of distinct masks of the design, the full and the empty one first."""
    asked = [2**N_UNITS - 1, 0]
    seen = set(asked)
    for pair in draw_shapley_pairs(N_UNITS, np.random.default_rng([game, seed])):
        positions = [int(mask @ POWERS) for mask in pair]
        if len(asked) + 2 > n_calls:
            break
        if positions[0] not in seen:
            seen.update(positions)
            asked += positions
    return np.array(asked)


def ours(values: Numbers, asked: NDArray[np.intp], link: Link | None, n_interactions: int = len(PAIRS)) -> ShapleyModel:
    """Values and interactions from the asked positions of one game."""
    answers = values[asked]
    rows = Rows(ALL[asked], answers, answers, np.ones(len(asked)), np.arange(len(asked)) // 2, UNITS)
    return fit_values(rows, link=link, n_interactions=n_interactions)


def ksii(values: Numbers, interactions: Numbers) -> Numbers:
    """k-SII of order 2, 14 single numbers and 91 of pairs, from Shapley values and interactions."""
    single = values.copy()
    for (first, second), value in zip(PAIRS, interactions, strict=True):
        single[[first, second]] -= value / 2.0
    return np.concatenate([single, interactions])


def ksii_of(model: ShapleyModel) -> Numbers:
    """k-SII of order 2 of a model with all its interactions."""
    by_pair = {interaction.units: interaction.value for interaction in model.interactions}
    return ksii(np.array(model.values), np.array([by_pair.get(pair, 0.0) for pair in PAIRS]))


def ksii_error(estimate: Numbers, exact: Numbers) -> float:
    """Mean squared error over 106 numbers; that of the empty set is 0 by definition."""
    return float(((estimate - exact) ** 2).sum() / (len(exact) + 1))


class Game:
    """The answers to all masks of one game.

    Parameters
    ----------
    scores : ndarray of float, shape (16384,)
        Signed scores by position.
    """

    def __init__(self, scores: NDArray[np.floating]) -> None:
        self.scores = scores.astype(np.float64)
        self.probability = probability(scores)
        self.log_odds = log_odds(scores)
        self.ksii = ksii(UNIT_WEIGHTS @ self.scores, PAIR_WEIGHTS @ self.scores)
