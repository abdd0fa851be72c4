"""Causal language models as classifiers: every label is scored as the answer to a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, ClassVar

from surrogate.blackbox.language_model import LanguageModel, Orders
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.pretrained import token_limit
from surrogate.blackbox.prompt import Prompt
from surrogate.blackbox.prompt_reader import WAYS, PromptReader
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.ways import chosen
from surrogate.errors import ModelError

__all__ = ["CausalLM"]


class CausalLM(LanguageModel):
    """A causal language model whose classes are full label strings, scored after an instruction-first prompt.

    The probability of a label is that of all its tokens, and of the end token where there is one.  Answers hold the
    probabilities of the labels relative to each other; ``label_mass`` is what all labels have together.  The embedding
    is the last hidden state at the last token of the prompt.

    Examples
    --------
    >>> CausalLM.default_kind
    'causal-lm'
    """

    default_kind: ClassVar[str] = "causal-lm"
    auto_class: ClassVar[str] = "AutoModelForCausalLM"

    @classmethod
    def orders(
        cls,
        model: Any,
        tokenizer: Any,
        labels: tuple[str, ...],
        prompts: Sequence[Prompt],
        max_length: int | None,
        placement: Placement,
    ) -> Orders:
        """Make a reader for each prompt, as :meth:`LanguageModel.orders` says."""
        made = [_reader(model, tokenizer, labels, prompt, max_length, placement.device) for prompt in prompts]
        readers, backend = chosen([reader for reader, _ in made], WAYS, placement)
        first, end = readers[0], made[0][1].end
        # the rendered prompts, so that a change of the chat template is a change of the prompt
        shown = [[*_frame(reader.encoder), reader.label_ids] for reader in readers]
        return Orders(
            readers=readers,
            max_length=min(reader.encoder.max_length for reader in readers),
            label_end=end,
            shown=[end, shown],
            backend=backend,
            details={
                "scoring": first.way,
                "prefix_tokens": len(first.prefix or ()),
                "pooling": "last-prompt-token",
            },
        )


def _reader(
    model: Any, tokenizer: Any, labels: tuple[str, ...], prompt: Prompt, max_length: int | None, device: str
) -> tuple[PromptReader, Prompt]:
    limit = token_limit(model.config, tokenizer)
    encoder = PromptEncoder.from_prompt(tokenizer, prompt, min(max_length or limit, limit))
    label_ids = encoder.label_ids(labels, prompt.end)
    if prompt.end is None and _one_starts_another(label_ids):
        # without an end, what follows "card" would be counted for "card" and for "card lost"
        if tokenizer.eos_token is None:
            raise ModelError(
                "bad-labels",
                "One label is the start of another, and the tokenizer has no end token to tell them apart.",
            )
        prompt = replace(prompt, end=tokenizer.eos_token)
        label_ids = encoder.label_ids(labels, prompt.end)
    longest = max(len(label) for label in label_ids)
    positions = token_limit(model.config, tokenizer, 10**9)
    if encoder.max_length + longest > positions:
        encoder = PromptEncoder.from_prompt(tokenizer, prompt, positions - longest)
    candidates = (tokenizer.pad_token_id, model.config.get_text_config().pad_token_id, tokenizer.eos_token_id, 0)
    pad_id = next(candidate for candidate in candidates if candidate is not None)
    return PromptReader(model, encoder, tuple(label_ids), pad_id, device), prompt


def _one_starts_another(label_ids: Sequence[tuple[int, ...]]) -> bool:
    ordered = sorted(label_ids)
    return any(later[: len(label)] == label for label, later in pairwise(ordered))


def _frame(encoder: PromptEncoder) -> tuple[str, str, str]:
    return encoder.before, encoder.after, encoder.label_space
