"""Language models as classifiers: what is the same for all of them, from a folder to a black box."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import Detail, Identity
from surrogate.blackbox.checks import check_labels
from surrogate.blackbox.files import check_folder
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.label_reader import LabelReader, ScoreReader
from surrogate.blackbox.placement import ON_CPU, Placement
from surrogate.blackbox.pretrained import load_tokenizer, load_weights
from surrogate.blackbox.prompt import Prompt, Scoring, default_prompt
from surrogate.errors import ModelError

__all__ = ["LanguageModel", "Orders", "labels_of", "scoring_settings"]


class Orders(NamedTuple):
    """Readers of the prompts, one for each order in which the instruction lists the labels.

    Parameters
    ----------
    readers : tuple of ScoreReader
    max_length : int
        Tokens of the longest prompt that is read whole.
    label_end : str or None
        Token text that ends a label.
    shown : list
        JSON values that say, beside the prompt that was given, how it is shown to the model.
    backend : str
        How a forward pass is made.
    details : dict of str to str, int, float, bool or None
        What else decides an answer, as a report states it.

    Examples
    --------
    >>> Orders((), 512, None, [], "torch", {"scoring": "label-by-label"}).max_length
    512
    """

    readers: tuple[ScoreReader, ...]
    max_length: int
    label_end: str | None
    shown: list[Any]
    backend: str
    details: dict[str, Detail]


class LanguageModel(ModelBacked):
    """A language model whose classes are full label strings, scored after an instruction-first prompt.

    A subclass says with which class of transformers it is loaded, and makes the readers of its prompts.

    Examples
    --------
    >>> LanguageModel.default_kind
    'language-model'
    """

    default_kind: ClassVar[str] = "language-model"

    #: The class of transformers that loads the weights.
    auto_class: ClassVar[str]

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
        placement: Placement = ON_CPU,
        source: Mapping[str, Any] | None = None,
        digests: dict[str, str] | None = None,
    ) -> Self:
        """Load a language model from a folder with config.json, model.safetensors and tokenizer files.

        Parameters
        ----------
        folder : Path
        labels : sequence of str
            The answers to choose from.
        prompt : Prompt, optional
            :func:`~surrogate.blackbox.prompt.default_prompt` by default.
        scoring : Scoring, optional
            Length normalisation, prior correction and orders of the labels; none of them by default.
        name, placement, source, digests
            As in :meth:`SequenceClassifier.from_pretrained`.
        max_length : int, optional
            Tokens of the prompt: all that the encoder reads, where there is one.

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
        model = load_weights(cls.auto_class, folder, called, placement)
        asked, how = prompt or default_prompt(), scoring or Scoring()
        orders = cls.orders(model, tokenizer, names, how.prompts(asked, names), max_length, placement)
        settings = _settings(orders, asked, how, placement)
        identity = Identity(
            name=called,
            kind=cls.default_kind,
            labels=names,
            fingerprint=model_fingerprint(cls.default_kind, digests or file_digests(folder), names, settings),
            mask_token=tokenizer.mask_token,
            embeds=True,
            parity_tolerance=placement.precision.tolerance,
            details={**settings, "device": placement.device},
        )
        here: dict[str, Any] = {"model": str(folder.resolve()), "labels": names, "prompt": prompt, "scoring": scoring}
        here |= {"max_length": max_length, "device": placement.device, "dtype": placement.dtype}
        return cls(identity, source or here, LabelReader(called, orders.readers, how, placement.precision.step))

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
        """Make a reader for each prompt; the way of scoring is chosen for the first, and asked of all.

        Parameters
        ----------
        model : transformers model
        tokenizer : transformers tokenizer
        labels : tuple of str
        prompts : sequence of Prompt
            One for each order of the labels.
        max_length : int or None
            Tokens of the prompt, as stated.
        placement : Placement

        Returns
        -------
        Orders
        """
        raise NotImplementedError


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


def _settings(orders: Orders, asked: Prompt, scoring: Scoring, placement: Placement) -> dict[str, Detail]:
    prompt = json.dumps([asdict(asked), *orders.shown])
    return {
        "max_length": orders.max_length,
        "truncation_side": "right",
        "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
        "label_end": orders.label_end,
        **scoring_settings(scoring),
        **orders.details,
        **placement.settings,
        "backend": orders.backend,
        "torch": release("torch"),
        "transformers": release("transformers"),
    }
