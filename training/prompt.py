"""The prompt of the causal language model, and the likelihood of each label string after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from training.optimise import pad
from training.routes import ROUTES

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["END", "INSTRUCTION", "USER", "label_ids", "label_log_likelihoods", "predict", "prompt_ids"]

INSTRUCTION = "Route the customer's message to one desk: " + ", ".join(ROUTES) + "."
#: How the user turn is made; the chat template does the rest.
USER = "{instruction}\n{text}"
END = "<|end|>"


def prompt_ids(tokenizer: PreTrainedTokenizerFast, text: str) -> list[int]:
    """Return the tokens of the prompt, ``<|assistant|>`` included."""
    turn = {"role": "user", "content": USER.format(instruction=INSTRUCTION, text=text)}
    return tokenizer.apply_chat_template([turn], add_generation_prompt=True, return_dict=False)


def label_ids(tokenizer: PreTrainedTokenizerFast) -> list[list[int]]:
    """Return the tokens of every label string, each followed by the end token."""
    return [tokenizer(route + END, add_special_tokens=False)["input_ids"] for route in ROUTES]


def label_log_likelihoods(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, text: str) -> np.ndarray:
    """Return log p(label tokens and end token | prompt) of every label, each in a pass of its own without padding.

    Parameters
    ----------
    model : LlamaForCausalLM
        The language model.
    tokenizer : PreTrainedTokenizerFast
        Its tokenizer.
    text : str
        A message.

    Returns
    -------
    ndarray of float64, shape (n_routes,)
        Log-likelihoods (nats), summed in float64 over float32 logits.
    """
    import torch

    prompt = prompt_ids(tokenizer, text)
    totals = []
    with torch.inference_mode():
        for label in label_ids(tokenizer):
            logits = model(input_ids=torch.tensor([prompt + label]), use_cache=False).logits[0]
            scores = torch.log_softmax(logits[len(prompt) - 1 : -1].double(), dim=-1)
            totals.append(scores[torch.arange(len(label)), torch.tensor(label)].sum().item())
    return np.array(totals)


def predict(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, texts: tuple[str, ...]) -> np.ndarray:
    """Return the log-likelihood of every label for every text; the eight labels of a text make one batch.

    Parameters
    ----------
    model : LlamaForCausalLM
        The language model.
    tokenizer : PreTrainedTokenizerFast
        Its tokenizer.
    texts : tuple of str, length n
        Messages.

    Returns
    -------
    ndarray of float64, shape (n, n_routes)
        As :func:`label_log_likelihoods`, up to float32 rounding; padding is on the right and so is never attended to.
    """
    import torch

    model.eval()
    labels = label_ids(tokenizer)
    targets = pad(labels, 0)
    real = torch.arange(targets.shape[1])[None] < torch.tensor([len(label) for label in labels])[:, None]
    out = []
    with torch.inference_mode():
        for text in texts:
            prompt = prompt_ids(tokenizer, text)
            first = model(input_ids=torch.tensor([prompt]), use_cache=True, logits_to_keep=1)
            first.past_key_values.batch_repeat_interleave(len(labels))
            rest = model(input_ids=targets[:, :-1], past_key_values=first.past_key_values).logits
            logits = torch.cat([first.logits.expand(len(labels), -1, -1), rest], dim=1)
            scores = torch.log_softmax(logits.double(), dim=-1).gather(2, targets[:, :, None])[:, :, 0]
            out.append((scores * real).sum(dim=1).numpy())
    return np.array(out)
