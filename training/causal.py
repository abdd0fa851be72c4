"""Training of the causal language model on conversations."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.augment import alter_all, change_case
from training.data import Split
from training.optimise import WeightAverage, adamw, batches, cosine, pad
from training.prompt import END, INSTRUCTION, label_ids, predict
from training.routes import route_of_intent

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["Recipe", "build", "train"]


@dataclass(frozen=True)
class Recipe:
    """All choices of the training, made on held-out training rows.

    Examples
    --------
    >>> Recipe(layers=2).layers
    2
    """

    seed: int = 30
    vocab_size: int = 2600
    max_length: int = 384
    width: int = 128
    layers: int = 4
    heads: int = 4
    feed_forward: int = 352
    epochs: int = 20
    batch: int = 32
    lr: float = 2e-3
    weight_decay: float = 0.1
    embedding_dropout: float = 0.1
    attention_dropout: float = 0.1
    altered_share: float = 0.5
    text_weight: float = 0.5
    intent_weight: float = 0.5
    average_decay: float = 0.997


def build(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Return the language model with fresh weights."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        intermediate_size=recipe.feed_forward,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=recipe.max_length,
        attention_dropout=recipe.attention_dropout,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return LlamaForCausalLM(config)


def _prefix(tokenizer: PreTrainedTokenizerFast) -> list[int]:
    """Return the tokens that every prompt begins with: all up to and including the instruction's full stop."""
    return tokenizer(f"<|bos|><|user|>{INSTRUCTION}", add_special_tokens=False)["input_ids"]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Token ids after the shared prefix, the place of ``<|assistant|>`` in them and whether the text is as written."""

    ids: list[list[int]]
    answers: np.ndarray
    whole: np.ndarray


def _rows(tokenizer: PreTrainedTokenizerFast, train: Split, recipe: Recipe, rng: np.random.Generator) -> _Rows:
    """Alter a share of the texts and make the conversations of one epoch."""
    texts, altered = alter_all(train.texts, rng, share=recipe.altered_share)
    texts = [change_case(text, rng) for text in texts]
    strings = [f"<|bos|><|user|>{INSTRUCTION}\n{text}{END}<|assistant|>" for text in texts]
    prompts = tokenizer(strings, add_special_tokens=False)["input_ids"]
    prefix, labels = _prefix(tokenizer), label_ids(tokenizer)
    if any(ids[: len(prefix)] != prefix for ids in prompts):
        raise ValueError("The instruction must have the same tokens in every prompt, but a text merged with it.")
    tails = [ids[len(prefix) :] for ids in prompts]
    full = [tail + labels[route] for tail, route in zip(tails, train.routes, strict=True)]
    return _Rows(full, np.array([len(tail) - 1 for tail in tails]), ~altered)


def _forward(
    model: LlamaForCausalLM, prefix: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor, dropout: float
) -> torch.Tensor:
    """Return the last hidden states of the tails; the shared prefix is computed once and its gradient flows too."""
    import torch

    embed = model.get_input_embeddings()

    def states(tokens: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.dropout(embed(tokens), dropout, model.training)

    cache = model.model(inputs_embeds=states(prefix[None]), use_cache=True).past_key_values
    cache.batch_repeat_interleave(len(ids))
    whole = torch.cat([torch.ones(len(ids), len(prefix), dtype=torch.long), mask], dim=1)
    output = model.model(inputs_embeds=states(ids), attention_mask=whole, past_key_values=cache, use_cache=True)
    return output.last_hidden_state


def _loss(
    model: LlamaForCausalLM, hidden: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor, batch: dict[str, Any]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return the losses of the label (per row), of the message (per token) and of the intent."""
    import torch

    cross_entropy = torch.nn.functional.cross_entropy
    positions = torch.arange(ids.shape[1] - 1)[None]
    real = mask[:, 1:].bool()
    answer = (positions >= batch["answers"][:, None]) & real
    message = (positions < batch["answers"][:, None]) & real & batch["whole"][:, None]
    used = answer | message
    losses = cross_entropy(model.lm_head(hidden[:, :-1][used]), ids[:, 1:][used], reduction="none")
    label = losses[answer[used]].sum() / len(ids)
    text = losses[message[used]].sum() / max(1, int(message.sum()))
    logits = batch["head"](hidden[torch.arange(len(ids)), batch["answers"]])
    return label, text, cross_entropy(logits, batch["intents"], label_smoothing=0.05)


def train(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    split: Split,
    recipe: Recipe,
    held_out: Split | None = None,
) -> None:
    """Train on conversations: the loss of the answer, of the message, and of the 77 intents through a discarded head.

    Parameters
    ----------
    model : LlamaForCausalLM
        Trained in place; ends with the averaged weights.
    tokenizer : PreTrainedTokenizerFast
        Tokenizer of the model.
    split : Split
        Rows to train on.
    recipe : Recipe
        The choices.
    held_out : Split, optional
        Rows on which to print the accuracy now and then; nothing is decided by it.
    """
    import torch

    rng = np.random.default_rng(recipe.seed)
    head = torch.nn.Linear(recipe.width, len(route_of_intent()))
    prefix, intents = torch.tensor(_prefix(tokenizer)), torch.from_numpy(split.intent_codes)
    optimiser = adamw([model, head], lr=recipe.lr, weight_decay=recipe.weight_decay)
    steps = recipe.epochs * -(-len(split.texts) // recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: cosine(step, steps))
    average, start = WeightAverage(model, recipe.average_decay), time.perf_counter()
    for epoch in range(recipe.epochs):
        model.train()
        rows = _rows(tokenizer, split, recipe, rng)
        losses = []
        for chosen in batches(np.array([len(row) for row in rows.ids]), recipe.batch, rng):
            tails = [rows.ids[i] for i in chosen]
            ids, mask = pad(tails, tokenizer.pad_token_id), pad([[1] * len(row) for row in tails], 0)
            batch = {
                "answers": torch.from_numpy(rows.answers[chosen]),
                "whole": torch.from_numpy(rows.whole[chosen]),
                "intents": intents[chosen],
                "head": head,
            }
            hidden = _forward(model, prefix, ids, mask, recipe.embedding_dropout)
            label, text, intent = _loss(model, hidden, ids, mask, batch)
            optimiser.zero_grad(set_to_none=True)
            (label + recipe.text_weight * text + recipe.intent_weight * intent).backward()
            torch.nn.utils.clip_grad_norm_([*model.parameters(), *head.parameters()], 1.0)
            optimiser.step()
            schedule.step()
            average.update(model)
            losses.append((label.item(), text.item()))
        _report(epoch, losses, start, model, tokenizer, held_out)
    average.copy_to(model)
    model.tie_weights()
    model.eval()


def _report(epoch: int, losses: list, start: float, model: Any, tokenizer: Any, held_out: Split | None) -> None:
    if epoch % 4 != 3 and epoch != 0:
        return
    label, text = np.mean(losses, axis=0)
    score = ""
    if held_out is not None:
        answers = predict(model, tokenizer, held_out.texts[::3]).argmax(axis=1)
        score = f"  held-out accuracy {(answers == held_out.routes[::3]).mean():.4f}"
    seconds = time.perf_counter() - start
    print(f"epoch {epoch + 1:3d}  label loss {label:.3f}  text loss {text:.3f}{score}  {seconds:.0f} s", flush=True)
