"""Sequence classifiers: one forward pass gives probabilities and an embedding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.backends import with_backend
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.packed import EAGER, EXACT
from surrogate.blackbox.pretrained import has_experts, load_tokenizer, load_weights, token_limit
from surrogate.blackbox.references import check_parity
from surrogate.blackbox.threads import SMALL, n_weights, reading
from surrogate.blackbox.tokens import token_spans
from surrogate.blackbox.tuned import tuned_backend
from surrogate.errors import ModelError

__all__ = ["SequenceClassifier"]

#: Texts that are split into tokens at a time.
_ENCODED = 512

_PROBES = ("a short text.", "Another text, which is somewhat longer than the first one.")


class SequenceClassifier(ModelBacked):
    """A transformers sequence classifier: single-label, multi-label, or binary with one output.

    Single-label probabilities are a softmax; those of a multi-label model, and of a model with one output, a sigmoid.
    Texts longer than ``max_length`` tokens are cut as the tokenizer is set to cut, and flagged.  Special tokens that
    stand in a text (such as the mask token) are read as such, as the deployed model reads them.

    Examples
    --------
    >>> SequenceClassifier.default_kind
    'sequence-classifier'
    """

    default_kind: ClassVar[str] = "sequence-classifier"

    @classmethod
    def from_pretrained(
        cls,
        folder: Path,
        *,
        name: str | None = None,
        labels: Sequence[str] | None = None,
        max_length: int | None = None,
        device: str = "cpu",
        source: Mapping[str, Any] | None = None,
        digests: dict[str, str] | None = None,
        backend: str | None = None,
    ) -> SequenceClassifier:
        """Load a classifier from a folder with config.json, model.safetensors and tokenizer files.

        Parameters
        ----------
        folder : Path
        name : str, optional
            What a report calls the model; the folder's name by default.
        labels : sequence of str, optional
            Labels in the order of the outputs; the configuration's by default.
        max_length : int, optional
            Tokens per text, special tokens included.
        device : str, default "cpu"
        source : mapping, optional
            Arguments by which :func:`~surrogate.blackbox.load_model` finds the model again in another process; those
            given here by default.
        digests : dict of str to str, optional
            SHA-256 by file name, where they were computed already.
        backend : str, optional
            One of ``packed.BACKENDS``; None: what ``surrogate models tune`` wrote down, else packed layers for a model of ten
            million weights or more.  Where packed layers cannot be used, or do not agree, plain torch is.

        Raises
        ------
        ModelError
            ``no-weights``, ``unsafe-weights``, ``bad-model-file``, ``bad-labels``, ``not-a-classifier``,
            ``reference-mismatch`` when padding changes the answers.
        """
        called = name or folder.name
        check_folder(folder)
        tokenizer = load_tokenizer(folder, called)
        model = load_weights("AutoModelForSequenceClassification", folder, called, device)
        names = _labels(model.config, labels, called)
        digests = digests or file_digests(folder)
        wanted = backend or tuned_backend(digests) or (EXACT if n_weights(model) >= SMALL else EAGER)
        reader, embeds = _checked(_reader(model, tokenizer, max_length, called, device), called, wanted)
        settings = _settings(reader)
        fingerprint = model_fingerprint(cls.default_kind, digests, names, settings)
        identity = Identity(
            name=called,
            kind=cls.default_kind,
            labels=names,
            fingerprint=fingerprint,
            multi_label=reader.activation == "sigmoid",
            mask_token=tokenizer.mask_token,
            embeds=embeds,
            details={**settings, "device": device},
        )
        here = {
            "model": str(folder.resolve()),
            "labels": labels and tuple(labels),
            "max_length": max_length,
            "device": device,
        }
        return cls(identity, source or here, reader)


@dataclass(frozen=True, eq=False)
class _SequenceReader:
    model: Any
    tokenizer: Any
    activation: str  # softmax, sigmoid, or one-logit
    pooling: str  # first-token, last-token or mean
    pad_id: int
    max_length: int
    device: str
    name: str
    backend: str = EAGER

    def read(self, texts: list[str]) -> Answers:
        """Answers with probabilities and embeddings from one forward pass per batch."""
        sequences, truncated = self.encode(texts)
        if not texts:
            width = int(self.model.config.get_text_config().hidden_size)
            logits, embeddings = np.empty((0, self.model.config.num_labels)), np.empty((0, width), np.float32)
        else:
            logits, embeddings = read_in_batches(sequences, self.forward, self.shapes, pad_id=self.pad_id)  # type: ignore[assignment]
        logs = _log_probabilities(logits, self.activation)
        nobody = np.zeros(len(texts), dtype=bool)
        return Answers(logs, embeddings, None, nobody, truncated)

    @property
    def shapes(self) -> Shapes:
        """The shapes of batches."""
        if self.backend == EXACT:
            shapes = Shapes(self.max_length, max_rows=64, budget=2048, exact=True)
        else:
            shapes = Shapes(self.max_length, step=4)
        # an expert reads the tokens of all rows that are sent to it, so its shapes would depend on them
        return replace(shapes, max_rows=1) if has_experts(self.model.config) else shapes

    def encode(self, texts: list[str]) -> tuple[list[list[int]], NDArray[np.bool_]]:
        """Token ids of each text, and whether it was cut."""
        if not texts:
            return [], np.zeros(0, dtype=bool)
        sequences: list[Any] = []
        for start in range(0, len(texts), _ENCODED):
            # Arrays, and a few texts at a time: what a tokenizer returns holds far more of every token than its number.
            encoded = self.tokenizer(texts[start : start + _ENCODED], verbose=False)["input_ids"]
            sequences += [np.array(ids, dtype=np.int32) for ids in encoded]
        truncated = np.array([len(ids) > self.max_length for ids in sequences])
        for row in np.flatnonzero(truncated):
            cut = self.tokenizer(texts[row], truncation=True, max_length=self.max_length)
            sequences[row] = cut["input_ids"]
        # a tokenizer without special tokens gives the empty text no token at all, and a model reads at least one
        return [ids if len(ids) else [self.pad_id] for ids in sequences], truncated

    def token_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Start and end of each token of ``text``, in characters."""
        return token_spans(self.tokenizer, self.name, text)

    def forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> list[NDArray[np.float32] | None]:
        """Logits, shape (n_rows, n_outputs), and embeddings, shape (n_rows, n_dimensions), from one pass."""
        import torch

        attention = torch.from_numpy(mask).to(self.device)
        with reading(self.model):
            output = self.model(
                input_ids=torch.from_numpy(ids).to(self.device), attention_mask=attention, output_hidden_states=True
            )
            hidden = _last_hidden(output)
            pooled = None if hidden is None else _pool(hidden, attention, self.pooling).cpu().numpy()
        return [output.logits.cpu().numpy(), pooled]


