"""Embedders: the hidden states of a transformers model as embeddings of texts, from any of its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.answers import Answers
from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import Identity
from surrogate.blackbox.batching import Shapes, read_in_batches
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.placement import ON_CPU, Placement
from surrogate.blackbox.pooling import FIRST, LAST, MEAN, pool
from surrogate.blackbox.pretrained import has_experts, load_tokenizer, load_weights, token_limit
from surrogate.blackbox.sentence_folder import read_sentence_folder
from surrogate.blackbox.threads import reading
from surrogate.blackbox.token_reader import TokenReader
from surrogate.errors import InputError, ModelError

__all__ = ["Embedder"]


class Embedder(ModelBacked):
    """A transformers model that is asked for embeddings only: a black box without classes.

    Its answers have no column of probabilities; they are kept and asked for as those of every black box, so that each
    distinct text is read once.

    Examples
    --------
    >>> Embedder.default_kind
    'embedder'
    """

    default_kind: ClassVar[str] = "embedder"

    @classmethod
    def from_pretrained(
        cls,
        folder: Path,
        *,
        name: str | None = None,
        layer: int | None = None,
        pooling: str | None = None,
        max_length: int | None = None,
        placement: Placement = ON_CPU,
        source: Mapping[str, Any] | None = None,
    ) -> Embedder:
        """Load an embedder from a folder that transformers or sentence-transformers wrote.

        Parameters
        ----------
        folder : Path
        name : str, optional
            What a report calls it; the folder's name by default.
        layer : int, optional
            Which hidden states: 0 are the embeddings of the tokens, 1 those after the first layer.  None: the last layer; of a
            classifier the last but one, since the last one holds little but its decision.
        pooling : {"first-token", "last-token", "mean"}, optional
            Which position stands for the text.  None: as the folder says; else the first token where the tokenizer begins with
            a special token and the folder holds a classifier, and the mean otherwise.
        max_length : int, optional
            Tokens per text, special tokens included.
        placement : Placement, default float32 on the CPU
        source : mapping, optional
            Arguments by which :func:`~surrogate.blackbox.load_embedder` finds the model again in another process.

        Raises
        ------
        InputError
            ``bad-parameter`` for a layer the model does not have.
        ModelError
            ``no-weights``, ``unsafe-weights``, ``bad-model-file``.
        """
        inner = read_sentence_folder(folder)
        called = name or folder.name
        check_folder(inner.folder)
        tokenizer = load_tokenizer(inner.folder, called)
        # Hidden states are read; a language model that was saved without the pooler of a classifier has them all.
        model = load_weights("AutoModel", inner.folder, called, placement, unread=("pooler.",))
        reader = EmbeddingReader.of(
            model,
            tokenizer,
            layer=layer,
            pooling=pooling or inner.pooling,
            max_length=max_length or inner.max_length,
            placement=placement,
            is_classifier=inner.is_classifier,
            name=called,
        )
        settings = reader.settings
        digests = file_digests(inner.folder)
        identity = Identity(
            name=called,
            kind=cls.default_kind,
            labels=(),
            fingerprint=model_fingerprint(cls.default_kind, digests, (), settings),
            mask_token=tokenizer.mask_token,
            embeds=True,
            details={**settings, "device": placement.device},
        )
        here = {"model": str(folder.resolve()), "layer": layer, "pooling": pooling, "max_length": max_length}
        return cls(identity, source or here, reader)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embedding of each text, shape (n_texts, n_dimensions).

        Raises
        ------
        InputError
            ``not-text`` or ``not-utf8``.
        ModelError
            As :meth:`answer`.
        """
        embeddings = self.answer(texts).embeddings
        return np.empty((0, 0), np.float32) if embeddings is None else embeddings

    def _again(self) -> ModelBacked:
        from surrogate.blackbox.embedding_sources import load_local_embedder

        return load_local_embedder(**self._source)


