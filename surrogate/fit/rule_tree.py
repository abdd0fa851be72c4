"""RuleTree: a small decision tree that asks whether single units are kept."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from surrogate.fit.base import Surrogate
from surrogate.rows import Rows
from surrogate.tree_model import Node, TreeModel

__all__ = ["RuleTree"]

#: A split must explain at least this share of the variance, or it is not worth a reader's attention.
_MIN_GAIN = 0.001


class RuleTree(Surrogate):
    """A rule tree surrogate: at most ``max_leaves`` leaves, each reached by enough altered copies to be checked.

    Parameters
    ----------
    max_leaves : int, default 16
        1: no tree is grown, and the mean is all that is said.
    min_samples_leaf : int, default 24
        Fewest fitting rows in a leaf, as a share of them all, so that enough test rows reach it; none where every copy was
        asked.
    n_confirm : int, default 192
        Most further calls that a report may spend inside leaves that too few test copies reach.
    scale : {"log_odds", "probability"}, default "log_odds"
    proxy : {"auto", "none"}, default "auto"
        Whether the tree is grown on the answers of a proxy to many altered copies; not with a kernel on embeddings.
    target, contrast : str, optional
        As in :class:`~surrogate.fit.SparseLinear`.

    Attributes
    ----------
    models_ : dict of str to TreeModel
    outcomes_ : dict of str to Outcome

    References
    ----------
    Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984; grown best-first by scikit-learn.

    Examples
    --------
    >>> data = Rows(np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool), np.array([3.0, -3, 3, -3]), np.ones(4),
    ...                np.ones(4), np.array([0, 0, 1, 1]), ("lost", "card"))
    >>> RuleTree(min_samples_leaf=1).fit_one(data, data).nodes[0].unit
    0
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Surrogate._parameter_constraints,
        "max_leaves": [Interval(Integral, 1, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "n_confirm": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        *,
        max_leaves: int = 16,
        min_samples_leaf: int = 24,
        n_confirm: int = 192,
        scale: str = "log_odds",
        proxy: str = "auto",
        target: str | None = None,
        contrast: str | None = None,
    ) -> None:
        self.max_leaves = max_leaves
        self.min_samples_leaf = min_samples_leaf
        self.n_confirm = n_confirm
        self.scale = scale
        self.proxy = proxy
        self.target = target
        self.contrast = contrast

    def fit_one(self, data: Rows, taught: Rows) -> TreeModel:
        """Grow the tree of one text."""
        if len(data.values) < 2:
            return TreeModel(data.n_units, (Node(0.0, 0.0),), self.scale)
        if int(self.max_leaves) == 1:
            value, margin = (np.average(each, weights=taught.weights) for each in (taught.values, taught.margins))
            return TreeModel(data.n_units, (Node(float(value), float(margin)),), self.scale)
        from sklearn.tree import DecisionTreeRegressor

        # Where every copy was asked, a leaf needs no rows to be checked on.
        share = 0.0 if data.exact else min(0.5, int(self.min_samples_leaf) / len(data.values))
        variance = np.average(
            (taught.values - np.average(taught.values, weights=taught.weights)) ** 2, weights=taught.weights
        )
        inner = DecisionTreeRegressor(
            max_leaf_nodes=int(self.max_leaves),
            min_weight_fraction_leaf=share,
            min_impurity_decrease=_MIN_GAIN * float(variance),
            random_state=0,
        )
        masks = np.ascontiguousarray(taught.masks, dtype=np.float32)
        values, weights = (np.ascontiguousarray(array, dtype=np.float64) for array in (taught.values, taught.weights))
        # These are what scikit-learn would make of them; its own checks take as long as the tree.
        inner.fit(masks, values, sample_weight=weights, check_input=False)
        return TreeModel(data.n_units, _nodes(inner, masks, taught), self.scale)


def _nodes(inner: Any, masks: NDArray[np.float32], data: Rows) -> tuple[Node, ...]:
    """scikit-learn's arrays as nodes, with the mean margin of the rows that reach each."""
    tree = inner.tree_
    reached = tree.decision_path(masks).toarray().T.astype(bool)
    weighted = data.margins * data.weights
    nodes = []
    for number in range(tree.node_count):
        rows = reached[number]
        margin = float(weighted[rows].sum() / data.weights[rows].sum())
        value = float(tree.value[number, 0, 0])
        is_leaf = tree.children_left[number] == tree.children_right[number]
        if is_leaf:
            nodes.append(Node(value, margin))
        else:
            # A mask is 0 or 1 and the threshold one half: "left" means removed.
            children = int(tree.children_right[number]), int(tree.children_left[number])
            nodes.append(Node(value, margin, int(tree.feature[number]), *children))
    return _in_preorder(nodes)


def _in_preorder(nodes: list[Node]) -> tuple[Node, ...]:
    """Number the nodes so that children follow their parent, "kept" first."""
    order: list[int] = []
    waiting = [0]
    while waiting:
        number = waiting.pop()
        order.append(number)
        node = nodes[number]
        waiting += [child for child in (node.removed, node.kept) if child is not None]
    place = {old: new for new, old in enumerate(order)}
    return tuple(
        Node(node.value, node.margin, node.unit, place.get(node.kept), place.get(node.removed))  # type: ignore[arg-type]
        for node in (nodes[number] for number in order)
    )
