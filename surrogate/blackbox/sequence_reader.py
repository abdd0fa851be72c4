"""Read texts with a sequence classifier: logits and embeddings from one forward pass per batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.packed import EAGER, EXACT
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.pooling import FIRST, LAST, MEAN, pool
from surrogate.blackbox.precision import round_scores
from surrogate.blackbox.pretrained import has_experts, token_limit
from surrogate.blackbox.threads import n_weights, reading
from surrogate.blackbox.token_reader import TokenReader
from surrogate.errors import ModelError

__all__ = ["SequenceReader", "log_probabilities"]


@dataclass(frozen=True, eq=False)
class SequenceReader(TokenReader):
    """A sequence classifier in memory.

    Parameters
    ----------
    model : transformers sequence classifier
    tokenizer : transformers tokenizer
    pad_id : int
    max_length : int
        Tokens per text, special tokens included.
    name : str
        What errors call the model.
    activation : str
        ``softmax``, ``sigmoid``, or ``one-logit``.
    pooling : str
        ``first-token``, ``last-token`` or ``mean``: which hidden states are the embedding.
    placement : Placement
    backend : str
        One of ``packed.BACKENDS``.

    Examples
    --------
    >>> SequenceReader(None, None, 0, 512, "toy", "softmax", "mean", None).backend
    'torch-eager-f32-canonical-v1'
    """

    activation: str
    pooling: str
    placement: Placement
    backend: str = EAGER

    @classmethod
    def of(cls, model: Any, tokenizer: Any, max_length: int | None, name: str, placement: Placement) -> SequenceReader:
        """Make the reader of a loaded model; ``max_length`` as stated.

        Raises
        ------
        ModelError
            ``not-a-classifier`` for a regression.
        """
        config = model.config
        if config.problem_type == "regression":
            raise ModelError("not-a-classifier", f"The model {name!r} is a regression: it gives a number, not classes.")
        decoder = hasattr(model, "score")
        candidates = (config.pad_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id, 0)
        pad_id = next(candidate for candidate in candidates if candidate is not None)
        # decoder heads look for the last token that is not padding, and refuse batches without a padding id
        config.get_text_config().pad_token_id = pad_id
        return cls(
            model=model,
            tokenizer=tokenizer,
            activation=_activation(config),
            pooling=_pooling(config, tokenizer, last=decoder or bool(config.is_encoder_decoder)),
            pad_id=pad_id,
            max_length=token_limit(config, tokenizer, max_length),
            placement=placement,
            name=name,
            backend=placement.backend,
        )

    def read(self, texts: list[str]) -> Answers:
        """Answers with probabilities and embeddings from one forward pass per batch."""
        sequences, truncated = self.encode(texts)
        if not texts:
            width = int(self.model.config.get_text_config().hidden_size)
            logits, embeddings = np.empty((0, self.model.config.num_labels)), np.empty((0, width), np.float32)
        else:
            logits, embeddings = read_in_batches(sequences, self.forward, self.shapes, pad_id=self.pad_id)  # type: ignore[assignment]
        logs = log_probabilities(round_scores(logits, self.placement.precision.step), self.activation)
        nobody = np.zeros(len(texts), dtype=bool)
        return Answers(logs, embeddings, None, nobody, truncated)

    @cached_property
    def n_weights(self) -> int:
        """Number of weights of the model, counted once: there are many passes to each."""
        return n_weights(self.model)

    @property
    def shapes(self) -> Shapes:
        """The shapes of batches."""
        if self.backend == EXACT:
            shapes = Shapes(self.max_length, max_rows=64, budget=2048, exact=True)
        else:
            shapes = Shapes(self.max_length, step=4)
        # an expert reads the tokens of all rows that are sent to it, so its shapes would depend on them
        return replace(shapes, max_rows=1) if has_experts(self.model.config) else shapes

    def forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> list[NDArray[np.float32] | None]:
        """Logits, shape (n_rows, n_outputs), and embeddings, shape (n_rows, n_dimensions), from one pass."""
        import torch

        attention = torch.from_numpy(mask).to(self.placement.device)
        with reading(self.model, self.n_weights):
            output = self.model(
                input_ids=torch.from_numpy(ids).to(self.placement.device),
                attention_mask=attention,
                output_hidden_states=True,
            )
            hidden = _last_hidden(output)
            pooled = None if hidden is None else pool(hidden, attention, self.pooling).float().cpu().numpy()
        return [output.logits.float().cpu().numpy(), pooled]


def _activation(config: Any) -> str:
    if config.problem_type == "multi_label_classification":
        return "sigmoid"
    return "one-logit" if config.num_labels == 1 else "softmax"


def _pooling(config: Any, tokenizer: Any, last: bool) -> str:
    if last:
        return LAST
    if getattr(config, "classifier_pooling", None) == "mean":
        return MEAN
    starts = tokenizer("a")["input_ids"][:1]
    return FIRST if starts and starts[0] == tokenizer.cls_token_id else MEAN


def _last_hidden(output: Any) -> Any:
    states = getattr(output, "hidden_states", None) or getattr(output, "decoder_hidden_states", None)
    return states[-1] if states else None


def log_probabilities(logits: NDArray[Any], activation: str) -> NDArray[np.float64]:
    """Log-probabilities in float64 from float32 logits, shape (n_texts, n_classes).

    Parameters
    ----------
    logits : ndarray of float32, shape (n_texts, n_outputs)
    activation : str
        ``softmax``, ``sigmoid``, or ``one-logit``.

    Raises
    ------
    ModelError
        ``bad-answer-values`` for NaN or infinite logits.

    Examples
    --------
    >>> log_probabilities(np.zeros((1, 2), np.float32), "softmax").round(3).tolist()
    [[-0.693, -0.693]]
    """
    exact = logits.astype(np.float64)
    if not np.isfinite(exact).all():
        raise ModelError(
            "bad-answer-values",
            "The model gave NaN or infinite logits. Its weights may be damaged, or its numbers too large for float16.",
        )
    if activation == "sigmoid":
        return -np.logaddexp(0.0, -exact)
    if activation == "one-logit":
        return -np.logaddexp(0.0, np.hstack([exact, -exact]))
    highest = exact.max(axis=1, keepdims=True)
    return exact - highest - np.log(np.exp(exact - highest).sum(axis=1, keepdims=True))
