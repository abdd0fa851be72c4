"""ClassTree: one decision tree for all documents, which asks whether features are present."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval

from surrogate.class_tree_model import ClassNode, ClassTreeModel
from surrogate.fit.corpus_base import CorpusSurrogate
from surrogate.table import Table

__all__ = ["ClassTree"]


class ClassTree(CorpusSurrogate):
    """A tree of at most ``max_leaves`` leaves, grown best-first on the model's probabilities of all classes.

    Parameters
    ----------
    max_leaves : int, default 32
    min_samples_leaf : int, default 3
        Least weight of a leaf, in documents; copies count with their weight.
    copy_weight : float, default 1.0
        Weight of all altered copies of a document together; the document itself has 1.  0: no copies.
    kinds : tuple of str, optional
        Kinds of features that may be used; None: all.

    Attributes
    ----------
    model_ : ClassTreeModel
    classes_ : tuple of str

    References
    ----------
    Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984; grown best-first by scikit-learn on squared
    error, summed over classes: the Gini impurity, where the probabilities are zeros and ones.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.features import Feature, Features
    >>> features = Features(csr_matrix([[1.0], [1.0], [0.0], [0.0]], dtype=np.float32), (Feature("word", "fee", "fee"),))
    >>> says = np.array([[.9, .1], [.9, .1], [.1, .9], [.1, .9]])
    >>> table = Table(features, says, ("fees", "other"), np.arange(4), np.ones(4, bool))
    >>> model = ClassTree(min_samples_leaf=1).learn(table)
    >>> [(path[0].present, model.nodes[leaf].probabilities) for leaf, path in model.paths()]
    [(True, (0.9, 0.1)), (False, (0.1, 0.9))]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CorpusSurrogate._parameter_constraints,
        "max_leaves": [Interval(Integral, 2, None, closed="left")],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "copy_weight": [Interval(Real, 0, None, closed="left")],
    }

    model_: ClassTreeModel

    def __init__(
        self,
        *,
        max_leaves: int = 32,
        min_samples_leaf: int = 3,
        copy_weight: float = 1.0,
        kinds: tuple[str, ...] | None = None,
    ) -> None:
        self.max_leaves = max_leaves
        self.min_samples_leaf = min_samples_leaf
        self.copy_weight = copy_weight
        self.kinds = kinds

    def fit_table(self, table: Table) -> ClassTreeModel:
        """Grow the tree; without features it is a single leaf."""
        table = table if self.copy_weight > 0 else table.originals()
        weights = table.weights(float(self.copy_weight))
        if not table.features.named:
            mean = np.average(table.probabilities, axis=0, weights=weights)
            return ClassTreeModel((), table.classes, (ClassNode(tuple(map(float, mean))),))
        from sklearn.tree import DecisionTreeRegressor

        # A little less than the share, so that rounding does not forbid a leaf of just enough documents.
        share = int(self.min_samples_leaf) / float(weights.sum()) * (1 - 1e-9)
        inner = DecisionTreeRegressor(
            max_leaf_nodes=int(self.max_leaves), min_weight_fraction_leaf=min(0.5, share), random_state=0
        )
        inner.fit(table.features.presence.tocsc(), table.probabilities, sample_weight=weights)
        return _as_model(inner.tree_, table)


def _as_model(tree: Any, table: Table) -> ClassTreeModel:
    """scikit-learn's arrays as nodes, numbered so that children follow their parent, "present" first."""
    order: list[int] = []
    waiting = [0]
    while waiting:
        number = waiting.pop()
        order.append(number)
        if tree.children_left[number] >= 0:
            # A feature is 0 or 1 and the threshold one half: "left" means absent.
            waiting += [int(tree.children_left[number]), int(tree.children_right[number])]
    new = {old: number for number, old in enumerate(order)}
    used = sorted({int(tree.feature[number]) for number in order if tree.children_left[number] >= 0})
    place = {column: number for number, column in enumerate(used)}
    nodes = []
    for number in order:
        # One class is shape (1, 1); several are outputs with one value each.
        probabilities = tuple(map(float, np.ravel(tree.value[number])))
        if tree.children_left[number] < 0:
            nodes.append(ClassNode(probabilities))
        else:
            children = new[int(tree.children_right[number])], new[int(tree.children_left[number])]
            nodes.append(ClassNode(probabilities, place[int(tree.feature[number])], *children))
    return ClassTreeModel(tuple(table.features.named[column] for column in used), table.classes, tuple(nodes))
