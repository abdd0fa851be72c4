"""Labels as a trie of tokens: what must be read to score them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LabelTrie", "stems_of"]


@dataclass(frozen=True)
class LabelTrie:
    """Labels as a trie of tokens, in which node 0 is the last token of the prompt.

    Parameters
    ----------
    tokens : tuple of int
        Token of each node after node 0.
    parents : tuple of int
        Node that each of them follows.
    paths : tuple of tuple of int
        Nodes of each label, from its first token to its last.

    Examples
    --------
    >>> trie = LabelTrie.of([(7, 8), (7, 9)])
    >>> trie.tokens, trie.parents, trie.paths
    ((7, 8, 9), (0, 1, 1), ((1, 2), (1, 3)))
    """

    tokens: tuple[int, ...]
    parents: tuple[int, ...]
    paths: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, labels: Sequence[Sequence[int]]) -> LabelTrie:
        """Build the trie of some token sequences."""
        nodes: dict[tuple[int, int], int] = {}
        paths = []
        for label in labels:
            at, path = 0, []
            for token in label:
                at = nodes.setdefault((at, token), len(nodes) + 1)
                path.append(at)
            paths.append(tuple(path))
        return cls(tuple(token for _, token in nodes), tuple(parent for parent, _ in nodes), tuple(paths))

    @property
    def depths(self) -> list[int]:
        """Number of tokens from the prompt to each node, node 0 included."""
        depths = [0]
        for parent in self.parents:
            depths.append(depths[parent] + 1)
        return depths

    @property
    def inner(self) -> list[int]:
        """Nodes that another follows, node 0 first: only these need to be read.

        Examples
        --------
        >>> LabelTrie.of([(7, 8), (7, 9), (5,)]).inner
        [0, 1]
        """
        return sorted(set(self.parents))

    def sees(self) -> NDArray[np.bool_]:
        """Which node sees which: itself and its ancestors, shape (n_nodes, n_nodes) without node 0."""
        n_nodes = len(self.tokens)
        visible = np.eye(n_nodes, dtype=bool)
        for node, parent in enumerate(self.parents):
            if parent:
                visible[node] |= visible[parent - 1]
        return visible


def stems_of(labels: Sequence[Sequence[int]]) -> dict[tuple[int, ...], list[int]]:
    """Find what must be read to score labels: their tokens but the last, where none is the start of another.

    Returns
    -------
    dict of tuple of int to list of int
        Places of the labels that each stem scores.

    Examples
    --------
    >>> stems_of([(1,), (2,), (3, 4), (3, 5, 6), (7, 8)])
    {(3, 5): [0, 1, 2, 3], (7,): [4]}
    """
    found: dict[tuple[int, ...], list[int]] = {}
    # the longest first, so that a stem that starts another is not read again
    for column in sorted(range(len(labels)), key=lambda column: -len(labels[column])):
        need = tuple(labels[column][:-1])
        stem = next((stem for stem in found if stem[: len(need)] == need), need)
        found.setdefault(stem, []).append(column)
    return {stem: sorted(columns) for stem, columns in found.items()}
