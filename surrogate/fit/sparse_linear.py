"""SparseLinear: at most a dozen terms, each a unit of the text or a product of two, with its coefficient."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from surrogate.determination import r2
from surrogate.fit.base import Surrogate
from surrogate.fit.forward import forward_terms
from surrogate.fit.grouped import fit_grouped
from surrogate.fit.possible_terms import Condition
from surrogate.fit.selection import SELECTIONS, select_lime, select_ridge
from surrogate.fit.weighted_ridge import weighted_ridge
from surrogate.fit.word_types import LONG
from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal, all_hold
from surrogate.rows import Rows

__all__ = ["SparseLinear"]

#: Margins count up to here: only their sign is used, and copies far from the boundary must not bend the fit beside it.
_FAR = 3.0

#: Groups of words are shown where they explain at least this share of the variance more than single units do.
_CLEARLY = 0.05

#: Keeps the fit of the chosen terms solvable when two units are always removed together.
_TRACE = 1e-6


class SparseLinear(Surrogate):
    """A sparse linear surrogate: intercept plus at most ``max_terms`` terms.

    Terms are single units and, where that explains more, products of two units, each kept or removed; a product comes with a
    main effect of one of its units.  In a long text, where a dozen words say little, a term may be the share that is kept
    of a group of words with about the same effect, or of the whole text.  Terms are chosen and fitted on the answers of a
    proxy to many altered copies, and measured on the model's own.  Without a proxy, units are ranked by a ridge fit of all of
    them and as many are taken as help to tell left-out pairs.

    Parameters
    ----------
    max_terms : int, default 12
    alpha : float, default 0
        Ridge strength of the fit of the chosen terms; 0: least squares.
    max_units : {1, 2}, default 2
        Most units in a term; 1: no interactions.
    max_words : int, default 8
        Most distinct words in a group; 1: no groups.
    selection : {"auto", "lime"}, default "auto"
        "lime": the lime package's own choice of features.
    scale : {"log_odds", "probability"}, default "log_odds"
        The fitted quantity.
    proxy : {"auto", "none"}, default "auto"
        Whether a proxy teaches the surrogate; not with a kernel on embeddings.
    target : str, optional
        Class to explain; None: the one the model gives the text.
    contrast : str, optional
        Class to compare with; None: all others together.

    Attributes
    ----------
    models_ : dict of str to LinearModel
    outcomes_ : dict of str to Outcome

    References
    ----------
    Hoerl and Kennard, Technometrics 1970 (ridge); Ribeiro, Singh and Guestrin, KDD 2016 (local linear surrogates).  For the
    choice of terms see :func:`surrogate.fit.forward.forward_terms`.

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0], [0, 1]] * 2, bool)
    >>> data = Rows(masks, masks @ [2.0, 1.0], np.zeros(8), np.ones(8), np.array([0, 0, 1, 1, 2, 2, 3, 3]), ("lost", "card"))
    >>> [(term.text, round(term.coefficient, 2)) for term in SparseLinear().fit_one(data, data).terms]
    [('lost', 2.0), ('card', 1.0)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Surrogate._parameter_constraints,
        "max_terms": [Interval(Integral, 1, None, closed="left")],
        "max_units": [Interval(Integral, 1, 2, closed="both")],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "max_words": [Interval(Integral, 1, None, closed="left")],
        "selection": [StrOptions(set(SELECTIONS))],
    }

    def __init__(
        self,
        *,
        max_terms: int = 12,
        alpha: float = 0.0,
        max_units: int = 2,
        max_words: int = 8,
        selection: str = "auto",
        scale: str = "log_odds",
        proxy: str = "auto",
        target: str | None = None,
        contrast: str | None = None,
    ) -> None:
        self.max_terms = max_terms
        self.alpha = alpha
        self.max_units = max_units
        self.max_words = max_words
        self.selection = selection
        self.scale = scale
        self.proxy = proxy
        self.target = target
        self.contrast = contrast

    def fit_one(self, data: Rows, taught: Rows) -> LinearModel:
        """Choose the terms of one text and fit them."""
        if len(data.values) < 2 or np.ptp(data.values) == 0:
            return _constant(data, self.scale)
        conditions = self._choose(data, taught)
        if not conditions:
            return _constant(taught, self.scale)
        model = _fit_terms(taught, conditions, max(float(self.alpha), _TRACE), self.scale)
        long = taught is not data and taught.n_units >= LONG and self.max_words > 1 and self.selection == "auto"
        return self._or_grouped(model, taught) if long else model

    def _or_grouped(self, model: LinearModel, taught: Rows) -> LinearModel:
        """A model over groups of words instead, where that says clearly more."""
        grouped = fit_grouped(taught, int(self.max_terms), int(self.max_words), int(self.max_units), self.scale)
        single, group = (r2(taught.values, one.predict(taught.masks), taught.weights) for one in (model, grouped))
        return grouped if group > single + _CLEARLY else model

    def _choose(self, data: Rows, taught: Rows) -> list[Condition]:
        n, masks = int(self.max_terms), data.masks.astype(np.float64)
        if self.selection == "lime":
            units = select_lime(masks, data.values, data.weights, n)
        elif taught is data and not data.exact:
            units = select_ridge(masks, data.values, data.weights, data.pairs, n)
        else:
            return forward_terms(taught, n, int(self.max_units))
        return [(Literal(int(unit), True),) for unit in units]


def _fit_terms(rows: Rows, conditions: list[Condition], alpha: float, scale: str) -> LinearModel:
    columns = np.column_stack([all_hold(condition, rows.masks) for condition in conditions]).astype(np.float64)
    targets = np.column_stack([rows.values, np.clip(rows.margins, -_FAR, _FAR)])
    coefficients, intercepts = weighted_ridge(columns, targets, rows.weights, alpha)
    terms = [
        Term(
            condition,
            _text(condition, rows.units),
            float(coefficients[0, place]),
            margin_coefficient=float(coefficients[1, place]),
        )
        for place, condition in enumerate(conditions)
    ]
    terms.sort(key=lambda term: (-abs(term.coefficient), term.units))
    return LinearModel(rows.n_units, float(intercepts[0]), tuple(terms), float(intercepts[1]), scale)


def _text(condition: Condition, units: tuple[str, ...]) -> str:
    """The units of a term; and whether each is kept or removed, unless all are kept."""
    if all(literal.kept for literal in condition):
        return " & ".join(units[literal.unit] for literal in condition)
    return " & ".join(f"{units[literal.unit]} {'kept' if literal.kept else 'removed'}" for literal in condition)


def _constant(rows: Rows, scale: str) -> LinearModel:
    """The mean alone: the model does not vary, or no term explains enough of what it does."""
    if not len(rows.values):
        return LinearModel(rows.n_units, 0.0, (), 0.0, scale)
    value, margin = (float(np.average(numbers, weights=rows.weights)) for numbers in (rows.values, rows.margins))
    return LinearModel(rows.n_units, value, (), margin, scale)