def _reader(model: Any, tokenizer: Any, max_length: int | None, name: str, device: str) -> _SequenceReader:
    config = model.config
    if config.problem_type == "regression":
        raise ModelError("not-a-classifier", f"The model {name!r} is a regression: it gives a number, not classes.")
    decoder = hasattr(model, "score")
    candidates = (config.pad_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id, 0)
    pad_id = next(candidate for candidate in candidates if candidate is not None)
    # decoder heads look for the last token that is not padding, and refuse batches without a padding id
    config.get_text_config().pad_token_id = pad_id
    return _SequenceReader(
        model=model,
        tokenizer=tokenizer,
        activation=_activation(config),
        pooling=_pooling(config, tokenizer, last=decoder or bool(config.is_encoder_decoder)),
        pad_id=pad_id,
        max_length=token_limit(config, tokenizer, max_length),
        device=device,
        name=name,
    )


def _activation(config: Any) -> str:
    if config.problem_type == "multi_label_classification":
        return "sigmoid"
    return "one-logit" if config.num_labels == 1 else "softmax"


def _pooling(config: Any, tokenizer: Any, last: bool) -> str:
    if last:
        return "last-token"
    if getattr(config, "classifier_pooling", None) == "mean":
        return "mean"
    starts = tokenizer("a")["input_ids"][:1]
    return "first-token" if starts and starts[0] == tokenizer.cls_token_id else "mean"


def _last_hidden(output: Any) -> Any:
    states = getattr(output, "hidden_states", None) or getattr(output, "decoder_hidden_states", None)
    return states[-1] if states else None


def _pool(hidden: Any, mask: Any, pooling: str) -> Any:
    import torch

    if pooling == "first-token":
        return hidden[:, 0]
    if pooling == "last-token":
        return hidden[torch.arange(len(hidden), device=hidden.device), mask.sum(dim=1) - 1]
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)


def _log_probabilities(logits: NDArray[Any], activation: str) -> NDArray[np.float64]:
    """Log-probabilities in float64 from float32 logits, shape (n_texts, n_classes)."""
    exact = logits.astype(np.float64)
    if not np.isfinite(exact).all():
        raise ModelError("bad-answer-values", "The model gave NaN or infinite logits. Its weights may be damaged.")
    if activation == "sigmoid":
        return -np.logaddexp(0.0, -exact)
    if activation == "one-logit":
        return -np.logaddexp(0.0, np.hstack([exact, -exact]))
    highest = exact.max(axis=1, keepdims=True)
    return exact - highest - np.log(np.exp(exact - highest).sum(axis=1, keepdims=True))


def _labels(config: Any, labels: Sequence[str] | None, name: str) -> tuple[str, ...]:
    n_outputs = int(config.num_labels)
    own = [config.id2label[index] for index in range(n_outputs)]
    multi = config.problem_type == "multi_label_classification"
    n_classes = 2 if n_outputs == 1 and not multi else n_outputs
    if labels is None:
        labels = own if n_classes == n_outputs else [f"not {own[0]}", own[0]]
    if len(labels) != n_classes:
        raise ModelError("bad-labels", f"The model {name!r} has {n_classes} classes; {len(labels)} labels were given.")
    return check_labels(labels, at_least=1)


def _settings(reader: _SequenceReader) -> dict[str, Detail]:
    return {
        "max_length": reader.max_length,
        "truncation_side": reader.tokenizer.truncation_side,
        "activation": reader.activation,
        "pooling": reader.pooling,
        "dtype": "float32",
        "backend": reader.backend,
        "torch": release("torch"),
        "transformers": release("transformers"),
    }


def _checked(reader: _SequenceReader, name: str, wanted: str) -> tuple[_SequenceReader, bool]:
    """The reader, with packed layers where these are wanted and agree; and whether it gives embeddings.

    Raises if padding changes the answers to texts also read one by one.
    """
    plain = []
    for text in _PROBES:
        inputs = reader.tokenizer(text, return_tensors="pt", truncation=True, max_length=reader.max_length)
        with reading(reader.model):
            plain.append(reader.model(**inputs.to(reader.device)).logits.cpu().numpy())
    theirs = np.exp(_log_probabilities(np.concatenate(plain), reader.activation))
    ours = reader.read(list(_PROBES))
    check_parity(name, ours.probabilities, theirs, "probe text", "read by transformers alone")
    return with_backend(reader, _PROBES, ours, wanted), ours.embeddings is not None
