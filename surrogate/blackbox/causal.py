"""Causal language models as classifiers: every label is scored as the answer to a prompt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.packed import EAGER
from surrogate.blackbox.pretrained import load_tokenizer, load_weights, token_limit
from surrogate.blackbox.prompting import PromptEncoder
from surrogate.blackbox.references import check_parity
from surrogate.blackbox.scoring import LabelTrie, score_rows, score_trie
from surrogate.blackbox.spec import Prompt
from surrogate.blackbox.threads import reading
from surrogate.blackbox.tokens import token_spans
from surrogate.errors import ModelError

__all__ = ["CausalLM", "default_prompt"]

_PROBES = ("a short text.", "Another text, which is somewhat longer than the first one.")
#: Logits that one batch may keep, so that large vocabularies do not fill the memory.
_KEPT_LOGITS = 64_000_000


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
            :func:`default_prompt` by default.
        name, max_length, device, source, digests
            As in :meth:`SequenceClassifier.from_pretrained`; ``max_length`` is that of the prompt.

        Raises
        ------
        ModelError
            ``missing-labels``, ``bad-labels``, ``prompt-without-text``, ``no-weights``, ``unsafe-weights``,
            ``bad-model-file``, ``reference-mismatch`` when the model cannot be read in batches.
        """
        called = name or folder.name
        if labels is None:
            raise ModelError(
                "missing-labels",
                f"The model {called!r} generates text and does not say what its labels are. Give them, for example "
                "labels=['complaint', 'praise'].",
            )
        names = check_labels(labels)
        check_folder(folder)
        tokenizer = load_tokenizer(folder, called)
        model = load_weights("AutoModelForCausalLM", folder, called, device)
        reader = _reader(model, tokenizer, names, prompt or default_prompt(names), max_length, device, called)
        reader = _checked(reader, called)
        settings = _settings(reader)
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
            "max_length": max_length,
            "device": device,
        }
        return cls(identity, source or here, reader)


def default_prompt(labels: Sequence[str]) -> Prompt:
    """Return the prompt that is used when none is given: instruction first, then the text.

    Examples
    --------
    >>> default_prompt(["praise", "complaint"]).instruction
    'Classify the text below. Answer with one of these labels only: praise, complaint.'
    """
    return Prompt(
        "{instruction}\n\nText: {text}",
        f"Classify the text below. Answer with one of these labels only: {', '.join(labels)}.",
    )


