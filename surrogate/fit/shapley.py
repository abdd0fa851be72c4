"""Shapley: how an answer is shared out among the units, from far fewer calls than there are copies."""

from __future__ import annotations

from itertools import combinations
from numbers import Integral
from typing import Any, ClassVar, NoReturn, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from surrogate.errors import InputError
from surrogate.fit.base import Surrogate
from surrogate.fit.proxy import Teacher
from surrogate.fit.shapley_indices import Indices, distinct, find_indices, is_complete
from surrogate.fit.shapley_link import PROBABILITY, Link
from surrogate.neighborhood import Neighborhood
from surrogate.rows import Rows
from surrogate.shapley_model import Interaction, ShapleyModel
from surrogate.single_thread import single_thread

__all__ = ["Shapley", "fit_values"]

#: Interactions that are kept, strongest first.
N_INTERACTIONS = 12

#: Standard errors on either side of a 95 % interval.
_Z = 1.959963984540054


class Shapley(Surrogate):
    """Shapley values of the units of a text, with the strongest pairwise interactions.

    Where every copy was asked they are exact.  Otherwise a Gaussian process is fitted to the answers, and its Shapley values
    and interactions are taken in closed form, whatever the number of units; copies that were asked keep their own answers.
    Probabilities of up to 14 units are described by their log-odds, and all masks gone through.  The variance behind an
    interval is the process's own plus a jackknife's over pairs; measured coverage is .95 or more, from 256 calls on about .99.
    Use it with the mask design "shapley"; weights of rows play no part.

    Parameters
    ----------
    max_order : {1, 2}, default 2
        1: values alone; 2: interactions too.
    scale : {"log_odds", "probability"}, default "log_odds"
    proxy : {"auto", "none"}, default "auto"
        "none": nothing may be estimated; every copy must have been asked.
    target, contrast : str, optional
        As in :class:`~surrogate.fit.SparseLinear`.

    Attributes
    ----------
    models_ : dict of str to ShapleyModel
    outcomes_ : dict of str to Outcome

    References
    ----------
    Lundberg and Lee, "A unified approach to interpreting model predictions", NeurIPS 2017; Witter, Liu and Musco,
    "Regression-adjusted Monte Carlo estimators for Shapley values", arXiv 2506.11849 (values of a fitted proxy); Chau,
    Muandet and Sejdinovic, NeurIPS 2023 (Shapley values of Gaussian processes).

    Examples
    --------
    >>> data = Rows(np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool), np.array([4.0, 0.0, 1.0, 1.0]), np.ones(4),
    ...             np.ones(4), np.array([0, 0, 1, 1]), ("not", "good"))
    >>> model = Shapley().fit_one(data, data)
    >>> model.values, model.interactions[0].value, model.exact
    ((2.0, 2.0), 2.0, True)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Surrogate._parameter_constraints,
        "max_order": [Interval(Integral, 1, 2, closed="both")],
    }

    def __init__(
        self,
        *,
        max_order: int = 2,
        scale: str = "log_odds",
        proxy: str = "auto",
        target: str | None = None,
        contrast: str | None = None,
    ) -> None:
        self.max_order = max_order
        self.scale = scale
        self.proxy = proxy
        self.target = target
        self.contrast = contrast

    @property
    def predict(self) -> NoReturn:  # type: ignore[override]
        """Not there: Shapley values share an answer out, they do not predict."""
        raise AttributeError(
            "Shapley values share out an answer and predict none. Fit a SparseLinear or a RuleTree for that."
        )

    @property
    def score(self) -> NoReturn:  # type: ignore[override]
        """Not there: what does not predict has no fidelity; the intervals say how well the values are known."""
        raise AttributeError("Shapley values predict nothing, so they have no fidelity. Read their intervals instead.")

    def fit(self, neighborhood: Neighborhood, y: object = None, teacher: Teacher | None = None) -> Self:
        """Fit one model for each document, on the rows whose role is "fit"; a ``teacher`` is not needed."""
        return super().fit(neighborhood, y, _Untaught())

    def fit_one(self, data: Rows, taught: Rows) -> ShapleyModel:  # type: ignore[override]
        """Share out one text's answers; ``taught`` is not used: the proxy itself is, not its answers."""
        link = PROBABILITY if self.scale == "probability" else None
        return fit_values(data, max_order=int(self.max_order), scale=self.scale, proxy=self.proxy, link=link)


