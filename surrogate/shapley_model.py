"""ShapleyModel: how an answer is shared out among the units of a text, and which two act together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Interaction", "ShapleyModel"]


@dataclass(frozen=True)
class Interaction:
    """The interaction of two units: the average effect of the one on the effect of the other.

    Parameters
    ----------
    units : tuple of int
        Positions of the two units, ascending.
    text : str
        The units as they stand in the text.
    value : float
        Shapley interaction index, in ``ShapleyModel.scale``; negative: together they do less than each alone promises.
    low, high : float, optional
        95 % interval; None where none can be given.

    Examples
    --------
    >>> Interaction((0, 1), "not & good", -1.5).to_dict()["units"]
    [0, 1]
    """

    units: tuple[int, int]
    text: str
    value: float
    low: float | None = None
    high: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "units": list(self.units)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Interaction:
        """Inverse of :meth:`to_dict`."""
        first, second = data["units"]
        return cls(**{**data, "units": (first, second)})


@dataclass(frozen=True)
class ShapleyModel:
    """Shapley values of the units of one text, with its strongest interactions.

    This is a sharing-out, not a model that predicts: the sum of the values of some units is *not* what the model says
    about a copy that keeps them, and there is no ``predict``.  Only the sum over all units has that meaning: it is
    ``full_value - base_value``.

    Parameters
    ----------
    n_units : int
    base_value, full_value : float
        The fitted quantity for the empty text and for the text as it stands.
    values : tuple of float, length n_units
        Shapley value of each unit, in ``scale``: its effect when it joins, averaged over all orders in which units can.
    low, high : tuple of float, length n_units, optional
        Ends of the 95 % intervals; None where none can be given.  Where every copy was asked they equal the values.
    interactions : tuple of Interaction
        The strongest pairwise interactions (k-SII of order 2), strongest first.
    scale : {"log_odds", "probability"}
    exact : bool
        Whether every copy was asked, so that nothing is estimated.
    base_asked, full_asked : bool
        Whether the model answered the empty text, and the text as it stands; otherwise that value is predicted.
    source : str
        What stands for the copies that were not asked: "calls" where there are none, else the name of a proxy.

    References
    ----------
    Shapley, "A value for n-person games", 1953; Grabisch and Roubens, "An axiomatic approach to the concept of interaction
    among players in cooperative games", International Journal of Game Theory 1999; Bordt and von Luxburg, "From Shapley
    values to generalized additive models and back", AISTATS 2023 (k-SII).

    Examples
    --------
    >>> model = ShapleyModel(2, 0.0, 3.0, (2.0, 1.0), exact=True)
    >>> model == ShapleyModel.from_dict(model.to_dict())
    True
    >>> sum(model.values) == model.full_value - model.base_value
    True
    """

    n_units: int
    base_value: float
    full_value: float
    values: tuple[float, ...]
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None
    interactions: tuple[Interaction, ...] = ()
    scale: str = "log_odds"
    exact: bool = False
    base_asked: bool = True
    full_asked: bool = True
    source: str = "calls"
    kind: str = field(default="shapley", init=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {**plain, "interactions": [interaction.to_dict() for interaction in self.interactions]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ShapleyModel:
        """Inverse of :meth:`to_dict`."""
        given = {name: value for name, value in data.items() if name != "kind"}
        for name in ("values", "low", "high"):
            given[name] = None if given[name] is None else tuple(given[name])
        given["interactions"] = tuple(Interaction.from_dict(interaction) for interaction in given["interactions"])
        return cls(**given)
