"""Encoder-decoder language models as classifiers: the encoder reads the prompt, the decoder scores every label."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.causal import labels_of, scoring_settings
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.label_reader import LabelReader
from surrogate.blackbox.packed import EAGER
from surrogate.blackbox.pretrained import load_tokenizer, load_weights, token_limit
from surrogate.blackbox.prompt import Prompt, Scoring, default_prompt
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.seq2seq_reader import WAYS, Seq2SeqReader, frame_of, target_ids
from surrogate.blackbox.ways import fastest
from surrogate.errors import ModelError

__all__ = ["Seq2SeqLM"]


class Seq2SeqLM(ModelBacked):
    """An encoder-decoder language model, such as T5, whose classes are full label strings scored by the decoder.

    The probability of a label is that of all its tokens and of the end token.  Answers hold the probabilities of the
    labels relative to each other; ``label_mass`` is what all labels have together.  The embedding is the mean of the
    encoder's states.

    Examples
    --------
    >>> Seq2SeqLM.default_kind
    'seq2seq-lm'
    """

    default_kind: ClassVar[str] = "seq2seq-lm"

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
    ) -> Seq2SeqLM:
        """Load an encoder-decoder model from a folder with config.json, model.safetensors and tokenizer files.

        Parameters
        ----------
        folder, labels, prompt, scoring, name, device, source, digests
            As in :meth:`CausalLM.from_pretrained`.
        max_length : int, optional
            Tokens that the encoder reads.

        Raises
        ------
        ModelError
            As :meth:`CausalLM.from_pretrained` does.
        InputError
            ``bad-parameter`` when ``scoring`` does not fit the prompt and the labels.
        """
        called = name or folder.name
        names = labels_of(labels, called)
        check_folder(folder)
        tokenizer = load_tokenizer(folder, called)
        model = load_weights("AutoModelForSeq2SeqLM", folder, called, device)
        asked, how = prompt or default_prompt(), scoring or Scoring()
        readers = [_reader(model, tokenizer, names, turned, max_length, device) for turned in how.prompts(asked, names)]
        chosen = fastest(readers[0], WAYS)
        orders = (chosen, *(reader.by(chosen.way) for reader in readers[1:]))
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
        return cls(identity, source or here, LabelReader(called, orders, how))


def _reader(
    model: Any, tokenizer: Any, labels: tuple[str, ...], prompt: Prompt, max_length: int | None, device: str
) -> Seq2SeqReader:
    stated = (getattr(config, "decoder_start_token_id", None) for config in (model.config, model.generation_config))
    start = next((token for token in stated if token is not None), None)
    if start is None:
        raise ModelError(
            "bad-model-file",
            "The model does not say with which token its decoder starts. State decoder_start_token_id in config.json.",
        )
    before, behind = frame_of(tokenizer)
    limit = token_limit(model.config, tokenizer, max_length)
    encoder = PromptEncoder.for_encoder(tokenizer, prompt, limit - len(behind), before)
    candidates = (tokenizer.pad_token_id, model.config.pad_token_id, tokenizer.eos_token_id, 0)
    pad_id = next(candidate for candidate in candidates if candidate is not None)
    targets = target_ids(tokenizer, labels, prompt.end)
    return Seq2SeqReader(model, encoder, behind, targets, int(start), pad_id, device)


def _settings(orders: Sequence[Seq2SeqReader], asked: Prompt, scoring: Scoring) -> dict[str, Detail]:
    shown = [
        [order.encoder.bos, order.encoder.before, order.encoder.after, order.behind, order.label_ids]
        for order in orders
    ]
    return {
        "max_length": orders[0].encoder.max_length + len(orders[0].behind),
        "truncation_side": "right",
        "prompt_sha256": hashlib.sha256(json.dumps([asdict(asked), shown]).encode()).hexdigest(),
        "label_end": asked.end,
        **scoring_settings(scoring),
        "scoring": orders[0].way,
        "decoder_start": orders[0].start,
        "pooling": "mean-encoder-states",
        "dtype": "float32",
        "backend": EAGER,
        "torch": release("torch"),
        "transformers": release("transformers"),
    }
