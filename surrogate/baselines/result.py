"""BaselineResult: what another package said about one text, in a form that our evidence can measure."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.baselines.masked_model import Calls
from surrogate.errors import InputError
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.outcome import Outcome

__all__ = ["BaselineResult", "check_count", "check_scale", "explained", "linear_model"]

#: Margins count up to here, as in our own surrogates: only their sign is used.
_FAR = 3.0


@dataclass(frozen=True, eq=False)
class BaselineResult:
    """What another package said about one text.

    Parameters
    ----------
    name, version : str
        The package's method and its version.
    settings : dict of str to str or int
        What it was called with.
    explained : str
        The explained quantity, in words.
    scale : {"log_odds", "probability"}
    weights : ndarray of float, shape (n_units,)
        One number per unit, as the package gave it.
    intercept : float
        LIME's intercept; SHAP's base value.
    n_sent, n_distinct, n_truncated : int
        Altered copies it asked about, distinct texts among them, and those the model did not read whole.
    model : LinearModel
        The weights as a prediction: intercept plus the weights of the kept units.
    refitted : LinearModel, optional
        For packages whose numbers are not meant as a prediction: ridge regression on the same calls.
    asked : ndarray of bool, shape (n_distinct, n_units)
        The distinct copies it asked about, in its order; not part of a record.

    Examples
    --------
    >>> model = LinearModel(2, 0.25, (Term((Literal(1, True),), "card", 0.5),), scale="probability")
    >>> result = BaselineResult("LIME", "0.2.0.1", {"num_samples": 10}, "probability of 'cards'", "probability",
    ...                         np.array([0.0, 0.5]), 0.25, 10, 4, 0, model)
    >>> result.top(1), BaselineResult.from_dict(result.to_dict()).weights.tolist()
    ((1,), [0.0, 0.5])
    """

    name: str
    version: str
    settings: dict[str, str | int]
    explained: str
    scale: str
    weights: NDArray[np.float64]
    intercept: float
    n_sent: int
    n_distinct: int
    n_truncated: int
    model: LinearModel
    refitted: LinearModel | None = None
    asked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=bool), repr=False)

    @classmethod
    def of(
        cls,
        calls: Calls,
        weights: NDArray[np.float64],
        intercept: float,
        *,
        name: str,
        package: str,
        settings: dict[str, str | int],
        refitted: LinearModel | None = None,
    ) -> BaselineResult:
        """What a package said, with what its calls say about it."""
        return cls(
            name=name,
            version=version(package),
            settings=settings,
            explained=explained(calls.model.outcome, calls.scale),
            scale=calls.scale,
            weights=weights,
            intercept=intercept,
            n_sent=calls.n_sent,
            n_distinct=calls.n_distinct,
            n_truncated=calls.n_truncated,
            model=linear_model(weights, intercept, calls),
            refitted=refitted,
            asked=calls.distinct()[0],
        )

    def top(self, n: int) -> tuple[int, ...]:
        """Positions of the ``n`` units with the largest weights, largest first; units without weight are left out."""
        order = np.argsort(-np.abs(self.weights), kind="stable")[:n]
        return tuple(int(unit) for unit in order if self.weights[unit] != 0)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        plain = {name: value for name, value in vars(self).items() if name not in ("asked", "weights")}
        return {
            **plain,
            "weights": [float(weight) for weight in self.weights],
            "model": self.model.to_dict(),
            "refitted": None if self.refitted is None else self.refitted.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> BaselineResult:
        """Inverse of :meth:`to_dict`."""
        refitted = data["refitted"]
        models = {
            "weights": np.array(data["weights"], dtype=np.float64),
            "model": LinearModel.from_dict(data["model"]),
            "refitted": None if refitted is None else LinearModel.from_dict(refitted),
        }
        return cls(**{**data, **models})


def explained(outcome: Outcome, scale: str) -> str:
    """The explained quantity in words.

    Examples
    --------
    >>> explained(Outcome(("no", "yes"), "yes"), "probability")
    "probability of 'yes'"
    """
    if scale == "log_odds":
        return outcome.description
    against = "" if outcome.contrast is None else f" against {outcome.contrast!r}"
    return f"probability of {outcome.target!r}{against}"


def linear_model(weights: NDArray[np.float64], intercept: float, calls: Calls) -> LinearModel:
    """Weights of units as a LinearModel; units without weight are no terms.

    These packages say nothing about the decision.  So that agreement can be measured, the decision margin is fitted as a
    straight line in the prediction, on the calls the package made: the most favourable reading of one number.

    Parameters
    ----------
    weights : ndarray of float, shape (n_units,)
    intercept : float
    calls : Calls
    """
    masks, _, margins = calls.distinct()
    predicted = intercept + masks @ weights
    centred = predicted - predicted.mean()
    spread = float(centred @ centred)
    clipped = np.clip(margins, -_FAR, _FAR)
    slope = float(centred @ clipped) / spread if spread > 0 else 0.0
    units = calls.model.document.units
    terms = [
        Term(
            (Literal(int(unit), True),),
            units[unit],
            float(weights[unit]),
            margin_coefficient=slope * float(weights[unit]),
        )
        for unit in np.argsort(-np.abs(weights), kind="stable")
        if weights[unit] != 0
    ]
    offset = float(clipped.mean() - slope * predicted.mean())
    return LinearModel(len(units), float(intercept), tuple(terms), offset + slope * float(intercept), calls.scale)


def check_count(name: str, value: object, least: int) -> None:
    """Refuse a number of samples, features or calls that cannot be used."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InputError("bad-parameter", f"{name} must be a whole number of at least {least}; got {value!r}.")


def check_scale(scale: object) -> None:
    """Refuse a scale that is not one of the two."""
    if scale not in ("log_odds", "probability"):
        raise InputError("bad-parameter", f"scale must be 'log_odds' or 'probability'; got {scale!r}.")
