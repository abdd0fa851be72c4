"""Sequence classifiers: one forward pass gives probabilities and an embedding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.backends import with_backend
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.packed import EAGER, EXACT
from surrogate.blackbox.placement import ON_CPU, Placement
from surrogate.blackbox.pretrained import load_tokenizer, load_weights
from surrogate.blackbox.references import check_parity
from surrogate.blackbox.sequence_reader import SequenceReader, log_probabilities
from surrogate.blackbox.threads import SMALL, n_weights, reading
from surrogate.blackbox.tuned import tuned_backend
from surrogate.errors import ModelError

__all__ = ["SequenceClassifier"]

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
        placement: Placement = ON_CPU,
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
        placement : Placement, default float32 on the CPU
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
        model = load_weights("AutoModelForSequenceClassification", folder, called, placement)
        names = _labels(model.config, labels, called)
        digests = digests or file_digests(folder)
        wanted = backend or tuned_backend(digests) or (EXACT if n_weights(model) >= SMALL else EAGER)
        reader, embeds = _checked(SequenceReader.of(model, tokenizer, max_length, called, placement), called, wanted)
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
            parity_tolerance=placement.precision.tolerance,
            details={**settings, "device": placement.device},
        )
        here = {
            "model": str(folder.resolve()),
            "labels": labels and tuple(labels),
            "max_length": max_length,
            "device": placement.device,
            "dtype": placement.dtype,
        }
        return cls(identity, source or here, reader)


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


def _settings(reader: SequenceReader) -> dict[str, Detail]:
    return {
        "max_length": reader.max_length,
        "truncation_side": reader.tokenizer.truncation_side,
        "activation": reader.activation,
        "pooling": reader.pooling,
        **reader.placement.settings,
        "backend": reader.backend,
        "torch": release("torch"),
        "transformers": release("transformers"),
    }


def _checked(reader: SequenceReader, name: str, wanted: str) -> tuple[SequenceReader, bool]:
    """The reader, with packed layers where these are wanted and agree; and whether it gives embeddings.

    Raises if padding changes the answers to texts also read one by one.
    """
    plain = []
    for text in _PROBES:
        inputs = reader.tokenizer(text, return_tensors="pt", truncation=True, max_length=reader.max_length)
        with reading(reader.model):
            plain.append(reader.model(**inputs.to(reader.placement.device)).logits.float().cpu().numpy())
    theirs = np.exp(log_probabilities(np.concatenate(plain), reader.activation))
    ours = reader.read(list(_PROBES))
    tolerance = reader.placement.precision.tolerance
    check_parity(name, ours.probabilities, theirs, "probe text", "read by transformers alone", tolerance)
    return with_backend(reader, _PROBES, ours, wanted), ours.embeddings is not None
