"""Score all labels after each prompt in one forward pass: a trie of label tokens that cannot see each other.

The label tokens stand behind the prompt in one row.  A custom attention mask lets each see the prompt and its own
ancestors only, and its position is its depth, so every label is read as if it alone followed the prompt.  Where the
start of the prompts was read already, only what follows it is read, behind its keys and values.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.prefix import SharedPrefix
from surrogate.blackbox.threads import reading

__all__ = ["LabelTrie", "score_alone", "score_rows", "score_trie"]

_Outputs = tuple[NDArray[np.float64], NDArray[np.float32]]
_Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], _Outputs]


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


def score_trie(model: Any, trie: LabelTrie, device: str, prefix: SharedPrefix | None = None) -> _Forward:
    """Make a forward function for left-padded prompts that reads prompt and trie in one pass.

    Parameters
    ----------
    model : transformers causal language model
    trie : LabelTrie
    device : str
    prefix : SharedPrefix, optional
        What every prompt starts with; the ids given to the function are what follows.

    Returns
    -------
    callable
        From ids and mask, shape (n_rows, length), to the log-probability of each label, shape (n_rows, n_labels), and
        the embedding at the last token of the prompt, shape (n_rows, n_dimensions).
    """
    # nodes that have children, and where each stands among the logits that are kept
    inner = sorted(set(trie.parents))
    visible, depths, n_before = trie.sees(), np.array(trie.depths[1:]), len(prefix or ())

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> _Outputs:
        import torch

        n_rows, length = ids.shape
        whole = np.hstack([ids, np.tile(np.array(trie.tokens, dtype=np.int64), (n_rows, 1))])
        positions = n_before + np.maximum(mask.cumsum(axis=1) - 1, 0)
        positions = np.hstack([positions, positions[:, -1:] + depths])
        attention = torch.from_numpy(_attention(mask.astype(bool), visible, n_before)).to(device)
        with reading(model):
            output = model(
                input_ids=torch.from_numpy(whole).to(device),
                attention_mask=attention,
                position_ids=torch.from_numpy(positions).to(device),
                logits_to_keep=torch.tensor([length - 1 + node for node in inner], device=device),
                output_hidden_states=True,
                **_behind(prefix, n_rows),
            )
            scores = _node_scores(output.logits, trie, inner)
            embeddings = output.hidden_states[-1][:, length - 1].float().cpu().numpy()
        paths = [scores[:, [node - 1 for node in path]].sum(axis=1) for path in trie.paths]
        return np.stack(paths, axis=1), embeddings

    return forward


def score_rows(
    model: Any, labels: Sequence[Sequence[int]], pad_id: int, device: str, prefix: SharedPrefix | None = None
) -> _Forward:
    """Make the same as :func:`score_trie` does, with one row per prompt and label.

    This is for models that take no custom attention mask.  The embedding comes from the row of the first label.
    """
    longest = max(len(label) for label in labels)
    taken, n_before = inspect.signature(model.forward).parameters, len(prefix or ())

    def one_label(ids: NDArray[np.int64], mask: NDArray[np.int64], label: Sequence[int]) -> _Outputs:
        import torch

        # padding stays in front, so that all labels end in the same column
        front = ((0, 0), (longest - len(label), 0))
        whole = np.hstack([np.pad(ids, front, constant_values=pad_id), np.tile(np.array(label), (len(ids), 1))])
        before, behind = (np.ones((len(ids), size), dtype=np.int64) for size in (n_before, len(label)))
        seen = np.hstack([before, np.pad(mask, front), behind])
        extra: dict[str, Any] = {"logits_to_keep": len(label) + 1} if "logits_to_keep" in taken else {}
        if "position_ids" in taken:
            extra["position_ids"] = torch.from_numpy(np.maximum(seen.cumsum(axis=1) - 1, 0)[:, n_before:]).to(device)
        with reading(model):
            output = model(
                input_ids=torch.from_numpy(whole).to(device),
                attention_mask=torch.from_numpy(seen).to(device),
                output_hidden_states=True,
                **_behind(prefix, len(ids)),
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


def score_alone(model: Any, ids: Sequence[int], labels: Sequence[Sequence[int]], device: str) -> _Outputs:
    """Score one prompt, each label by a pass of its own, without padding or cache: slow, and right for every model.

    Returns
    -------
    ndarray of float64, shape (1, n_labels)
    ndarray of float32, shape (1, n_dimensions)
        The last hidden state at the last token of the prompt.
    """
    import torch

    taken = inspect.signature(model.forward).parameters
    scores, embeddings = np.empty((1, len(labels))), []
    for column, label in enumerate(labels):
        extra = {"logits_to_keep": len(label) + 1} if "logits_to_keep" in taken else {}
        with reading(model):
            whole = torch.tensor([[*ids, *label]], device=device)
            output = model(input_ids=whole, output_hidden_states=True, **extra)
            logs = output.logits[0, -len(label) - 1 : -1].double().log_softmax(dim=-1).cpu().numpy()
            embeddings.append(output.hidden_states[-1][:, len(ids) - 1].float().cpu().numpy())
        scores[0, column] = logs[np.arange(len(label)), list(label)].sum()
    return scores, embeddings[0]


def _behind(prefix: SharedPrefix | None, n_rows: int) -> dict[str, Any]:
    return {} if prefix is None else {"past_key_values": prefix.cache(n_rows), "use_cache": True}


def _attention(mask: NDArray[np.bool_], visible: NDArray[np.bool_], n_before: int) -> NDArray[np.float32]:
    """Additive attention mask, shape (n_rows, 1, length + n_nodes, n_before + length + n_nodes)."""
    n_rows, length = mask.shape
    size = length + len(visible)
    whole = np.ones((n_rows, 1, size, n_before + size), dtype=bool)
    seen = whole[..., n_before:]
    seen[:] = False
    seen[:, 0, :length, :length] = np.tril(np.ones((length, length), dtype=bool)) & mask[:, None, :]
    seen[:, 0, length:, :length] = mask[:, None, :]
    seen[:, 0, length:, length:] = visible
    # padding sees itself: a row that sees nothing would be NaN
    seen[:, 0, np.arange(size), np.arange(size)] = True
    return np.where(whole, np.float32(0), np.finfo(np.float32).min)


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
