"""The start that all prompts share, read once: its keys and values are kept and lent to every batch."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any

import numpy as np

from surrogate.blackbox.threads import reading

__all__ = ["SharedPrefix", "common_start"]


def common_start(sequences: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Tokens with which all sequences start; at least the last token of each is left out.

    Examples
    --------
    >>> common_start([(1, 2, 3, 4), (1, 2, 5)]), common_start([(1, 2), (1, 2, 3)])
    ((1, 2), (1,))
    """
    shortest = min(len(sequence) for sequence in sequences) - 1
    same = takewhile(lambda column: len(set(column)) == 1, zip(*sequences, strict=False))
    return tuple(column[0] for column in islice(same, shortest))


@dataclass(frozen=True, eq=False)
class SharedPrefix:
    """Keys and values of some tokens, computed alone and always in the same shape.

    Parameters
    ----------
    tokens : tuple of int
    layers : tuple of (torch.Tensor, torch.Tensor)
        Keys and values of each layer, shape (1, n_heads, n_tokens, n_dimensions).

    Examples
    --------
    >>> len(SharedPrefix((1, 2, 3), ()))
    3
    """

    tokens: tuple[int, ...]
    layers: tuple[tuple[Any, Any], ...]

    def __len__(self) -> int:
        return len(self.tokens)

    @classmethod
    def read(cls, model: Any, tokens: Sequence[int], device: str) -> SharedPrefix | None:
        """Read ``tokens`` with a causal language model; None where its cache holds more, or less, than keys and values.

        States of linear attention, convolutions and state spaces cannot be continued behind padding.
        """
        import torch
        from transformers import DynamicCache

        if not tokens or not _keeps_keys_only(model):
            return None
        # without its configuration the cache keeps all tokens of layers that see a window only
        cache, taken = DynamicCache(), inspect.signature(model.forward).parameters
        extra = {"logits_to_keep": 1} if "logits_to_keep" in taken else {}
        with reading(model):
            model(input_ids=torch.tensor([list(tokens)], device=device), past_key_values=cache, use_cache=True, **extra)
        layers = tuple((layer.keys, layer.values) for layer in cache.layers)
        whole = all(keys is not None and keys.shape[::2] == (1, len(tokens)) for keys, _ in layers)
        return cls(tuple(tokens), layers) if layers and whole else None

    @property
    def n_bytes(self) -> int:
        """Bytes that one row of a batch takes."""
        return int(sum(part.nbytes for layer in self.layers for part in layer))

    def cache(self, n_rows: int) -> Any:
        """Lend the keys and values to a batch, in a cache of its own that grows by copying.

        Parameters
        ----------
        n_rows : int

        Returns
        -------
        transformers.DynamicCache
        """
        from transformers import DynamicCache
        from transformers.cache_utils import DynamicLayer

        cache = DynamicCache()
        for keys, values in self.layers:
            layer = DynamicLayer()
            layer.lazy_initialization(keys, values)
            # views: a layer grows by concatenation, which leaves these as they are
            layer.keys, layer.values = keys.expand(n_rows, -1, -1, -1), values.expand(n_rows, -1, -1, -1)
            cache.layers.append(layer)
        return cache

    def starts(self, ids: Sequence[int]) -> bool:
        """Whether ``ids`` start with these tokens and go on."""
        return len(ids) > len(self) and np.array_equal(ids[: len(self)], self.tokens)


def _keeps_keys_only(model: Any) -> bool:
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    if "past_key_values" not in inspect.signature(model.forward).parameters:
        return False
    layers = DynamicCache(config=model.config).layers
    return bool(layers) and all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in layers)
