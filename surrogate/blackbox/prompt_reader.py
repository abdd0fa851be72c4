"""Read prompts with a causal language model, in one of several ways that give the same likelihoods."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.label_reader import LabelScores
from surrogate.blackbox.label_trie import LabelTrie
from surrogate.blackbox.packed import is_packed
from surrogate.blackbox.prefix import SharedPrefix, common_start
from surrogate.blackbox.pretrained import has_experts
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.scoring import score_alone, score_rows, score_trie
from surrogate.blackbox.start_state import StartState
from surrogate.blackbox.too_long import Length
from surrogate.blackbox.ways import LABEL_BY_LABEL

__all__ = ["WAYS", "PromptReader"]

#: Ways of scoring in batches, the fastest first.
WAYS = ("prefix-label-trie", "label-trie", "prefix-label-rows", "prefix-copies", "label-rows")
#: Texts whose prompts show how far the start of a prompt is the same, whatever text follows.
_STARTS = ("", " ", "a", "A", "The text", " the", "0", "\n", "\n\n", ".", "'s", "-", "\u00e9", "\u6211", "\U0001f600")
#: Logits, and bytes of keys and values, that one batch may keep, so that they do not fill the memory.
_KEPT_LOGITS, _KEPT_BYTES = 64_000_000, 1 << 29
#: Prefixes of fewer tokens are not worth a cache.
_LEAST_PREFIX = 4


@dataclass(frozen=True, eq=False)
class PromptReader:
    """Scores labels after the prompts of one instruction.

    Parameters
    ----------
    model : transformers causal language model
    encoder : PromptEncoder
    label_ids : tuple of tuple of int
    pad_id : int
    device : str
    way : str
        One of :data:`WAYS`, or label by label, which is also how prompts are read that a way does not fit: a choice
        that depends on the prompt alone.
    prefix : SharedPrefix, StartState or None
        For the ways that start from one.

    Examples
    --------
    >>> "label-rows" in WAYS
    True
    """

    model: Any
    encoder: PromptEncoder
    label_ids: tuple[tuple[int, ...], ...]
    pad_id: int
    device: str
    way: str = LABEL_BY_LABEL
    prefix: SharedPrefix | StartState | None = field(default=None, repr=False)

    def scores(self, texts: Sequence[str]) -> LabelScores:
        """Log-likelihood of each label after each text, with the embedding of the prompt."""
        sequences, truncated = self.encoder.encode(list(texts))
        together = [row for row, ids in enumerate(sequences) if self.fits(ids) and self.way != "prefix-copies"]
        alone = sorted(set(range(len(texts))) - set(together))
        found = [self._alone(sequences[row]) for row in alone]
        if together:
            rest = [sequences[row][len(self.prefix or ()) :] for row in together]
            batch = read_in_batches(rest, self.forward(), self.shapes(), pad_id=self.pad_id, pad_left=True)
            found.append((batch[0], batch[1]))  # type: ignore[arg-type]
        if not found:
            width = int(self.model.config.get_text_config().hidden_size)
            found.append((np.empty((0, len(self.label_ids))), np.empty((0, width), np.float32)))
        back = np.argsort(np.array([*alone, *together], dtype=np.intp))
        scores, embeddings = (np.concatenate(column)[back] for column in zip(*found, strict=True))
        return LabelScores(scores, embeddings, np.array(truncated, dtype=bool))

    def lengths(self, texts: list[str]) -> list[Length]:
        """Tokens of the prompt of each text before it is cut."""
        return [Length(n_tokens, self.encoder.max_length) for n_tokens in self.encoder.lengths(texts)]

    def fits(self, ids: Sequence[int]) -> bool:
        """Whether a prompt can be read in batches: it starts as all do, and no label is out of sight of its start."""
        if self.way == LABEL_BY_LABEL:
            return False
        if self.prefix is not None and not self.prefix.starts(ids):
            return False
        # a mask of one's own, and padding in the middle, would undo windows and chunks of attention
        return self.way in ("label-rows", "prefix-copies") or len(ids) + max(map(len, self.label_ids)) <= _window(
            self.model
        )

    def forward(self) -> Callable[..., Any]:
        """Make the forward function of a batch."""
        if self.way.endswith("label-trie"):
            return score_trie(self.model, LabelTrie.of(self.label_ids), self.device, self._shared())
        return score_rows(self.model, self.label_ids, self.pad_id, self.device, self._shared())

    def shapes(self) -> Shapes:
        """Batch shapes: few enough rows for the label tokens, the logits and the keys and values that are kept."""
        extra, longest = len(LabelTrie.of(self.label_ids).inner) - 1, self.encoder.max_length
        # packed layers are as fast with fewer rows, of which fewer are dummies
        rows = min(
            8 if is_packed(self.model) else 16,
            _KEPT_LOGITS // ((extra + 1) * int(self.model.config.get_text_config().vocab_size)),
        )
        if (shared := self._shared()) is not None:
            rows = min(rows, _KEPT_BYTES // max(shared.n_bytes, 1))
            longest -= len(shared)
        # an expert reads the tokens of all rows that are sent to it, so its shapes would depend on them
        return Shapes(longest, max_rows=1 if has_experts(self.model.config) else max(1, rows), extra=extra)

    def common_start(self) -> tuple[int, ...]:
        """Tokens with which the prompts start whatever the text is, as far as some very different texts can tell."""
        return common_start(self.encoder.encode(list(_STARTS))[0])

    def by(self, way: str) -> PromptReader | None:
        """Return the same reader with another way of scoring; None where the model does not allow it."""
        taken = set(inspect.signature(self.model.forward).parameters)
        if way.endswith("label-trie") and not {"position_ids", "logits_to_keep"} <= taken:
            return None
        if not way.startswith("prefix"):
            return replace(self, way=way, prefix=None)
        start, kind = self.common_start(), StartState if way == "prefix-copies" else SharedPrefix
        prefix = kind.read(self.model, start, self.device) if len(start) >= _LEAST_PREFIX else None
        return None if prefix is None else replace(self, way=way, prefix=prefix)

    def _shared(self) -> SharedPrefix | None:
        return self.prefix if isinstance(self.prefix, SharedPrefix) else None

    def _alone(self, ids: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Score one prompt without batch, shapes (1, n_labels) and (1, n_dimensions)."""
        if isinstance(self.prefix, StartState) and self.prefix.starts(ids):
            return self.prefix.score(self.model, ids[len(self.prefix) :], self.label_ids, self.device)
        return score_alone(self.model, ids, self.label_ids, self.device)


def _window(model: Any) -> float:
    config = model.config.get_text_config()
    sizes = [getattr(config, key, None) for key in ("sliding_window", "attention_chunk_size")]
    return min((size for size in sizes if size), default=math.inf)
