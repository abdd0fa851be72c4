"""Score labels after prompts: all in one pass, as a trie of tokens that cannot see each other, or in several.

The label tokens stand behind the prompt in one row.  A custom attention mask lets each see the prompt and its own
ancestors only, and its position is its depth, so every label is read as if it alone followed the prompt.  Where the
start of the prompts was read already, only what follows it is read, behind its keys and values.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.label_trie import LabelTrie, stems_of
from surrogate.blackbox.precision import float64
from surrogate.blackbox.prefix import SharedPrefix
from surrogate.blackbox.threads import reading

__all__ = ["label_scores", "score_alone", "score_rows", "score_trie"]

_Outputs = tuple[NDArray[np.float64], NDArray[np.float32]]
_Forward = Callable[[NDArray[np.int64], NDArray[np.int64]], _Outputs]


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
    # the last token of a label is followed by nothing that is scored, unless the label starts another
    inner, n_before = trie.inner, len(prefix or ())
    read = np.array(inner[1:], dtype=np.intp) - 1
    tokens, depths = np.array(trie.tokens, dtype=np.int64)[read], np.array(trie.depths[1:])[read]
    visible = trie.sees()[np.ix_(read, read)]

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> _Outputs:
        import torch

        n_rows, length = ids.shape
        whole = np.hstack([ids, np.tile(tokens, (n_rows, 1))])
        positions = n_before + np.maximum(mask.cumsum(axis=1) - 1, 0)
        positions = np.hstack([positions, positions[:, -1:] + depths])
        seen = torch.from_numpy(_seen(mask.astype(bool), visible, n_before)).to(device)
        with reading(model):
            output = model(
                input_ids=torch.from_numpy(whole).to(device),
                attention_mask=_additive(seen, model.dtype),
                position_ids=torch.from_numpy(positions).to(device),
                logits_to_keep=torch.arange(length - 1, whole.shape[1], device=device),
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
    """Make the same as :func:`score_trie` does, with one row per prompt and label of several tokens.

    This is for models that take no custom attention mask.  Labels of one token share a row.
    """
    longest = max(len(stem) for stem in stems_of(labels))
    taken, n_before = inspect.signature(model.forward).parameters, len(prefix or ())

    def one_stem(ids: NDArray[np.int64], mask: NDArray[np.int64], stem: Sequence[int], embeds: bool) -> Any:
        import torch

        # padding stays in front, so that all stems end in the same column
        front = ((0, 0), (longest - len(stem), 0))
        tokens = np.tile(np.array(stem, dtype=np.int64), (len(ids), 1))
        whole = np.hstack([np.pad(ids, front, constant_values=pad_id), tokens])
        before, behind = (np.ones((len(ids), size), dtype=np.int64) for size in (n_before, len(stem)))
        seen = np.hstack([before, np.pad(mask, front), behind])
        extra: dict[str, Any] = {"logits_to_keep": len(stem) + 1} if "logits_to_keep" in taken else {}
        if "position_ids" in taken:
            extra["position_ids"] = torch.from_numpy(np.maximum(seen.cumsum(axis=1) - 1, 0)[:, n_before:]).to(device)
        return model(
            input_ids=torch.from_numpy(whole).to(device),
            attention_mask=torch.from_numpy(seen).to(device),
            output_hidden_states=embeds,
            **_behind(prefix, len(ids)),
            **extra,
        )

    def forward(ids: NDArray[np.int64], mask: NDArray[np.int64]) -> _Outputs:
        return _by_stems(model, labels, lambda stem, embeds: one_stem(ids, mask, stem, embeds))

    return forward


def score_alone(model: Any, ids: Sequence[int], labels: Sequence[Sequence[int]], device: str) -> _Outputs:
    """Score one prompt, labels by passes of their own, without padding or cache: slow, and right for every model.

    Returns
    -------
    ndarray of float64, shape (1, n_labels)
    ndarray of float32, shape (1, n_dimensions)
        The last hidden state at the last token of the prompt.
    """
    import torch

    taken = inspect.signature(model.forward).parameters

    def one_stem(stem: Sequence[int], embeds: bool) -> Any:
        extra = {"logits_to_keep": len(stem) + 1} if "logits_to_keep" in taken else {}
        whole = torch.tensor([[*ids, *stem]], device=device)
        return model(input_ids=whole, output_hidden_states=embeds, **extra)

    return _by_stems(model, labels, one_stem)


def label_scores(logits: Any, labels: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Log-likelihood of labels from the logits before each of their tokens, shape (n_rows, n_labels).

    Parameters
    ----------
    logits : torch.Tensor, shape (n_rows, n_tokens, n_vocabulary)
    labels : sequence of sequence of int
        Their tokens but the last start what was read.
    """
    scores = np.zeros((logits.shape[0], len(labels)))
    for place in range(max(map(len, labels))):
        columns = [column for column, label in enumerate(labels) if len(label) > place]
        scores[:, columns] += _token_scores(logits[:, place], [labels[column][place] for column in columns])
    return scores


def _by_stems(model: Any, labels: Sequence[Sequence[int]], read: Callable[[Sequence[int], bool], Any]) -> _Outputs:
    """Score the labels of one stem at a time; the first pass alone keeps hidden states, for the embedding.

    ``read`` takes a stem, and whether to keep hidden states, and returns what the model says about prompts and stem.
    """
    columns_of, parts = stems_of(labels), []
    embeddings: Any = None
    for stem, columns in columns_of.items():
        with reading(model):
            output, last = read(stem, embeddings is None), -len(stem) - 1
            parts.append(label_scores(output.logits[:, last:], [labels[column] for column in columns]))
            if embeddings is None:
                embeddings = output.hidden_states[-1][:, last].float().cpu().numpy()
        # not to be kept in memory beside those of the next pass
        del output
    back = np.argsort(np.concatenate(list(columns_of.values())))
    return np.hstack(parts)[:, back], embeddings


def _behind(prefix: SharedPrefix | None, n_rows: int) -> dict[str, Any]:
    return {} if prefix is None else {"past_key_values": prefix.cache(n_rows), "use_cache": True}


def _seen(mask: NDArray[np.bool_], visible: NDArray[np.bool_], n_before: int) -> NDArray[np.bool_]:
    """Which token sees which, shape (n_rows, 1, length + n_nodes, n_before + length + n_nodes)."""
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
    return whole


def _additive(seen: Any, dtype: Any) -> Any:
    """Attention mask in the number format of the model: zero where a token is seen, the least number elsewhere."""
    import torch

    return torch.zeros(seen.shape, dtype=dtype, device=seen.device).masked_fill(~seen, torch.finfo(dtype).min)


def _node_scores(logits: Any, trie: LabelTrie, inner: list[int]) -> NDArray[np.float64]:
    """Log-probability of each node after its parent, shape (n_rows, n_nodes)."""
    scores = np.empty((logits.shape[0], len(trie.tokens)))
    for column, node in enumerate(inner):
        children = [child for child, parent in enumerate(trie.parents) if parent == node]
        scores[:, children] = _token_scores(logits[:, column], [trie.tokens[child] for child in children])
    return scores


def _token_scores(logits: Any, tokens: Sequence[int]) -> NDArray[np.float64]:
    """Log-probability in float64 of some tokens, from logits of shape (n_rows, n_vocabulary)."""
    exact = float64(logits)
    scores = exact[:, list(tokens)] - exact.logsumexp(dim=-1, keepdim=True)
    return np.asarray(scores.cpu().numpy(), dtype=np.float64)
