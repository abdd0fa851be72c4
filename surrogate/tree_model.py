"""TreeModel: a rule tree as it is shown, asking at each node whether one unit is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from surrogate.literals import Literal
from surrogate.masks import as_masks

__all__ = ["Node", "TreeModel"]


@dataclass(frozen=True)
class Node:
    """One node of a rule tree.

    Parameters
    ----------
    value, margin : float
        Mean of the fitted quantity, and of the decision margin, over the fitting rows that reach the node.
    unit : int or None
        The unit it asks about; None for a leaf.
    kept, removed : int or None
        Numbers of the nodes that follow when the unit is kept, and when it is removed.

    Examples
    --------
    >>> Node(0.5, 0.4).is_leaf
    True
    """

    value: float
    margin: float
    unit: int | None = None
    kept: int | None = None
    removed: int | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether the path ends here."""
        return self.unit is None


@dataclass(frozen=True)
class TreeModel:
    """A rule tree: node 0 is the root.

    Parameters
    ----------
    n_units : int
    nodes : tuple of Node
    scale : {"log_odds", "probability"}

    Examples
    --------
    >>> tree = TreeModel(1, (Node(0.0, 0.0, 0, 1, 2), Node(2.0, 2.0), Node(-2.0, -2.0)))
    >>> tree.predict([[True], [False]]).tolist()
    [2.0, -2.0]
    """

    n_units: int
    nodes: tuple[Node, ...]
    scale: str = "log_odds"
    kind: str = field(default="tree", init=False)

    def leaf_of(self, masks: ArrayLike) -> NDArray[np.intp]:
        """Number of the leaf each mask reaches, shape (n_masks,)."""
        array = as_masks(masks, self.n_units)
        place = np.zeros(len(array), dtype=np.intp)
        # Nodes are numbered so that children come after their parent: one pass settles every mask.
        for number, node in enumerate(self.nodes):
            if node.unit is not None and node.kept is not None and node.removed is not None:
                here = place == number
                place[here] = np.where(array[here, node.unit], node.kept, node.removed)
        return place

    def predict(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The fitted quantity for masks (bool, shape (n_masks, n_units), True: kept), shape (n_masks,)."""
        return np.array([node.value for node in self.nodes])[self.leaf_of(masks)]

    def predict_margin(self, masks: ArrayLike) -> NDArray[np.float64]:
        """The decision margin for masks, shape (n_masks,); positive: the target wins."""
        return np.array([node.margin for node in self.nodes])[self.leaf_of(masks)]

    def paths(self, number: int = 0, path: tuple[Literal, ...] = ()) -> Iterator[tuple[int, tuple[Literal, ...]]]:
        """Each leaf's number with the literals that lead to it, "kept" before "removed"."""
        node = self.nodes[number]
        if node.unit is None:
            yield number, path
            return
        for child, kept in ((node.kept, True), (node.removed, False)):
            if child is not None:
                yield from self.paths(child, (*path, Literal(node.unit, kept)))

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        names = ("value", "margin", "unit", "kept", "removed")
        nodes = [{name: getattr(node, name) for name in names} for node in self.nodes]
        return {"kind": self.kind, "n_units": self.n_units, "scale": self.scale, "nodes": nodes}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TreeModel:
        """Inverse of :meth:`to_dict`."""
        return cls(data["n_units"], tuple(Node(**node) for node in data["nodes"]), data["scale"])
