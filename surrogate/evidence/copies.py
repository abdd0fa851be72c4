"""Single altered copies worth a look: those that flip the decision, and those on which the surrogate is most wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from surrogate.linear_model import LinearModel
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome, sigmoid
from surrogate.rows import original_row, usable_rows
from surrogate.tree_model import TreeModel

__all__ = ["Flip", "Miss", "SizeBand", "find_flips", "find_misses", "fidelity_by_size"]


@dataclass(frozen=True)
class Flip:
    """An altered copy that the model decides otherwise than the text.

    Parameters
    ----------
    text : str
    removed : tuple of int
        Units that were removed.
    label : str
        The model's decision on the copy.
    probability : float
        Probability of that decision.
    target_probability : float
        Probability of the target.

    Examples
    --------
    >>> Flip("pay", (1,), "cards", 0.7, 0.2).to_dict()["removed"]
    [1]
    """

    text: str
    removed: tuple[int, ...]
    label: str
    probability: float
    target_probability: float

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "removed": list(self.removed)}


@dataclass(frozen=True)
class Miss:
    """A test copy on which a surrogate is most wrong, with both probabilities of the target.

    Examples
    --------
    >>> Miss("pay", 0.9, 0.4).to_dict()["model"]
    0.9
    """

    text: str
    model: float
    surrogate: float

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class SizeBand:
    """Error in probability on the test copies that keep a certain share of the text.

    Examples
    --------
    >>> SizeBand(0.0, 0.5, 12, 0.1).to_dict()["n_test"]
    12
    """

    from_share: float
    to_share: float
    n_test: int
    mae_probability: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


def find_flips(part: Neighborhood, outcome: Outcome, n: int = 5) -> tuple[Flip, ...]:
    """Altered copies on which the model's decision is not that on the text, fewest removed units first."""
    if part.answers is None:
        return ()
    answers, masks = part.answers, part.masks[0]
    margins = outcome.margin(answers)
    original = original_row(part)
    other = (margins > 0) != (margins[original] > 0)
    first = np.ones(len(other), dtype=bool) if part.draws is None else part.draws == 0
    rows = np.flatnonzero(other & first & answers.usable & masks.any(axis=1))
    order = sorted(rows, key=lambda row: (-int(masks[row].sum()), -abs(margins[row]), part.texts[row]))
    return tuple(_flip(part, outcome, int(row)) for row in order[:n])


def _flip(part: Neighborhood, outcome: Outcome, row: int) -> Flip:
    answer = part.answers.take([row])  # type: ignore[union-attr]
    target = float(sigmoid(outcome.log_odds(answer))[0])
    if outcome.multi_label or outcome.contrast is not None:
        wins = bool(outcome.margin(answer)[0] > 0)
        label, probability = (outcome.target, target) if wins else (outcome.opposite, 1.0 - target)
    else:
        best = int(np.argmax(answer.log_probabilities[0]))
        label, probability = outcome.classes[best], float(answer.probabilities[0, best])
    removed = tuple(int(unit) for unit in np.flatnonzero(~part.masks[0][row]))
    return Flip(part.texts[row], removed, label, probability, target)


def find_misses(model: LinearModel | TreeModel, test: Neighborhood, outcome: Outcome, n: int = 3) -> tuple[Miss, ...]:
    """Test copies with the largest error in probability, worst first."""
    told, said, texts = _both(model, test, outcome)
    order = sorted(range(len(texts)), key=lambda row: (-abs(told[row] - said[row]), texts[row]))
    return tuple(Miss(texts[row], float(told[row]), float(said[row])) for row in order[:n])


def fidelity_by_size(
    model: LinearModel | TreeModel, test: Neighborhood, outcome: Outcome, n_bands: int = 4
) -> tuple[SizeBand, ...]:
    """Mean absolute error in probability by the share of units that a test copy keeps."""
    told, said, _ = _both(model, test, outcome)
    shares = usable_rows(test, outcome).masks.mean(axis=1)
    bands = []
    for number in range(n_bands):
        low, high = number / n_bands, (number + 1) / n_bands
        inside = (shares > low) & (shares <= high) if number else shares <= high
        error = float(np.abs(told - said)[inside].mean()) if inside.any() else None
        bands.append(SizeBand(low, high, int(inside.sum()), error))
    return tuple(bands)


def _both(model: LinearModel | TreeModel, test: Neighborhood, outcome: Outcome) -> tuple[Any, Any, list[str]]:
    """The model's and the surrogate's probability of the target on the usable test copies, with their texts."""
    rows = usable_rows(test, outcome)
    predicted = model.predict(rows.masks)
    said = np.clip(predicted, 0.0, 1.0) if model.scale == "probability" else sigmoid(predicted)
    usable = () if test.answers is None else tuple(test.answers.usable)
    texts = [text for text, flag in zip(test.texts, usable, strict=True) if flag]
    return sigmoid(rows.values), said, texts
