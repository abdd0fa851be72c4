"""RuleSet: a short ordered list of rules, IF some units are kept and others removed THEN .. ELSE IF .. OTHERWISE."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from surrogate.fit.base import Surrogate
from surrogate.fit.clause_search import find_clauses, reached_rows
from surrogate.literals import Literal
from surrogate.rows import Rows
from surrogate.rule_set_model import Clause, RuleSetModel

__all__ = ["RuleSet"]


class RuleSet(Surrogate):
    """A rule set surrogate: at most ``max_rules`` rules that are read in order, and what holds otherwise.

    Parameters
    ----------
    max_rules : int, default 6
        At most 12; "otherwise" is not counted.
    max_literals : int, default 3
        Most units that the condition of a rule names; at most 4.
    min_samples_leaf : int, default 24
        Fewest fitting rows that reach a rule, as a share of them all, so that enough test rows reach it; none where every
        copy was asked.
    n_confirm : int, default 192
        Most further calls that a report may spend on rules that too few test copies reach.
    scale : {"log_odds", "probability"}, default "log_odds"
    proxy : {"auto", "none"}, default "auto"
        Whether the rules are found on the answers of a proxy to many altered copies; not with a kernel on embeddings.
    target, contrast : str, optional
        As in :class:`~surrogate.fit.SparseLinear`.

    Attributes
    ----------
    models_ : dict of str to RuleSetModel
    outcomes_ : dict of str to Outcome

    References
    ----------
    Rivest, "Learning decision lists", Machine Learning 1987; the search is that of :mod:`surrogate.fit.clause_search`.

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool)
    >>> values = np.array([3.0, -1.0, -1.0, -1.0])
    >>> data = Rows(masks, values, values, np.ones(4), np.array([0, 0, 1, 1]), ("lost", "card"))
    >>> model = RuleSet(min_samples_leaf=1).fit_one(data, data)
    >>> [literal.unit for literal in model.clauses[0].literals], model.value
    ([0, 1], -1.0)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Surrogate._parameter_constraints,
        "max_rules": [Interval(Integral, 1, 12, closed="both")],
        "max_literals": [Interval(Integral, 1, 4, closed="both")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "n_confirm": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        max_rules: int = 6,
        max_literals: int = 3,
        min_samples_leaf: int = 24,
        n_confirm: int = 192,
        scale: str = "log_odds",
        proxy: str = "auto",
        target: str | None = None,
        contrast: str | None = None,
    ) -> None:
        self.max_rules = max_rules
        self.max_literals = max_literals
        self.min_samples_leaf = min_samples_leaf
        self.n_confirm = n_confirm
        self.scale = scale
        self.proxy = proxy
        self.target = target
        self.contrast = contrast

    def fit_one(self, data: Rows, taught: Rows) -> RuleSetModel:
        """Find the rules of one text."""
        if len(data.values) < 2:
            return RuleSetModel(data.n_units, (), 0.0, 0.0, self.scale)
        # Where every copy was asked, a rule needs no rows to be checked on.
        share = 0.0 if data.exact else min(0.5, int(self.min_samples_leaf) / len(data.values))
        conditions = find_clauses(taught, int(self.max_rules), int(self.max_literals), share)
        return _with_means(conditions, taught, self.scale)


def _with_means(conditions: list[tuple[Literal, ...]], rows: Rows, scale: str) -> RuleSetModel:
    """The rules with the means of the rows that reach them."""

    def means(reached: NDArray[np.bool_]) -> tuple[float, float]:
        weights = rows.weights[reached]
        return (
            float(np.average(rows.values[reached], weights=weights)),
            float(np.average(rows.margins[reached], weights=weights)),
        )

    *reached, otherwise = reached_rows(conditions, rows.masks)
    clauses = tuple(
        Clause(tuple(sorted(condition)), *means(own)) for condition, own in zip(conditions, reached, strict=True)
    )
    return RuleSetModel(rows.n_units, clauses, *means(otherwise), scale)
