"""SparseMultinomial: a multinomial regression with a stated number of coefficients."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from surrogate.errors import InputError
from surrogate.fit.corpus_base import CorpusSurrogate
from surrogate.fit.multinomial_deviance import Deviance, Fitted
from surrogate.fit.splicing import grown
from surrogate.multinomial_model import Coefficient, MultinomialModel
from surrogate.single_thread import single_thread
from surrogate.table import Table

__all__ = ["SparseMultinomial"]


class SparseMultinomial(CorpusSurrogate):
    """A sparse multinomial regression on the model's probabilities, over documents and their altered copies.

    Each coefficient, of one feature for one class, is chosen by itself: forward by what it would gain in deviance, with refits,
    then by exchange.  There is no shrinkage but a small ridge; shrinking ruins a sparse model.

    Parameters
    ----------
    n_coefficients : int, default 200
        How many coefficients are not zero; intercepts are not counted.  Fewer where no others gain anything.
    ridge : float, default 1e-4
        Penalty ``ridge / 2 |W|^2`` on the mean deviance.
    copy_weight : float, default 3.0
        Weight of all altered copies of a document together; the document itself has 1.  0: no copies.
    grow : float, default 0.12
        Forward steps add this share of the coefficients there are, at least two.
    kinds : tuple of str, optional
        Kinds of features that may be used; None: all.

    Attributes
    ----------
    model_ : MultinomialModel
    classes_ : tuple of str

    References
    ----------
    See :mod:`surrogate.fit.splicing` and :mod:`surrogate.fit.multinomial_deviance`.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.features import Feature, Features
    >>> named = tuple(Feature("word", word, word) for word in ("fee", "the"))
    >>> features = Features(csr_matrix([[1, 0], [1, 1], [0, 1], [0, 0]], dtype=np.float32), named)
    >>> says = np.array([[.9, .1], [.9, .1], [.1, .9], [.1, .9]])
    >>> table = Table(features, says, ("fees", "other"), np.arange(4), np.ones(4, bool))
    >>> model = SparseMultinomial(n_coefficients=1).learn(table)
    >>> [(model.features[one.feature].key, model.classes[one.class_index], one.value > 0) for one in model.coefficients]
    [('fee', 'fees', True)]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CorpusSurrogate._parameter_constraints,
        "n_coefficients": [Interval(Integral, 1, None, closed="left")],
        "ridge": [Interval(Real, 0, None, closed="neither")],
        "copy_weight": [Interval(Real, 0, None, closed="left")],
        "grow": [Interval(Real, 0, 1, closed="right")],
    }

    model_: MultinomialModel

    def __init__(
        self,
        *,
        n_coefficients: int = 200,
        ridge: float = 1e-4,
        copy_weight: float = 3.0,
        grow: float = 0.12,
        kinds: tuple[str, ...] | None = None,
    ) -> None:
        self.n_coefficients = n_coefficients
        self.ridge = ridge
        self.copy_weight = copy_weight
        self.grow = grow
        self.kinds = kinds

    def fit_table(self, table: Table) -> MultinomialModel:
        """The model of ``n_coefficients`` coefficients."""
        return self._path(table, [int(self.n_coefficients)])[int(self.n_coefficients)]

    def path(self, table: Table, sizes: Iterable[int]) -> dict[int, MultinomialModel]:
        """A model of each size, for the curve of fidelity against size.

        A model does not depend on which other sizes are asked for: that of ``n_coefficients`` is the one :meth:`learn` gives.

        Parameters
        ----------
        table : Table
        sizes : iterable of int
            Numbers of coefficients, 0 or more.

        Returns
        -------
        models : dict of int to MultinomialModel
            By the size asked for, in ascending order; models are smaller where no other coefficient gains anything.

        Raises
        ------
        InputError
            ``bad-parameter`` for a negative size; otherwise as :meth:`fit`.
        """
        asked = sorted(set(sizes))
        if asked and asked[0] < 0:
            raise InputError("bad-parameter", f"A number of coefficients is 0 or more; got {asked[0]}.")
        table = self.prepared(table)
        with single_thread():
            return self._path(table, asked)

    def _path(self, table: Table, sizes: list[int]) -> dict[int, MultinomialModel]:
        problem = Deviance.of_table(table, float(self.copy_weight), float(self.ridge))
        models: dict[int, MultinomialModel] = {}
        waiting = list(sizes)
        for step in grown(problem, float(self.grow)):
            while waiting and waiting[0] < step.n_next:
                size = waiting.pop(0)
                models[size] = _as_model(step.of_size(problem, size), table)
            if not waiting:
                return models
        # Nothing gains any more: all larger sizes are this one.
        last = _as_model(step.of_size(problem, step.fitted.size), table)
        return models | dict.fromkeys(waiting, last)


def _as_model(fitted: Fitted, table: Table) -> MultinomialModel:
    used = np.flatnonzero(fitted.active.any(axis=1))
    place = {int(column): number for number, column in enumerate(used)}
    coefficients = tuple(
        Coefficient(place[int(column)], int(class_index), float(fitted.weights[column, class_index]))
        for column, class_index in np.argwhere(fitted.active)
    )
    named = table.features.named
    return MultinomialModel(
        tuple(named[column] for column in used), table.classes, tuple(map(float, fitted.intercepts)), coefficients
    )
