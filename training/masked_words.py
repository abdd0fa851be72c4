"""Filling masked words in: the pre-training of the classifier's encoder, and all of the masked language model's training."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from training.classifier import encode
from training.optimise import adamw, batches, cosine, pad, take_step

if TYPE_CHECKING:
    import torch
    from transformers import BertForMaskedLM, BertForSequenceClassification, PreTrainedTokenizerFast

__all__ = ["WordRecipe", "build_word_head", "mask_tokens", "pretrain", "word_loss"]


class WordRecipe(Protocol):
    """The choices that filling masked words in needs.

    ``mask_share`` is the share of tokens to predict, or the two ends of what it is drawn between, uniformly for each row.
    """

    seed: int
    max_length: int
    pretrain_epochs: int
    pretrain_batch: int
    pretrain_lr: float
    mask_share: float | tuple[float, float]


def _share(recipe: WordRecipe, n_rows: int, rng: np.random.Generator) -> Any:
    """The share of tokens to predict: a number, or a tensor of shape (n_rows, 1)."""
    import torch

    if isinstance(recipe.mask_share, float):
        return recipe.mask_share
    return torch.from_numpy(rng.uniform(*recipe.mask_share, size=(n_rows, 1)))


def mask_tokens(
    ids: torch.Tensor,
    tokenizer: PreTrainedTokenizerFast,
    rng: np.random.Generator,
    share: Any,
    continues: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Choose tokens to predict; of those 80 % are masked, 10 % replaced and 10 % kept (Devlin et al. 2019).

    Parameters
    ----------
    ids : tensor of int, shape (n, longest)
    tokenizer : PreTrainedTokenizerFast
    rng : numpy.random.Generator
    share : float, or tensor of float, shape (n, 1)
        How many of the tokens to predict.
    continues : tensor of bool, shape (n_tokens_of_vocabulary,), optional
        Tokens that go on with the word before them; given them, a word's tokens are chosen together.

    Returns
    -------
    tensor of int, shape (n, longest)
        The tokens that the model reads.
    tensor of bool, shape (n, longest)
        Which are to be predicted.
    """
    import torch

    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    draw = torch.from_numpy(rng.random(tuple(ids.shape)))
    how = torch.from_numpy(rng.random(tuple(ids.shape)))
    if continues is not None:
        places = torch.arange(ids.shape[1]).expand(ids.shape)
        starts = torch.where(continues[ids], torch.zeros_like(places), places).cummax(dim=1).values
        draw, how = draw.gather(1, starts), how.gather(1, starts)
    chosen = (draw < share) & ~special
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
    model: BertForSequenceClassification | BertForMaskedLM,
    word_head: torch.nn.Module,
    tokenizer: PreTrainedTokenizerFast,
    rows: list[list[int]],
    recipe: WordRecipe,
    rng: np.random.Generator,
    continues: torch.Tensor | None = None,
) -> torch.Tensor:
    """Return the loss of the masked tokens."""
    import torch

    ids = pad(rows, tokenizer.pad_token_id)
    masked, chosen = mask_tokens(ids, tokenizer, rng, _share(recipe, len(rows), rng), continues)
    states = model.bert(input_ids=masked, attention_mask=(ids != tokenizer.pad_token_id).long())[0]
    return torch.nn.functional.cross_entropy(word_head(states[chosen]), ids[chosen])


def pretrain(
    model: BertForSequenceClassification | BertForMaskedLM,
    word_head: torch.nn.Module,
    tokenizer: PreTrainedTokenizerFast,
    texts: tuple[str, ...],
    recipe: WordRecipe,
    continues: torch.Tensor | None = None,
) -> None:
    """Train the encoder to fill masked tokens in; labels are not used.

    Parameters
    ----------
    model : BertForSequenceClassification or BertForMaskedLM
        Its encoder is trained in place.
    word_head : torch.nn.Module
        Head that predicts masked tokens; see :func:`build_word_head`.
    tokenizer : PreTrainedTokenizerFast
        Tokenizer of the model.
    texts : tuple of str
        Training texts.
    recipe : WordRecipe
        The choices.
    continues : tensor of bool, shape (n_tokens_of_vocabulary,), optional
        Tokens that go on with the word before them; given them, whole words are masked.
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
            loss = word_loss(model, word_head, tokenizer, [rows[i] for i in batch], recipe, rng, continues)
            take_step(loss, optimiser, schedule)
            losses.append(loss.item())
        if epoch % 10 == 9 or epoch == 0:
            print(
                f"pre-training epoch {epoch + 1:3d}  loss {np.mean(losses):.3f}  {time.perf_counter() - start:.0f} s",
                flush=True,
            )
