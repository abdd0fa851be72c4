"""Score all labels after each prompt in one forward pass: a trie of label tokens that cannot see each other.

The label tokens stand behind the prompt in one row.  A custom attention mask lets each see the prompt and its own
ancestors only, and its position is its depth, so every label is read as if it alone followed the prompt.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.threads import reading

__all__ = ["LabelTrie", "score_rows", "score_trie"]

_Outputs = tuple[NDArray[np.float64], NDArray[np.float32]]


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

    def sees(self) -> NDArray[np.bool_]:
        """Which node sees which: itself and its ancestors, shape (n_nodes, n_nodes) without node 0."""
        n_nodes = len(self.tokens)
        visible = np.eye(n_nodes, dtype=bool)
        for node, parent in enumerate(self.parents):
            if parent:
                visible[node] |= visible[parent - 1]
        return visible


def score_trie(model: Any, trie: LabelTrie, device: str) -> Callable[[NDArray[np.int64], NDArray[np.int64]], _Outputs]:
    """Make a forward function for left-padded prompts that reads prompt and trie in one pass.

    Returns
    -------
    callable
        From ids and mask, shape (n_rows, length), to the log-probability of each label, shape (n_rows, n_labels), and
        the embedding at the last token of the prompt, shape (n_rows, n_dimensions).
    """
    # nodes that have children, and where each stands among the logits that are kept
    inner = sorted(set(trie.parents))
    visible, depths = trie.sees(), np.array(trie.depths[1:])

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> _Outputs:
        import torch

        n_rows, length = ids.shape
        whole = np.hstack([ids, np.tile(np.array(trie.tokens, dtype=np.int64), (n_rows, 1))])
        positions = np.maximum(mask.cumsum(axis=1) - 1, 0)
        positions = np.hstack([positions, positions[:, -1:] + depths])
        attention = torch.from_numpy(_attention(mask.astype(bool), visible)).to(device)
        with reading(model):
            output = model(
                input_ids=torch.from_numpy(whole).to(device),
                attention_mask=attention,
                position_ids=torch.from_numpy(positions).to(device),
                logits_to_keep=torch.tensor([length - 1 + node for node in inner], device=device),
                output_hidden_states=True,
            )
            scores = _node_scores(output.logits, trie, inner)
            embeddings = output.hidden_states[-1][:, length - 1].float().cpu().numpy()
        paths = [scores[:, [node - 1 for node in path]].sum(axis=1) for path in trie.paths]
        return np.stack(paths, axis=1), embeddings

    return forward


def score_rows(
    model: Any, labels: Sequence[Sequence[int]], pad_id: int, device: str
) -> Callable[[NDArray[np.int64], NDArray[np.int64]], _Outputs]:
    """Make the same as :func:`score_trie` does, with one row per prompt and label.

    This is for models that take no custom attention mask.  The embedding comes from the row of the first label.
    """
    longest = max(len(label) for label in labels)
    taken = inspect.signature(model.forward).parameters

    def one_label(ids: NDArray[np.int64], mask: NDArray[np.int64], label: Sequence[int]) -> _Outputs:
        import torch

        # padding stays in front, so that all labels end in the same column
        front = ((0, 0), (longest - len(label), 0))
        whole = np.hstack([np.pad(ids, front, constant_values=pad_id), np.tile(np.array(label), (len(ids), 1))])
        seen = np.hstack([np.pad(mask, front), np.ones((len(ids), len(label)), dtype=np.int64)])
        extra: dict[str, Any] = {"logits_to_keep": len(label) + 1} if "logits_to_keep" in taken else {}
        if "position_ids" in taken:
            extra["position_ids"] = torch.from_numpy(np.maximum(seen.cumsum(axis=1) - 1, 0)).to(device)
        with reading(model):
            output = model(
                input_ids=torch.from_numpy(whole).to(device),
                attention_mask=torch.from_numpy(seen).to(device),
                output_hidden_states=True,
                **extra,
            )
            kept = output.logits[:, -len(label) - 1 : -1]
            scores = [_token_scores(kept[:, place], [token])[:, 0] for place, token in enumerate(label)]
            embeddings = output.hidden_states[-1][:, -len(label) - 1].float().cpu().numpy()
        return np.sum(scores, axis=0), embeddings

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> _Outputs:
        outputs = [one_label(ids, mask, label) for label in labels]
        return np.stack([scores for scores, _ in outputs], axis=1), outputs[0][1]

    return forward


def _attention(mask: NDArray[np.bool_], visible: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Additive attention mask, shape (n_rows, 1, length + n_nodes, length + n_nodes)."""
    n_rows, length = mask.shape
    size = length + len(visible)
    seen = np.zeros((n_rows, 1, size, size), dtype=bool)
    seen[:, 0, :length, :length] = np.tril(np.ones((length, length), dtype=bool)) & mask[:, None, :]
    seen[:, 0, length:, :length] = mask[:, None, :]
    seen[:, 0, length:, length:] = visible
    # padding sees itself: a row that sees nothing would be NaN
    seen[:, 0, np.arange(size), np.arange(size)] = True
    return np.where(seen, np.float32(0), np.finfo(np.float32).min)


def _node_scores(logits: Any, trie: LabelTrie, inner: list[int]) -> NDArray[np.float64]:
    """Log-probability of each node after its parent, shape (n_rows, n_nodes)."""
    scores = np.empty((logits.shape[0], len(trie.tokens)))
    for column, node in enumerate(inner):
        children = [child for child, parent in enumerate(trie.parents) if parent == node]
        scores[:, children] = _token_scores(logits[:, column], [trie.tokens[child] for child in children])
    return scores


def _token_scores(logits: Any, tokens: Sequence[int]) -> NDArray[np.float64]:
    """Log-probability in float64 of some tokens, from logits of shape (n_rows, n_vocabulary)."""
    exact = logits.double()
    scores = exact[:, list(tokens)] - exact.logsumexp(dim=-1, keepdim=True)
    return np.asarray(scores.cpu().numpy(), dtype=np.float64)
