"""Masked language models: they fill in what a sampler takes out of a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from surrogate.blackbox.base import Detail
from surrogate.blackbox.files import check_folder, read_config, verify_files
from surrogate.blackbox.find import Found, find_model, shipped_models
from surrogate.blackbox.fingerprint import file_digests, model_fingerprint, release
from surrogate.blackbox.masked_reader import MaskedReader
from surrogate.blackbox.packages import require_transformers
from surrogate.blackbox.placement import Placement
from surrogate.blackbox.pretrained import load_tokenizer, load_weights, token_limit
from surrogate.blackbox.references import check_parity
from surrogate.blackbox.spec import MASKED, Reference, read_spec
from surrogate.blanks import Blanks
from surrogate.errors import InputError, ModelError

__all__ = ["MaskedLM", "load_masked_lm", "shipped_masked_lms"]

#: Texts whose fillings are remembered.
_REMEMBERED = 100_000


class MaskedLM:
    """A transformers masked language model that fills blanks in.

    It is shared, never copied, by ``clone`` and ``deepcopy``; pickled without its weights, and loaded again on first use.

    Parameters
    ----------
    name : str
    fingerprint : str
        Identity of everything that decides what is filled in.
    details : dict of str to str, int, float, bool or None
        What a report states about the reading of the model.
    source : mapping
        Arguments of :func:`load_masked_lm` that load the same model again.
    reader : MaskedReader or None
        The loaded weights.

    Examples
    --------
    >>> model = MaskedLM("toy", "masked-lm:sha256:0", {}, {"model": "toy"}, None)
    >>> from copy import deepcopy
    >>> deepcopy(model) is model, model.fill([], top_k=5, temperature=1.0, order="at_once")
    (True, [])
    """

    kind = MASKED

    def __init__(
        self,
        name: str,
        fingerprint: str,
        details: Mapping[str, Detail],
        source: Mapping[str, Any],
        reader: MaskedReader | None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.details = dict(details)
        self._source = dict(source)
        self._reader = reader
        self._known: dict[tuple[object, ...], tuple[str, ...]] = {}

    def __sklearn_clone__(self) -> Self:
        return self

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f"MaskedLM(name={self.name!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_reader": None, "_known": {}}

    def fill(self, texts: Sequence[Blanks], *, top_k: int, temperature: float, order: str) -> list[tuple[str, ...]]:
        """A word for each blank of each text; the same whatever texts are filled together, and in which order.

        Parameters
        ----------
        texts : sequence of Blanks
        top_k : int
            So many of the likeliest whole words, or marks of punctuation, may be drawn; never the word that stood there.
        temperature : float
            Logits are divided by it.
        order : {"left_to_right", "at_once"}
            Whether a blank is filled after those before it, or each by itself.

        Returns
        -------
        list of tuple of str

        Raises
        ------
        InputError
            ``too-many-tokens``; ``bad-parameter`` for a text that holds the mask token itself.
        ModelError
            ``wrong-digest`` when the model had to be loaded again and is no longer the same.
        """
        keys = [(text, top_k, temperature, order) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            filled = self._loaded().fill(list(new.values()), top_k, temperature, order)
            if len(self._known) + len(new) > _REMEMBERED:
                self._known = {key: self._known[key] for key in keys if key in self._known}
            self._known |= dict(zip(new, filled, strict=True))
        return [self._known[key] for key in keys]

    def _loaded(self) -> MaskedReader:
        if self._reader is None:
            again = load_masked_lm(**self._source)
            if again.fingerprint != self.fingerprint:
                raise ModelError(
                    "wrong-digest",
                    f"The language model {self.name!r} is no longer what it was when this object was saved. Load it anew.",
                )
            self._reader = again._reader
        return self._reader  # type: ignore[return-value]


def load_masked_lm(model: str | Path, *, device: str = "cpu", dtype: str = "float32") -> MaskedLM:
    """Load a masked language model, which fills in what a sampler takes out of a text.

    Parameters
    ----------
    model : str or Path
        The name of a shipped model, a folder saved with ``save_pretrained``, or a hub name (``owner/name``).
    device : str, default "cpu"
        Where torch computes, as :func:`surrogate.blackbox.load_model` takes it.
    dtype : {"float32", "bfloat16", "float16"}, default "float32"

    Returns
    -------
    MaskedLM

    Raises
    ------
    InputError
        ``missing-mask-token`` when its tokenizer has none; ``no-device``.
    ModelError
        ``not-a-masked-lm``, ``unknown-model``, ``no-weights``, ``unsafe-weights``, ``wrong-digest``, ``bad-model-file``,
        ``reference-mismatch``, ``missing-package``.

    Examples
    --------
    >>> load_masked_lm("bank-mlm").kind
    'masked-lm'
    """
    found = find_model(model)
    if found.origin == "file":
        raise _not_masked(found.path.name, "a saved object")
    placement = Placement.of(device, dtype)
    source = {"model": found.name, "device": placement.device, "dtype": dtype}
    if not found.is_described:
        name = found.name if found.origin == "hub" else found.path.resolve().name
        return _load(found, name, None, (), placement, source)
    spec = read_spec(found.path)
    if spec.kind != MASKED:
        raise _not_masked(spec.name, f"a {spec.kind}")
    verify_files(found.path, spec)
    return _load(found, spec.name, spec.max_length, spec.references, placement, source)


def shipped_masked_lms() -> list[str]:
    """Names of the masked language models that come with the package.

    Examples
    --------
    >>> shipped_masked_lms()
    ['bank-mlm']
    """
    return [model.name for model in shipped_models() if model.kind == MASKED]


def _load(
    found: Found,
    name: str,
    max_length: int | None,
    references: Sequence[Reference],
    placement: Placement,
    source: Mapping[str, Any],
) -> MaskedLM:
    folder = found.path
    architectures = [str(architecture) for architecture in read_config(folder).get("architectures") or []]
    if not any(architecture.endswith(("ForMaskedLM", "ForPreTraining")) for architecture in architectures):
        raise _not_masked(name, ", ".join(architectures) or "of no stated architecture")
    check_folder(folder)
    require_transformers(name)
    tokenizer = load_tokenizer(folder, name)
    if tokenizer.mask_token_id is None:
        raise InputError(
            "missing-mask-token",
            f"The tokenizer of the language model {name!r} has no mask token, so it cannot be asked to fill words in. Name "
            f"another; shipped: {', '.join(shipped_masked_lms())}.",
        )
    model = load_weights("AutoModelForMaskedLM", folder, name, placement)
    reader = MaskedReader(model, tokenizer, token_limit(model.config, tokenizer, max_length), placement, name)
    _check(reader, references)
    settings: dict[str, Detail] = {"max_length": reader.max_length, **placement.settings}
    settings |= {"torch": release("torch"), "transformers": release("transformers")}
    fingerprint = model_fingerprint(MASKED, file_digests(folder), (), settings)
    return MaskedLM(name, fingerprint, {**settings, "device": placement.device}, source, reader)


def _check(reader: MaskedReader, references: Sequence[Reference]) -> None:
    """Raise ``reference-mismatch`` unless recorded tokens have their recorded probabilities."""
    for number, reference in enumerate(references):
        ids = np.array(reader.tokenizer(reference.text)["input_ids"], dtype=np.int64)
        logits = reader._masked_logits(ids[None], np.ones_like(ids)[None], 1)[0, 0].double().cpu().numpy()
        shares = np.exp(logits - np.logaddexp.reduce(logits))
        tokens = reader.tokenizer.convert_tokens_to_ids(list(reference.tokens))
        ours, theirs = shares[tokens][None], np.array([reference.probabilities])
        check_parity(
            reader.name, ours, theirs, f"reference text {number}, row", "recorded", reader.placement.precision.tolerance
        )


def _not_masked(name: str, what: str) -> ModelError:
    return ModelError(
        "not-a-masked-lm",
        f"The model {name!r} is {what}; to fill words in, a masked language model is needed, such as BertForMaskedLM. "
        f"Shipped: {', '.join(shipped_masked_lms())}.",
    )
