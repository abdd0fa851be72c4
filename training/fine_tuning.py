"""Fine-tuning of the sequence classifier on the routes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from training.augment import alter_all
from training.classifier import Recipe, encode, predict
from training.data import Split
from training.masked_words import word_loss
from training.optimise import WeightAverage, adamw, batches, cosine, pad, take_step
from training.routes import route_of_intent

if TYPE_CHECKING:
    import torch
    from transformers import BertForSequenceClassification, PreTrainedTokenizerFast

__all__ = ["fine_tune"]


def fine_tune(
    model: BertForSequenceClassification,
    word_head: torch.nn.Module,
    tokenizer: PreTrainedTokenizerFast,
    train: Split,
    recipe: Recipe,
    held_out: Split | None = None,
) -> None:
    """Train the classifier on the routes; a second head learns the 77 intents beside it and is thrown away.

    Parameters
    ----------
    model : BertForSequenceClassification
        Trained in place; ends with the averaged weights.
    word_head : torch.nn.Module
        Head that predicts masked tokens, trained on beside the routes and thrown away.
    tokenizer : PreTrainedTokenizerFast
        Tokenizer of the model.
    train : Split
        Rows to train on.
    recipe : Recipe
        The choices.
    held_out : Split, optional
        Rows on which to print the accuracy now and then; nothing is decided by it.
    """
    import torch

    rng = np.random.default_rng(recipe.seed + 1)
    intent_head = torch.nn.Linear(recipe.width, len(route_of_intent()))
    optimiser = adamw([model, intent_head, word_head], lr=recipe.lr, weight_decay=recipe.weight_decay)
    steps = recipe.epochs * -(-len(train.texts) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: cosine(step, steps))
    average = WeightAverage(model, recipe.average_decay)
    routes, intents = torch.from_numpy(train.routes), torch.from_numpy(train.intent_codes)
    clean = encode(tokenizer, train.texts, recipe.max_length)
    entropy = torch.nn.CrossEntropyLoss(label_smoothing=recipe.label_smoothing)
    start = time.perf_counter()
    for epoch in range(recipe.epochs):
        model.train()
        texts, _ = alter_all(train.texts, rng, share=recipe.altered_share, mask=tokenizer.mask_token)
        rows = encode(tokenizer, texts, recipe.max_length)
        losses = []
        for batch in batches(np.array([len(row) for row in rows]), recipe.batch, rng):
            ids = pad([rows[i] for i in batch], tokenizer.pad_token_id)
            pooled = model.bert(input_ids=ids, attention_mask=(ids != tokenizer.pad_token_id).long())[1]
            pooled = model.dropout(pooled)
            loss = entropy(model.classifier(pooled), routes[batch])
            loss = loss + recipe.intent_weight * entropy(intent_head(pooled), intents[batch])
            if recipe.word_weight:
                whole = [clean[i] for i in batch]
                loss = loss + recipe.word_weight * word_loss(model, word_head, tokenizer, whole, recipe, rng)
            take_step(loss, optimiser, schedule)
            average.update(model)
            losses.append(loss.item())
        if epoch % 5 == 4 or epoch == 0:
            score = "" if held_out is None else f"  held-out accuracy {_accuracy(model, tokenizer, held_out):.4f}"
            print(
                f"epoch {epoch + 1:3d}  loss {np.mean(losses):.3f}{score}  {time.perf_counter() - start:.0f} s",
                flush=True,
            )
    average.copy_to(model)
    model.eval()


def _accuracy(model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, split: Split) -> float:
    return float((predict(model, tokenizer, split.texts).argmax(axis=1) == split.routes).mean())
