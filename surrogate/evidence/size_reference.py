"""The reference for its size: how good an explanation of this size could be, beside how good this one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from surrogate.determination import r2
from surrogate.rows import Rows
from surrogate.tree_model import TreeModel

__all__ = ["SizeReference", "Stability", "measure_size_reference"]


@dataclass(frozen=True)
class SizeReference:
    """What a surrogate of the same form and size reaches when every answer is known, as far as can be told.

    Parameters
    ----------
    r2 : float
        Where every copy was asked: of the best one found, on the model's answers.  Otherwise on the answers of the proxy.
    size : int
        Terms, leaves or rules.
    source : str
        "every copy", or the name of the proxy.
    proxy_r2 : float or None
        R2 of the proxy itself on the test copies: what it does not know, this reference cannot know either.

    Examples
    --------
    >>> SizeReference(0.86, 12, "Gaussian process", 0.94).to_dict()["size"]
    12
    """

    r2: float
    size: int
    source: str
    proxy_r2: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Stability:
    """What refits to halves of the calls agree on.

    Parameters
    ----------
    n_refits : int
    decisions_alike : float
        Mean share of altered copies on which they decide as the surrogate does.

    Examples
    --------
    >>> Stability(20, 0.97).to_dict()["n_refits"]
    20
    """

    n_refits: int
    decisions_alike: float

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


def measure_size_reference(
    model: Any, taught: Rows, source: str, test: Rows | None = None, proxy_said: Any = None
) -> SizeReference:
    """Measure the reference for the size of a surrogate.

    Parameters
    ----------
    model : LinearModel, TreeModel or RuleSetModel
        As it is shown.
    taught : Rows
        All answers that are known without asking: the proxy's to many copies, or the model's to every copy.
    source : str
        Whose answers these are.
    test : Rows, optional
        The test part, to measure the proxy on.
    proxy_said : ndarray of float, shape (n_test,), optional
        What the proxy says of it.

    Returns
    -------
    SizeReference
    """
    size = _size(model)
    best = _r2(taught, model.predict(taught.masks))
    if isinstance(model, TreeModel) and size > 1:
        best = max(best, _best_tree(taught, size))
    proxy_r2 = None if test is None else _r2(test, proxy_said)
    return SizeReference(best, size, source, proxy_r2)


def _size(model: Any) -> int:
    if isinstance(model, TreeModel):
        return sum(node.is_leaf for node in model.nodes)
    return len(model.terms) if model.kind == "linear" else len(model.clauses)


def _r2(rows: Rows, predicted: Any) -> float:
    return r2(rows.values, rows.as_asked(predicted), rows.weights)


def _best_tree(taught: Rows, n_leaves: int) -> float:
    """R2 of a tree of so many leaves that nobody has to check leaf by leaf."""
    from sklearn.tree import DecisionTreeRegressor

    masks = np.ascontiguousarray(taught.masks, dtype=np.float32)
    values, weights = (np.ascontiguousarray(array, dtype=np.float64) for array in (taught.values, taught.weights))
    tree = DecisionTreeRegressor(max_leaf_nodes=n_leaves, random_state=0)
    tree.fit(masks, values, sample_weight=weights, check_input=False)
    return _r2(taught, tree.predict(masks, check_input=False))