@dataclass(frozen=True, eq=False)
class _CausalReader:
    model: Any
    encoder: PromptEncoder
    prompt: Prompt
    label_ids: tuple[tuple[int, ...], ...]
    scoring: str  # label-trie or label-rows
    pad_id: int
    device: str
    name: str

    def read(self, texts: list[str]) -> Answers:
        """Answers with label mass and embeddings."""
        sequences, truncated = self.encoder.encode(texts)
        if texts:
            scores, embeddings = read_in_batches(
                sequences, self.forward(), self.shapes(), pad_id=self.pad_id, pad_left=True
            )
        else:
            width = int(self.model.config.get_text_config().hidden_size)
            scores, embeddings = np.empty((0, len(self.label_ids))), np.empty((0, width), np.float32)
        nobody = np.zeros(len(texts), dtype=bool)
        logs, mass = _normalise(scores)
        return Answers(logs, embeddings, mass, nobody, np.array(truncated, dtype=bool))  # type: ignore[arg-type]

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Start and end of each token of ``text`` inside the prompt, in characters of the text."""
        encoder = self.encoder
        return token_spans(encoder.tokenizer, self.name, text, encoder.before, encoder.after)

    def forward(self) -> Callable[..., Any]:
        if self.scoring == "label-trie":
            return score_trie(self.model, LabelTrie.of(self.label_ids), self.device)
        return score_rows(self.model, self.label_ids, self.pad_id, self.device)

    def shapes(self) -> Shapes:
        """Batch shapes: few enough rows for the label tokens and the logits that are kept."""
        extra = len(LabelTrie.of(self.label_ids).tokens)
        vocabulary = int(self.model.config.get_text_config().vocab_size)
        rows = max(1, min(16, _KEPT_LOGITS // ((extra + 1) * vocabulary)))
        return Shapes(self.encoder.max_length, max_rows=rows, extra=extra)


def _reader(
    model: Any,
    tokenizer: Any,
    labels: tuple[str, ...],
    prompt: Prompt,
    max_length: int | None,
    device: str,
    name: str,
) -> _CausalReader:
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
    return _CausalReader(model, encoder, prompt, tuple(label_ids), _scoring(model), pad_id, device, name)


def _one_starts_another(label_ids: Sequence[tuple[int, ...]]) -> bool:
    ordered = sorted(label_ids)
    return any(later[: len(label)] == label for label, later in pairwise(ordered))


def _scoring(model: Any) -> str:
    import inspect

    config = model.config.get_text_config()
    taken = inspect.signature(model.forward).parameters
    # a custom mask would undo windows and chunks of attention
    local = any(getattr(config, key, None) for key in ("sliding_window", "attention_chunk_size"))
    return "label-trie" if {"position_ids", "logits_to_keep"} <= set(taken) and not local else "label-rows"


def _checked(reader: _CausalReader, name: str) -> _CausalReader:
    """Return the reader, with one row per label if the model does not take the trie; raise if neither agrees."""
    # per token, because the probabilities of long labels are too small to show a difference
    lengths = np.array([len(label) for label in reader.label_ids])
    plain = np.exp(_read_plainly(reader, _PROBES) / lengths)
    try:
        ours = reader.read(list(_PROBES))
        scores = ours.log_probabilities + np.log(ours.label_mass)[:, None]  # type: ignore[arg-type]
        check_parity(name, np.exp(scores / lengths), plain, "probe text", "read label by label")
        return reader
    except (ModelError, RuntimeError, ValueError, TypeError, IndexError):
        if reader.scoring == "label-rows":
            raise
    # state-space and linear-attention layers, and some positions, know no custom mask
    return _checked(replace(reader, scoring="label-rows"), name)


def _read_plainly(reader: _CausalReader, texts: Sequence[str]) -> NDArray[np.float64]:
    """Score each prompt and label by a pass of its own, without padding, shape (n_texts, n_labels)."""
    import torch

    prompts, _ = reader.encoder.encode(list(texts))
    scores = np.empty((len(texts), len(reader.label_ids)))
    for row, ids in enumerate(prompts):
        for column, label in enumerate(reader.label_ids):
            with reading(reader.model):
                logits = reader.model(input_ids=torch.tensor([[*ids, *label]], device=reader.device)).logits[0]
            logs = logits[len(ids) - 1 : -1].double().log_softmax(dim=-1).cpu().numpy()
            scores[row, column] = logs[np.arange(len(label)), list(label)].sum()
    return scores


def _normalise(scores: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log-probabilities relative to all labels, and the mass of all labels."""
    if not np.isfinite(scores).all():
        raise ModelError("bad-answer-values", "The model gave NaN or infinite logits. Its weights may be damaged.")
    total = np.logaddexp.reduce(scores, axis=1)
    # rounding may lift a mass of one by a few units in the last place
    return scores - total[:, None], np.minimum(np.exp(total), 1.0)


def _settings(reader: _CausalReader) -> dict[str, Detail]:
    encoder = reader.encoder
    # the rendered prompt, so that a change of the chat template is a change of the prompt
    asked = json.dumps([asdict(reader.prompt), encoder.before, encoder.after, encoder.label_space, reader.label_ids])
    return {
        "max_length": encoder.max_length,
        "truncation_side": "right",
        "prompt_sha256": hashlib.sha256(asked.encode()).hexdigest(),
        "label_end": reader.prompt.end,
        "length_normalised": False,
        "scoring": reader.scoring,
        "pooling": "last-prompt-token",
        "dtype": "float32",
        "backend": EAGER,
        "torch": release("torch"),
        "transformers": release("transformers"),
    }
