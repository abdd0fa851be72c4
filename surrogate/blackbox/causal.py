"""Causal language models as classifiers: every label is scored as the answer to a prompt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.label_reader import LabelReader
from surrogate.blackbox.packed import EAGER
from surrogate.blackbox.pretrained import load_tokenizer, load_weights, token_limit
from surrogate.blackbox.prompt import Prompt, Scoring, default_prompt
from surrogate.blackbox.prompt_reader import WAYS, PromptReader
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.ways import fastest
from surrogate.errors import ModelError

__all__ = ["CausalLM", "labels_of", "scoring_settings"]


class CausalLM(ModelBacked):
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

    @classmethod
    def from_pretrained(
        cls,
        folder: Path,
        *,
        labels: Sequence[str] | None,
        prompt: Prompt | None = None,
        scoring: Scoring | None = None,
        name: str | None = None,
        max_length: int | None = None,
        device: str = "cpu",
        source: Mapping[str, Any] | None = None,
        digests: dict[str, str] | None = None,
    ) -> CausalLM:
        """Load a causal language model from a folder with config.json, model.safetensors and tokenizer files.

        Parameters
        ----------
        folder : Path
        labels : sequence of str
            The answers to choose from.
        prompt : Prompt, optional
            :func:`~surrogate.blackbox.prompt.default_prompt` by default.
        scoring : Scoring, optional
            Length normalisation, prior correction and orders of the labels; none of them by default.
        name, max_length, device, source, digests
            As in :meth:`SequenceClassifier.from_pretrained`; ``max_length`` is that of the prompt.

        Raises
        ------
        ModelError
            ``missing-labels``, ``bad-labels``, ``prompt-without-text``, ``no-weights``, ``unsafe-weights``,
            ``bad-model-file``.
        InputError
            ``bad-parameter`` when ``scoring`` does not fit the prompt and the labels.
        """
        called = name or folder.name
        names = labels_of(labels, called)
        check_folder(folder)
        tokenizer = load_tokenizer(folder, called)
        model = load_weights("AutoModelForCausalLM", folder, called, device)
        asked, how = prompt or default_prompt(), scoring or Scoring()
        orders = _readers(model, tokenizer, names, how.prompts(asked, names), max_length, device)
        settings = _settings(orders, asked, how)
        identity = Identity(
            name=called,
            kind=cls.default_kind,
            labels=names,
            fingerprint=model_fingerprint(cls.default_kind, digests or file_digests(folder), names, settings),
            mask_token=tokenizer.mask_token,
            embeds=True,
            details={**settings, "device": device},
        )
        here = {
            "model": str(folder.resolve()),
            "labels": names,
            "prompt": prompt,
            "scoring": scoring,
            "max_length": max_length,
            "device": device,
        }
        return cls(identity, source or here, LabelReader(called, tuple(reader for reader, _ in orders), how))


def labels_of(labels: Sequence[str] | None, name: str) -> tuple[str, ...]:
    """Check the labels that a language model is to choose from.

    Raises
    ------
    ModelError
        ``missing-labels``, ``bad-labels``.

    Examples
    --------
    >>> labels_of(["complaint", "praise"], "toy")
    ('complaint', 'praise')
    """
    if labels is None:
        raise ModelError(
            "missing-labels",
            f"The model {name!r} generates text and does not say what its labels are. Give them, for example "
            "labels=['complaint', 'praise'].",
        )
    return check_labels(labels)


def scoring_settings(scoring: Scoring) -> dict[str, Detail]:
    """State the options of scoring as a report does.

    Examples
    --------
    >>> scoring_settings(Scoring(content_free=("N/A", "")))
    {'length_normalised': False, 'content_free': '["N/A", ""]', 'n_orders': 1}
    """
    inputs = json.dumps(scoring.content_free) if scoring.content_free else None
    return {**asdict(scoring), "content_free": inputs}


def _readers(
    model: Any,
    tokenizer: Any,
    labels: tuple[str, ...],
    prompts: Sequence[Prompt],
    max_length: int | None,
    device: str,
) -> list[tuple[PromptReader, Prompt]]:
    """Make a reader for each prompt; the way of scoring is chosen for the first, and asked of all."""
    first, *others = [_reader(model, tokenizer, labels, prompt, max_length, device) for prompt in prompts]
    chosen = fastest(first[0], WAYS)
    return [
        (chosen, first[1]),
        *((reader.by(chosen.way) or reader, prompt) for reader, prompt in others),
    ]


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


def _settings(orders: Sequence[tuple[PromptReader, Prompt]], asked: Prompt, scoring: Scoring) -> dict[str, Detail]:
    first, prompt = orders[0]
    # the rendered prompts, so that a change of the chat template is a change of the prompt
    shown = [[*_frame(reader.encoder), reader.label_ids] for reader, _ in orders]
    return {
        "max_length": min(reader.encoder.max_length for reader, _ in orders),
        "truncation_side": "right",
        "prompt_sha256": hashlib.sha256(json.dumps([asdict(asked), prompt.end, shown]).encode()).hexdigest(),
        "label_end": prompt.end,
        **scoring_settings(scoring),
        "scoring": first.way,
        "prefix_tokens": len(first.prefix or ()),
        "pooling": "last-prompt-token",
        "dtype": "float32",
        "backend": EAGER,
        "torch": release("torch"),
        "transformers": release("transformers"),
    }


def _frame(encoder: PromptEncoder) -> tuple[str, str, str]:
    return encoder.before, encoder.after, encoder.label_space
