"""Token readers: texts as token ids, cut where they are too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.tokens import token_spans
from surrogate.blackbox.too_long import Length

__all__ = ["TokenReader"]

#: Texts that are split into tokens at a time.
_ENCODED = 512


@dataclass(frozen=True, eq=False)
class TokenReader:
    """A model in memory, and how texts become its tokens.

    Parameters
    ----------
    model : transformers model
    tokenizer : transformers tokenizer
    pad_id : int
    max_length : int
        Tokens per text, special tokens included.
    name : str
        What errors call the model.

    Examples
    --------
    >>> TokenReader(None, None, 0, 512, "toy").encode([])[0]
    []
    """

    model: Any
    tokenizer: Any
    pad_id: int
    max_length: int
    name: str

    def encode(self, texts: list[str]) -> tuple[list[list[int]], NDArray[np.bool_]]:
        """Token ids of each text, and whether it was cut."""
        if not texts:
            return [], np.zeros(0, dtype=bool)
        sequences = self._whole(texts)
        truncated = np.array([len(ids) > self.max_length for ids in sequences])
        for row in np.flatnonzero(truncated):
            cut = self.tokenizer(texts[row], truncation=True, max_length=self.max_length)
            sequences[row] = cut["input_ids"]
        # a tokenizer without special tokens gives the empty text no token at all, and a model reads at least one
        return [ids if len(ids) else [self.pad_id] for ids in sequences], truncated

    def lengths(self, texts: list[str]) -> list[Length]:
        """Tokens of each text before it is cut."""
        return [Length(len(ids), self.max_length) for ids in self._whole(texts)]

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Start and end of each token of ``text``, in characters."""
        return token_spans(self.tokenizer, self.name, text)

    def _whole(self, texts: list[str]) -> list[Any]:
        sequences: list[Any] = []
        for start in range(0, len(texts), _ENCODED):
            # Arrays, and a few texts at a time: what a tokenizer returns holds far more of every token than its number.
            encoded = self.tokenizer(texts[start : start + _ENCODED], verbose=False)["input_ids"]
            sequences += [np.array(ids, dtype=np.int32) for ids in encoded]
        return sequences