@dataclass(frozen=True, eq=False)
class EmbeddingReader(TokenReader):
    """An encoder or decoder in memory, and which of its hidden states are read.

    Parameters
    ----------
    layer : int
        From 0, the embeddings of the tokens, to the number of layers.
    pooling : str
        ``first-token``, ``last-token`` or ``mean``.
    placement : Placement

    Examples
    --------
    >>> EmbeddingReader(None, None, 0, 64, "toy", 2, "mean", None).layer
    2
    """

    layer: int
    pooling: str
    placement: Placement

    @classmethod
    def of(
        cls,
        model: Any,
        tokenizer: Any,
        *,
        layer: int | None,
        pooling: str | None,
        max_length: int | None,
        placement: Placement,
        is_classifier: bool,
        name: str,
    ) -> EmbeddingReader:
        """Make the reader of a loaded model."""
        config = model.config
        if getattr(config, "is_encoder_decoder", False):
            raise ModelError(
                "bad-model-file", f"The model {name!r} is an encoder-decoder; give an encoder or a decoder as embedder."
            )
        n_layers = int(config.get_text_config().num_hidden_layers)
        candidates = (config.pad_token_id, tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id, 0)
        return cls(
            model=model,
            tokenizer=tokenizer,
            pad_id=next(candidate for candidate in candidates if candidate is not None),
            max_length=token_limit(config, tokenizer, max_length),
            name=name,
            layer=_layer(layer, n_layers, is_classifier, name),
            pooling=_pooling(pooling, tokenizer, is_classifier, name),
            placement=placement,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What decides an embedding, besides the files."""
        return {
            "layer": self.layer,
            "pooling": self.pooling,
            "max_length": self.max_length,
            "truncation_side": self.tokenizer.truncation_side,
            **self.placement.settings,
            "torch": release("torch"),
            "transformers": release("transformers"),
        }

    def read(self, texts: list[str]) -> Answers:
        """Answers without a class, with embeddings from one forward pass per batch."""
        sequences, truncated = self.encode(texts)
        width = int(self.model.config.get_text_config().hidden_size)
        embeddings: Any = np.empty((0, width), np.float32)
        if texts:
            # an expert reads the tokens of all rows that are sent to it, so its shapes would depend on them
            shapes = Shapes(self.max_length, step=4, max_rows=1 if has_experts(self.model.config) else 16)
            (embeddings,) = read_in_batches(sequences, self.forward, shapes, pad_id=self.pad_id)
        nobody = np.zeros(len(texts), dtype=bool)
        return Answers(np.empty((len(texts), 0)), embeddings, None, nobody, truncated)

    def forward(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> list[NDArray[np.float32] | None]:
        """Embeddings, shape (n_rows, n_dimensions)."""
        import torch

        device = self.placement.device
        attention = torch.from_numpy(mask).to(device)
        with reading(self.model):
            output = self.model(
                input_ids=torch.from_numpy(ids).to(device), attention_mask=attention, output_hidden_states=True
            )
            return [pool(output.hidden_states[self.layer], attention, self.pooling).float().cpu().numpy()]


def _layer(wanted: int | None, n_layers: int, is_classifier: bool, name: str) -> int:
    if wanted is None:
        return max(1, n_layers - 1) if is_classifier else n_layers
    if not 0 <= wanted <= n_layers:
        raise InputError(
            "bad-parameter",
            f"The model {name!r} has the layers 0 (its tokens) to {n_layers}; there is no layer {wanted}.",
        )
    return wanted


def _pooling(wanted: str | None, tokenizer: Any, is_classifier: bool, name: str) -> str:
    if wanted is not None:
        if wanted not in (FIRST, LAST, MEAN):
            raise InputError(
                "bad-parameter", f"Embeddings of {name!r} can be pooled as {FIRST}, {LAST} or {MEAN}, not {wanted!r}."
            )
        return wanted
    starts = tokenizer("a")["input_ids"][:1]
    special = bool(starts) and tokenizer.cls_token_id is not None and starts[0] == tokenizer.cls_token_id
    return FIRST if is_classifier and special else MEAN
