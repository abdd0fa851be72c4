"""Filling masked words in: the pre-training of the classifier's encoder."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from training.classifier import Recipe, encode
from training.optimise import adamw, batches, cosine, pad, take_step

if TYPE_CHECKING:
    import torch
    from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

__all__ = ["build_word_head", "pretrain", "word_loss"]


def _mask_tokens(
    ids: torch.Tensor, tokenizer: PreTrainedTokenizerFast, rng: np.random.Generator, share: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose tokens to predict; of those 80 % are masked, 10 % replaced and 10 % kept (Devlin et al. 2019)."""
    import torch

    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    draw = torch.from_numpy(rng.random(tuple(ids.shape)))
    chosen = (draw < share) & ~special
    how = torch.from_numpy(rng.random(tuple(ids.shape)))
    other = torch.from_numpy(rng.integers(5, len(tokenizer), tuple(ids.shape)))
    masked = torch.where(chosen & (how < 0.8), torch.full_like(ids, tokenizer.mask_token_id), ids)
    return torch.where(chosen & (how >= 0.9), other, masked), chosen


def build_word_head(model: BertForSequenceClassification) -> torch.nn.Module:
    """Return the head that predicts masked tokens; its output matrix is the encoder's embedding matrix."""
    from transformers import BertForMaskedLM

    language_model = BertForMaskedLM(model.config)
    language_model.bert = model.bert
    language_model.tie_weights()
    return language_model.cls


def word_loss(
    model: BertForSequenceClassification,
    word_head: torch.nn.Module,
    tokenizer: PreTrainedTokenizerFast,
    rows: list[list[int]],
    recipe: Recipe,
    rng: np.random.Generator,
) -> torch.Tensor:
    """Return the loss of the masked tokens."""
    import torch

    ids = pad(rows, tokenizer.pad_token_id)
    masked, chosen = _mask_tokens(ids, tokenizer, rng, recipe.mask_share)
    states = model.bert(input_ids=masked, attention_mask=(ids != tokenizer.pad_token_id).long())[0]
    return torch.nn.functional.cross_entropy(word_head(states[chosen]), ids[chosen])


def pretrain(
    model: BertForSequenceClassification,
    word_head: torch.nn.Module,
    tokenizer: PreTrainedTokenizerFast,
    texts: tuple[str, ...],
    recipe: Recipe,
) -> None:
    """Train the encoder to fill masked tokens in; labels are not used.

    Parameters
    ----------
    model : BertForSequenceClassification
        Its encoder is trained in place.
    word_head : torch.nn.Module
        Head that predicts masked tokens; see :func:`build_word_head`.
    tokenizer : PreTrainedTokenizerFast
        Tokenizer of the model.
    texts : tuple of str
        Training texts.
    recipe : Recipe
        The choices.
    """
    import torch

    rng = np.random.default_rng(recipe.seed)
    rows = encode(tokenizer, texts, recipe.max_length)
    lengths = np.array([len(row) for row in rows])
    optimiser = adamw([model.bert, word_head], lr=recipe.pretrain_lr, weight_decay=0.01)
    steps = recipe.pretrain_epochs * -(-len(rows) // recipe.pretrain_batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: cosine(step, steps))
    model.train()
    start = time.perf_counter()
    for epoch in range(recipe.pretrain_epochs):
        losses = []
        for batch in batches(lengths, recipe.pretrain_batch, rng):
            loss = word_loss(model, word_head, tokenizer, [rows[i] for i in batch], recipe, rng)
            take_step(loss, optimiser, schedule)
            losses.append(loss.item())
        if epoch % 10 == 9 or epoch == 0:
            print(
                f"pre-training epoch {epoch + 1:3d}  loss {np.mean(losses):.3f}  {time.perf_counter() - start:.0f} s",
                flush=True,
            )
