"""The masked language model: its choices, its fresh weights, how it is asked and how well it fills words in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.classifier import encode
from training.evaluate import Estimate
from training.masked_words import mask_tokens
from training.optimise import pad

if TYPE_CHECKING:
    import torch
    from transformers import BertForMaskedLM, PreTrainedTokenizerFast

__all__ = ["Filled", "Recipe", "build", "continuations", "fill_by_share", "fill_masked", "most_likely", "share_right"]


@dataclass(frozen=True)
class Recipe:
    """All choices of the training, those of ``bank-router`` where they are the same; none was tuned.

    Examples
    --------
    >>> Recipe(layers=2).layers
    2
    """

    seed: int = 20
    vocab_size: int = 3000
    max_length: int = 128
    width: int = 160
    layers: int = 3
    heads: int = 4
    feed_forward: int = 320
    dropout: float = 0.1
    pretrain_epochs: int = 40
    pretrain_batch: int = 64
    pretrain_lr: float = 1.5e-3
    mask_share: tuple[float, float] = (0.1, 0.9)


@dataclass(frozen=True, eq=False)
class Filled:
    """What a model said about the masked tokens of some texts.

    Parameters
    ----------
    right : ndarray of bool, shape (n_masked,)
        Whether the most likely token is the one that stood there.
    log_probability : ndarray of float, shape (n_masked,)
        Of the token that stood there, natural logarithm.
    texts : ndarray of int, shape (n_masked,)
        Number of the text each masked token is in.

    Examples
    --------
    >>> Filled(np.array([True]), np.array([0.0]), np.array([0])).right.mean()
    np.float64(1.0)
    """

    right: np.ndarray
    log_probability: np.ndarray
    texts: np.ndarray


def build(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> BertForMaskedLM:
    """Return the model with fresh weights; its output matrix is its embedding matrix."""
    from transformers import BertConfig, BertForMaskedLM

    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=recipe.feed_forward,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        max_position_embeddings=recipe.max_length,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
    )
    return BertForMaskedLM(config)


def continuations(tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    """Which tokens go on with the word before them; tensor of bool, shape (n_tokens,)."""
    import torch

    return torch.tensor([token.startswith("##") for token in tokenizer.convert_ids_to_tokens(range(len(tokenizer)))])


def fill_masked(
    model: BertForMaskedLM, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], share: float, seed: int
) -> Filled:
    """Mask a share of the words of each text, at least one token of each, and ask the model for them.

    Parameters
    ----------
    model : BertForMaskedLM
    tokenizer : PreTrainedTokenizerFast
    texts : sequence of str
    share : float in [0, 1]
        Probability that a word is masked.
    seed : int

    Returns
    -------
    Filled
    """
    import torch

    def answer(ids: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            logits = model(input_ids=ids.masked_fill(chosen, tokenizer.mask_token_id)).logits[chosen].double()
        return torch.log_softmax(logits, dim=-1)

    model.eval()
    return _filled(tokenizer, texts, share, seed, answer)


def fill_by_share(
    tokenizer: PreTrainedTokenizerFast, train: Sequence[str], texts: Sequence[str], share: float, seed: int
) -> Filled:
    """The same of the baseline that always answers with each token's share of the training texts.

    Parameters
    ----------
    tokenizer : PreTrainedTokenizerFast
    train : sequence of str
        Training texts; one is added to every token's count.
    texts, share, seed
        As in :func:`fill_masked`.

    Returns
    -------
    Filled
    """
    import torch

    counts = np.ones(len(tokenizer))
    for row in encode(tokenizer, train, 10**6):
        np.add.at(counts, row[1:-1], 1)
    log_share = torch.from_numpy(np.log(counts / counts.sum()))
    return _filled(tokenizer, texts, share, seed, lambda _, chosen: log_share.expand(int(chosen.sum()), -1))


def _filled(
    tokenizer: PreTrainedTokenizerFast,
    texts: Sequence[str],
    share: float,
    seed: int,
    answer: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> Filled:
    import torch

    rng, going_on = np.random.default_rng(seed), continuations(tokenizer)
    right, log_probability, numbers = [], [], []
    for number, row in enumerate(tokenizer(list(texts))["input_ids"]):
        ids = pad([row], tokenizer.pad_token_id)
        _, chosen = mask_tokens(ids, tokenizer, rng, share, going_on)
        if not chosen.any():
            chosen[0, 1 + int(rng.integers(len(row) - 2))] = True
        said, truth = answer(ids, chosen), ids[chosen]
        right.append((said.argmax(dim=-1) == truth).numpy())
        log_probability.append(said[torch.arange(len(truth)), truth].numpy())
        numbers.append(np.full(len(truth), number))
    return Filled(np.concatenate(right), np.concatenate(log_probability), np.concatenate(numbers))


def share_right(filled: Filled, *, n_draws: int = 5000, seed: int = 0) -> Estimate:
    """Share of the masked tokens that were found, with a bootstrap over texts.

    Parameters
    ----------
    filled : Filled
    n_draws : int
        Bootstrap resamples of the texts.
    seed : int

    Returns
    -------
    Estimate
    """
    n_texts = int(filled.texts.max()) + 1
    hits = np.bincount(filled.texts, weights=filled.right, minlength=n_texts)
    sizes = np.bincount(filled.texts, minlength=n_texts)
    counts = np.random.default_rng(seed).multinomial(n_texts, np.full(n_texts, 1 / n_texts), size=n_draws)
    low, high = np.percentile((counts @ hits) / (counts @ sizes), [2.5, 97.5])
    return Estimate(float(filled.right.mean()), float(low), float(high))


def most_likely(
    model: BertForMaskedLM, tokenizer: PreTrainedTokenizerFast, text: str, n_tokens: int = 5
) -> list[tuple[list[str], list[float]]]:
    """The most likely tokens of each mask token of a text, with their probabilities; the text is read alone."""
    import torch

    model.eval()
    inputs = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        logits = model(**inputs).logits[0].double()
    found = []
    for place in torch.nonzero(inputs["input_ids"][0] == tokenizer.mask_token_id).flatten().tolist():
        top = torch.softmax(logits[place], dim=-1).topk(n_tokens)
        found.append((tokenizer.convert_ids_to_tokens(top.indices.tolist()), top.values.tolist()))
    return found
