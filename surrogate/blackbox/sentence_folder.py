"""Folders that sentence-transformers wrote: where the model is, and how its embeddings are pooled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.blackbox.files import read_config
from surrogate.blackbox.pooling import FIRST, LAST, MEAN
from surrogate.errors import ModelError

__all__ = ["SentenceFolder", "read_sentence_folder"]

_MODES = {"pooling_mode_cls_token": FIRST, "pooling_mode_lasttoken": LAST, "pooling_mode_mean_tokens": MEAN}
#: The names of the same since release 6 of sentence-transformers, which writes them as the value of ``pooling_mode``.
_NEWER_MODES = {"cls": FIRST, "lasttoken": LAST, "mean": MEAN}
#: Modules that do not change which texts are near to each other.
_HARMLESS = ("Transformer", "Pooling", "Normalize")


@dataclass(frozen=True)
class SentenceFolder:
    """What a folder says about embeddings.

    Parameters
    ----------
    folder : Path
        With the weights and the tokenizer.
    pooling : str or None
        As :func:`surrogate.blackbox.pooling.pool` takes it; None: the folder says nothing.
    max_length : int or None
    is_classifier : bool
        Whether the weights are those of a sequence classifier.

    Examples
    --------
    >>> SentenceFolder(Path("toy")).pooling is None
    True
    """

    folder: Path
    pooling: str | None = None
    max_length: int | None = None
    is_classifier: bool = False


def read_sentence_folder(folder: Path) -> SentenceFolder:
    """Read modules.json and what it names, or else config.json alone.

    Raises
    ------
    ModelError
        ``bad-model-file`` for a folder that cannot be read, or with a module or a pooling that is not known.
    """
    modules = folder / "modules.json"
    if not modules.is_file():
        names = [str(name) for name in read_config(folder).get("architectures") or []]
        return SentenceFolder(folder, is_classifier=any(name.endswith("ForSequenceClassification") for name in names))
    listed = _json(modules, folder)
    kinds = {str(module.get("type", "")).rsplit(".", 1)[-1]: str(module.get("path", "")) for module in listed}
    strange = sorted(set(kinds) - set(_HARMLESS))
    if strange or "Transformer" not in kinds:
        raise ModelError(
            "bad-model-file",
            f"The folder {folder.name!r} is a sentence-transformers model with {', '.join(strange) or 'no Transformer'}; only "
            f"{', '.join(_HARMLESS)} can be read.",
        )
    inner = folder / kinds["Transformer"]
    settings = inner / "sentence_bert_config.json"
    limit = _json(settings, folder).get("max_seq_length") if settings.is_file() else None
    pooling = _pooling(folder / kinds["Pooling"] / "config.json", folder) if "Pooling" in kinds else MEAN
    return SentenceFolder(inner, pooling, int(limit) if limit else None)


def _pooling(path: Path, folder: Path) -> str:
    stated = _json(path, folder)
    newer = stated.get("pooling_mode")
    if isinstance(newer, str) and newer in _NEWER_MODES:
        return _NEWER_MODES[newer]
    chosen = [str(newer)] if newer is not None else []
    chosen += [key for key, value in stated.items() if key.startswith("pooling_mode") and value is True]
    if len(chosen) == 1 and chosen[0] in _MODES:
        return _MODES[chosen[0]]
    raise ModelError(
        "bad-model-file",
        f"The folder {folder.name!r} pools by {', '.join(chosen) or 'nothing'}; one of {', '.join(_MODES)} can be read.",
    )


def _json(path: Path, folder: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ModelError(
            "bad-model-file", f"{path.name} in the folder {folder.name!r} cannot be read as JSON."
        ) from error
