"""Score labels with an encoder-decoder model: one encoder pass per batch of prompts, one short decoder pass per label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.label_reader import LabelScores
from surrogate.blackbox.precision import float64
from surrogate.blackbox.pretrained import has_experts
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.threads import reading
from surrogate.blackbox.too_long import Length
from surrogate.blackbox.ways import LABEL_BY_LABEL
from surrogate.errors import ModelError

__all__ = ["WAYS", "Seq2SeqReader", "frame_of", "target_ids"]

#: Ways of scoring in batches.
WAYS = ("shared-encoder",)
#: Logits that one batch may keep, so that large vocabularies do not fill the memory.
_KEPT_LOGITS = 64_000_000


@dataclass(frozen=True, eq=False)
class Seq2SeqReader:
    """Scores labels with the decoder, after the encoder has read a prompt.

    Parameters
    ----------
    model : transformers encoder-decoder model
    encoder : PromptEncoder
    behind : tuple of int
        Tokens that end every input of the encoder.
    label_ids : tuple of tuple of int
        Tokens of each label that the decoder is to give, end token included.
    start : int
        Token with which the decoder starts.
    pad_id : int
    device : str
    way : str
        One of :data:`WAYS`, or label by label.

    Examples
    --------
    >>> WAYS
    ('shared-encoder',)
    """

    model: Any
    encoder: PromptEncoder
    behind: tuple[int, ...]
    label_ids: tuple[tuple[int, ...], ...]
    start: int
    pad_id: int
    device: str
    way: str = LABEL_BY_LABEL

    def scores(self, texts: Sequence[str]) -> LabelScores:
        """Log-likelihood of each label after each text, with the mean state of the encoder."""
        prompts, truncated = self.encoder.encode(list(texts))
        sequences = [[*ids, *self.behind] for ids in prompts]
        cut = np.array(truncated, dtype=bool)
        if not texts:
            width = int(self.model.config.hidden_size)
            return LabelScores(np.empty((0, len(self.label_ids))), np.empty((0, width), np.float32), cut)
        if self.way == LABEL_BY_LABEL:
            alone = [self.read(np.array([ids]), np.ones((1, len(ids)), np.int64), shared=False) for ids in sequences]
            scores, states = (np.concatenate(column) for column in zip(*alone, strict=True))
            return LabelScores(scores, states, cut)
        found = read_in_batches(sequences, self.read, self.shapes(), pad_id=self.pad_id)
        return LabelScores(found[0], found[1], cut)  # type: ignore[arg-type]

    def read(
        self, ids: NDArray[np.int64], mask: NDArray[np.int64], shared: bool = True
    ) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Read right-padded prompts, shape (n_rows, length).

        Parameters
        ----------
        ids, mask : ndarray of int64, shape (n_rows, length)
        shared : bool, default True
            Read them once, and not for each label again.

        Returns
        -------
        ndarray of float64, shape (n_rows, n_labels)
            Log-likelihoods.
        ndarray of float32, shape (n_rows, n_dimensions)
            Mean states of the encoder.
        """
        import torch
        from transformers import DynamicCache

        seen, tokens = torch.from_numpy(mask).to(self.device), torch.from_numpy(ids).to(self.device)
        with reading(self.model):
            states = self.model.get_encoder()(input_ids=tokens, attention_mask=seen)
            given = {"encoder_outputs": states} if shared else {"input_ids": tokens}
            # what the decoder makes of the encoder's states is the same for every label
            across = DynamicCache() if shared else None
            columns = [self._label(label, {**given, "attention_mask": seen}, across) for label in self.label_ids]
            weights = seen.unsqueeze(-1).float()
            pooled = (states.last_hidden_state.float() * weights).sum(dim=1) / weights.sum(dim=1)
        return np.stack(columns, axis=1), pooled.cpu().numpy()

    def lengths(self, texts: list[str]) -> list[Length]:
        """Tokens that the encoder would read of each text before it is cut."""
        behind = len(self.behind)
        return [Length(n_tokens + behind, self.encoder.max_length + behind) for n_tokens in self.encoder.lengths(texts)]

    def fits(self, ids: Sequence[int]) -> bool:
        """Whether a prompt is read in batches; they do not differ in this."""
        return self.way != LABEL_BY_LABEL

    def by(self, way: str) -> Seq2SeqReader:
        """Return the same reader with another way of scoring."""
        return replace(self, way=way)

    def shapes(self) -> Shapes:
        """Batch shapes: few enough rows for the logits that are kept."""
        longest = max(map(len, self.label_ids))
        rows = max(1, min(16, _KEPT_LOGITS // (longest * int(self.model.config.get_text_config().vocab_size))))
        # an expert reads the tokens of all rows that are sent to it, so its shapes would depend on them
        sparse = has_experts(self.model.config)
        return Shapes(self.encoder.max_length + len(self.behind), max_rows=1 if sparse else rows)

    def _label(self, label: Sequence[int], given: dict[str, Any], across: Any) -> NDArray[np.float64]:
        """Log-likelihood of one label, shape (n_rows,)."""
        import torch
        from transformers import DynamicCache, EncoderDecoderCache

        n_rows = len(given["attention_mask"])
        forced = torch.tensor([[self.start, *label[:-1]]], device=self.device).expand(n_rows, -1)
        cache: dict[str, Any] = {"use_cache": across is not None}
        if across is not None:
            cache["past_key_values"] = EncoderDecoderCache(DynamicCache(), across)
        logits = float64(self.model(decoder_input_ids=forced, **given, **cache).logits)
        wanted = torch.tensor(list(label), device=logits.device).expand(n_rows, -1).unsqueeze(-1)
        logs = logits.gather(-1, wanted).squeeze(-1) - logits.logsumexp(dim=-1)
        return np.asarray(logs.sum(dim=1).cpu().numpy(), dtype=np.float64)


def frame_of(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Token ids that the tokenizer puts before and behind an input."""
    return _frame(tokenizer("a")["input_ids"], tokenizer("a", add_special_tokens=False)["input_ids"])


def target_ids(tokenizer: Any, labels: Sequence[str], end: str | None) -> tuple[tuple[int, ...], ...]:
    """Token ids of each label as the decoder is to give them, with the frame of a target and its end.

    Parameters
    ----------
    tokenizer : transformers tokenizer
    labels : sequence of str
    end : str or None
        Token text that ends a label, in place of the tokenizer's own end.

    Raises
    ------
    ModelError
        ``bad-labels`` for a label without tokens, or two with the same.
    """
    bare = tokenizer(list(labels), add_special_tokens=False)["input_ids"]
    framed = tokenizer(text_target=list(labels))["input_ids"]
    own = (tokenizer.eos_token_id,) if tokenizer.eos_token_id is not None else ()
    stated = None if end is None else tuple(tokenizer(end, add_special_tokens=False)["input_ids"])
    if stated == ():
        raise ModelError("bad-labels", f"The end of the labels, {end!r}, has no tokens in this model's tokenizer.")
    found: dict[tuple[int, ...], str] = {}
    for label, ids, whole in zip(labels, bare, framed, strict=True):
        if not ids:
            raise ModelError("bad-labels", f"The label {label!r} has no tokens in this model's tokenizer.")
        before, behind = _frame(whole, ids)
        target = (*before, *ids, *(stated or behind or own))
        if target in found:
            raise ModelError(
                "bad-labels",
                f"The labels {found[target]!r} and {label!r} are the same tokens to this model. Rename one of them.",
            )
        found[target] = label
    return tuple(found)


def _frame(framed: Sequence[int], bare: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What stands before and behind ``bare`` in ``framed``."""
    for start in range(len(framed) - len(bare) + 1):
        if list(framed[start : start + len(bare)]) == list(bare):
            return tuple(framed[:start]), tuple(framed[start + len(bare) :])
    raise ModelError(
        "bad-model-file",
        "The tokenizer cuts a string otherwise when it adds special tokens, so they cannot be told apart. Save the "
        "model with a fast tokenizer (tokenizer.json).",
    )
