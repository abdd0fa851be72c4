"""ClassTreeModel: a decision tree over the features of documents as it is shown, with class probabilities in its leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.features import Feature, Features
from surrogate.rule_list_model import Condition

__all__ = ["ClassNode", "ClassTreeModel"]


@dataclass(frozen=True)
class ClassNode:
    """One node of a class tree.

    Parameters
    ----------
    probabilities : tuple of float, length n_classes
        Mean of the model's probabilities over the fitting rows that reach the node.
    feature : int or None
        The feature it asks about, its place in the features of the tree; None for a leaf.
    present, absent : int or None
        Numbers of the nodes that follow when the feature is present, and when it is not.

    Examples
    --------
    >>> ClassNode((0.25, 0.75)).is_leaf
    True
    """

    probabilities: tuple[float, ...]
    feature: int | None = None
    present: int | None = None
    absent: int | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether the path ends here."""
        return self.feature is None


@dataclass(frozen=True)
class ClassTreeModel:
    """A tree that asks whether features are present: node 0 is the root, children come after their parent.

    Parameters
    ----------
    features : tuple of Feature
        Only those that a node asks about.
    classes : tuple of str
    nodes : tuple of ClassNode

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> fee = Feature("word", "fee", "fee")
    >>> nodes = ClassNode((0.5, 0.5), 0, 1, 2), ClassNode((0.9, 0.1)), ClassNode((0.1, 0.9))
    >>> tree = ClassTreeModel((fee,), ("fees", "other"), nodes)
    >>> tree.decide(Features(csr_matrix([[1.0], [0.0]], dtype=np.float32), (fee,))).tolist()
    [0, 1]
    """

    features: tuple[Feature, ...]
    classes: tuple[str, ...]
    nodes: tuple[ClassNode, ...]
    kind: str = field(default="class_tree", init=False)

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return sum(node.is_leaf for node in self.nodes)

    def leaf_of(self, features: Features) -> NDArray[np.intp]:
        """Number of the leaf each row reaches, shape (n_rows,).

        Parameters
        ----------
        features : Features
            Their columns are found by name; there may be others.

        Raises
        ------
        InputError
            ``bad-parameter`` when a feature of the tree is not among the columns.
        """
        presence = features.having(self.features).toarray().astype(bool)
        place = np.zeros(len(presence), dtype=np.intp)
        # Nodes are numbered so that children come after their parent: one pass settles every row.
        for number, node in enumerate(self.nodes):
            if node.feature is not None and node.present is not None and node.absent is not None:
                here = place == number
                place[here] = np.where(presence[here, node.feature], node.present, node.absent)
        return place

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Probability of each class, shape (n_rows, n_classes); raises as :meth:`leaf_of`."""
        return np.array([node.probabilities for node in self.nodes])[self.leaf_of(features)]

    def decide(self, features: Features) -> NDArray[np.intp]:
        """Number of the class of highest probability, the first of equals, shape (n_rows,); raises as :meth:`leaf_of`."""
        return self.probabilities(features).argmax(axis=1)

    def paths(self, number: int = 0, path: tuple[Condition, ...] = ()) -> Iterator[tuple[int, tuple[Condition, ...]]]:
        """Each leaf's number with the conditions that lead to it, "present" before "absent"."""
        node = self.nodes[number]
        if node.feature is None:
            yield number, path
            return
        for child, present in ((node.present, True), (node.absent, False)):
            if child is not None:
                yield from self.paths(child, (*path, Condition(node.feature, present)))

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "features": [feature.to_dict() for feature in self.features],
            "classes": list(self.classes),
            "nodes": [{**asdict(node), "probabilities": list(node.probabilities)} for node in self.nodes],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ClassTreeModel:
        """Inverse of :meth:`to_dict`."""
        return cls(
            tuple(Feature.from_dict(feature) for feature in data["features"]),
            tuple(data["classes"]),
            tuple(ClassNode(**{**node, "probabilities": tuple(node["probabilities"])}) for node in data["nodes"]),
        )
