"""The sequence classifier: its choices, its fresh weights and how it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.routes import ROUTES

if TYPE_CHECKING:
    from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

__all__ = ["Recipe", "build", "encode", "predict"]


@dataclass(frozen=True)
class Recipe:
    """All choices of the training, made on held-out training rows.

    Examples
    --------
    >>> Recipe(layers=2).layers
    2
    """

    seed: int = 20
    vocab_size: int = 3000
    max_length: int = 128
    width: int = 128
    layers: int = 3
    heads: int = 4
    feed_forward: int = 256
    dropout: float = 0.1
    pretrain_epochs: int = 30
    pretrain_batch: int = 64
    pretrain_lr: float = 1.5e-3
    mask_share: float = 0.2
    epochs: int = 12
    batch: int = 32
    lr: float = 1e-3
    weight_decay: float = 0.1
    label_smoothing: float = 0.05
    altered_share: float = 0.5
    intent_weight: float = 0.5
    word_weight: float = 0.3
    average_decay: float = 0.995


def build(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> BertForSequenceClassification:
    """Return the classifier with fresh weights."""
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=recipe.feed_forward,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        classifier_dropout=0.2,
        max_position_embeddings=recipe.max_length,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
        id2label=dict(enumerate(ROUTES)),
        label2id={route: code for code, route in enumerate(ROUTES)},
        problem_type="single_label_classification",
    )
    return BertForSequenceClassification(config)


def encode(tokenizer: PreTrainedTokenizerFast, texts: Iterable[str], max_length: int) -> list[list[int]]:
    """Return the token ids of training texts, cut at the longest input."""
    return tokenizer(list(texts), truncation=True, max_length=max_length)["input_ids"]


def predict(
    model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, texts: tuple[str, ...]
) -> np.ndarray:
    """Return the probability of each route, one text at a time and so without padding.

    Parameters
    ----------
    model : BertForSequenceClassification
        The classifier.
    tokenizer : PreTrainedTokenizerFast
        Its tokenizer.
    texts : tuple of str, length n
        Messages.

    Returns
    -------
    ndarray of float64, shape (n, n_routes)
        Softmax, taken in float64, of float32 logits.
    """
    import torch

    model.eval()
    with torch.inference_mode():
        logits = [model(**tokenizer(text, return_tensors="pt")).logits[0].double() for text in texts]
    return torch.softmax(torch.stack(logits), dim=-1).numpy()
