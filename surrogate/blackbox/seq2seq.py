"""Encoder-decoder language models as classifiers: the encoder reads the prompt, the decoder scores every label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from surrogate.blackbox.language_model import LanguageModel, Orders
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.pretrained import token_limit
from surrogate.blackbox.prompt import Prompt
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.seq2seq_reader import WAYS, Seq2SeqReader, frame_of, target_ids
from surrogate.blackbox.ways import chosen
from surrogate.errors import ModelError

__all__ = ["Seq2SeqLM"]


class Seq2SeqLM(LanguageModel):
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
    auto_class: ClassVar[str] = "AutoModelForSeq2SeqLM"

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
        readers, backend = chosen(made, WAYS, placement)
        first = readers[0]
        shown = [
            [reader.encoder.bos, reader.encoder.before, reader.encoder.after, reader.behind, reader.label_ids]
            for reader in readers
        ]
        return Orders(
            readers=readers,
            max_length=first.encoder.max_length + len(first.behind),
            label_end=prompts[0].end,
            shown=[shown],
            backend=backend,
            details={"scoring": first.way, "decoder_start": first.start, "pooling": "mean-encoder-states"},
        )


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