class _Untaught(Teacher):
    """Spends no time on a proxy's answers that nobody reads."""

    def teach(self, rows: Rows, kind: str = "auto") -> Rows:
        """The rows themselves."""
        return rows


def fit_values(
    rows: Rows,
    *,
    max_order: int = 2,
    scale: str = "log_odds",
    proxy: str = "auto",
    link: Link | None = None,
    n_interactions: int = N_INTERACTIONS,
) -> ShapleyModel:
    """Shapley values and interactions from some answers.

    Parameters
    ----------
    rows : Rows
        Masks with their values; weights and margins are not used.
    max_order : {1, 2}, default 2
    scale : str, default "log_odds"
        What the values are, for the model's record.
    proxy : {"auto", "none"}, default "auto"
    link : Link, optional
        A latent quantity that a process describes better than the values, such as the log-odds of a probability; used for
        few enough units that all masks can be gone through.
    n_interactions : int, default 12
        Most interactions to keep.

    Returns
    -------
    ShapleyModel

    Raises
    ------
    InputError
        ``bad-parameter`` for ``proxy="none"`` when not every copy was asked.

    Examples
    --------
    >>> masks = np.random.default_rng(0).random((40, 20)) < 0.5
    >>> values = 2.0 * (masks[:, 3] & masks[:, 4]) + masks[:, 7]
    >>> model = fit_values(Rows(masks, values, values, np.ones(40), np.arange(40) // 2, tuple("abcdefghijklmnopqrst")))
    >>> model.interactions[0].units
    (3, 4)
    """
    rows = distinct(rows)
    complete = is_complete(rows) and not rows.varies
    if proxy == "none" and not is_complete(rows):
        raise InputError(
            "bad-parameter",
            f"Without a proxy, Shapley values need the answers to all 2 ** {rows.n_units} copies of the text; got "
            f'{len(rows.values)}. Ask them all, or leave proxy="auto".',
        )
    with single_thread():
        found = find_indices(rows, link)
        interactions = _strongest(found, rows, n_interactions) if max_order > 1 else ()
    sizes = rows.masks.sum(axis=1)
    low, high = _interval(found.values, found.errors)
    return ShapleyModel(
        rows.n_units,
        *found.ends,
        _floats(found.values),
        None if low is None else _floats(low),
        None if high is None else _floats(high),
        interactions,
        scale,
        complete,
        bool((sizes == 0).any()),
        bool((sizes == rows.n_units).any()),
        found.source,
    )


def _strongest(found: Indices, rows: Rows, n_interactions: int) -> tuple[Interaction, ...]:
    pairs = [pair for pair in combinations(range(rows.n_units), 2) if found.pairs[pair] != 0.0]
    pairs = sorted(pairs, key=lambda pair: (-abs(found.pairs[pair]), pair))[:n_interactions]
    if not pairs:
        return ()
    values = np.array([found.pairs[pair] for pair in pairs])
    low, high = _interval(values, None if found.pair_errors is None else found.pair_errors(pairs))
    return tuple(
        Interaction(
            pair,
            " & ".join(rows.units[unit] for unit in pair),
            float(values[place]),
            None if low is None else float(low[place]),
            None if high is None else float(high[place]),
        )
        for place, pair in enumerate(pairs)
    )


Numbers = NDArray[np.float64]


def _interval(values: Numbers, errors: Numbers | None) -> tuple[Numbers | None, Numbers | None]:
    return (None, None) if errors is None else (values - _Z * errors, values + _Z * errors)


def _floats(values: Numbers) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
