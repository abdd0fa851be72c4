"""Support: a tree is shown only as deep as altered copies can check each leaf."""

from __future__ import annotations

from dataclasses import replace

from surrogate.tree_model import Node, TreeModel

__all__ = ["needed", "prune_to_support"]

Counts = dict[int, int]
Shares = dict[int, float]


def needed(support: Counts, min_support: int) -> Counts:
    """Copies that each leaf still lacks; without the leaves that lack none.

    Examples
    --------
    >>> needed({1: 40, 2: 12}, 30)
    {2: 18}
    """
    return {leaf: min_support - count for leaf, count in support.items() if count < min_support}


def prune_to_support(tree: TreeModel, support: Counts, coverage: Shares, budget: int, min_support: int) -> TreeModel:
    """Merge leaves until the copies they lack are within the budget, losing as little variance as possible.

    Only how many test copies reach a leaf is looked at, never what the model says of them.

    Parameters
    ----------
    tree : TreeModel
    support : dict of int to int
        Test copies that reach each leaf, by number of the node.
    coverage : dict of int to float
        Share of the reference distribution that reaches each leaf.
    budget : int
        Further copies that may be asked inside leaves.
    min_support : int

    Returns
    -------
    TreeModel
        Its nodes keep their order; those that were merged away are gone.

    References
    ----------
    Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984, section 3.3 (weakest-link pruning).

    Examples
    --------
    >>> tree = TreeModel(1, (Node(0.0, 0.0, 0, 1, 2), Node(2.0, 2.0), Node(-2.0, -2.0)))
    >>> len(prune_to_support(tree, {1: 40, 2: 10}, {1: 0.8, 2: 0.2}, 0, 30).nodes)
    1
    >>> len(prune_to_support(tree, {1: 40, 2: 10}, {1: 0.8, 2: 0.2}, 20, 30).nodes)
    3
    """
    support, coverage = dict(support), dict(coverage)
    nodes = dict(enumerate(tree.nodes))
    while len(support) > 1 and sum(needed(support, min_support).values()) > budget:
        number = min(_mergeable(nodes, support, min_support), key=lambda node: (_loss(nodes, coverage, node), node))
        leaves = _leaves(nodes, number)
        support[number] = sum(support.pop(leaf) for leaf in leaves)
        coverage[number] = sum(coverage.pop(leaf) for leaf in leaves)
        nodes[number] = replace(nodes[number], unit=None, kept=None, removed=None)
    return _renumbered(tree, nodes)


def _leaves(nodes: dict[int, Node], number: int) -> list[int]:
    node = nodes[number]
    if node.kept is None or node.removed is None:
        return [number]
    return _leaves(nodes, node.kept) + _leaves(nodes, node.removed)


def _mergeable(nodes: dict[int, Node], support: Counts, min_support: int) -> list[int]:
    """Inner nodes with a leaf below them that lacks copies, and that are still part of the tree."""
    lacking = needed(support, min_support)
    reachable = _reachable(nodes)
    return [
        number
        for number in reachable
        if nodes[number].unit is not None and any(leaf in lacking for leaf in _leaves(nodes, number))
    ]


def _reachable(nodes: dict[int, Node], number: int = 0) -> list[int]:
    node = nodes[number]
    if node.kept is None or node.removed is None:
        return [number]
    return [number, *_reachable(nodes, node.kept), *_reachable(nodes, node.removed)]


def _loss(nodes: dict[int, Node], coverage: Shares, number: int) -> float:
    """Variance that is lost when a node becomes a leaf."""
    return sum(coverage[leaf] * (nodes[leaf].value - nodes[number].value) ** 2 for leaf in _leaves(nodes, number))


def _renumbered(tree: TreeModel, nodes: dict[int, Node]) -> TreeModel:
    order = sorted(_reachable(nodes))
    place = {number: new for new, number in enumerate(order)}
    kept = tuple(
        replace(
            nodes[number],
            kept=None if nodes[number].kept is None else place[nodes[number].kept],  # type: ignore[index]
            removed=None if nodes[number].removed is None else place[nodes[number].removed],  # type: ignore[index]
        )
        for number in order
    )
    return replace(tree, nodes=kept)
