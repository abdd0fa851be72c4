"""Load tokenizers and weights with transformers: safetensors only, no code from the model, no lines on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from surrogate.blackbox.devices import move
from surrogate.blackbox.packages import missing_package
from surrogate.blackbox.placement import Placement
from surrogate.errors import ModelError

__all__ = ["fetch", "has_experts", "load_tokenizer", "load_weights", "token_limit"]

#: Families whose positions start after the padding id, so that fewer tokens fit than there are positions.
_OFFSET_POSITIONS = frozenset(
    {"camembert", "data2vec-text", "esm", "ibert", "longformer", "luke", "mpnet", "roberta", "roberta-prelayernorm"}
    | {"xlm-roberta", "xlm-roberta-xl", "xmod"}
)
_VOCABULARIES = frozenset({"tokenizer.json", "vocab.txt", "vocab.json"})
_FETCHED = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "*.bpe"]


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back progress bars and load reports; what they would tell is checked, and raised, by the caller."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars
    from transformers.utils import logging

    verbosity, bars, hub_bars_off = (
        logging.get_verbosity(),
        logging.is_progress_bar_enabled(),
        are_progress_bars_disabled(),
    )
    logging.set_verbosity_error()
    if bars:
        logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
            if hub_bars_off:
                disable_progress_bars()


@contextmanager
def _plain_errors(name: str) -> Iterator[None]:
    """Turn what transformers raises about a folder into sentences."""
    from safetensors import SafetensorError

    try:
        yield
    except ModelError:
        raise
    except ImportError as error:
        package = (error.name or "the package its message names").split(".")[0]
        raise missing_package(package, f"to load the model {name!r}") from error
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        if "trust_remote_code" in str(error):
            raise ModelError(
                "unsafe-weights",
                f"The model {name!r} can only be loaded by running code that comes with it, and that is never done.",
            ) from error
        raise ModelError(
            "bad-model-file",
            f"The files of the model {name!r} cannot be read or do not fit together ({type(error).__name__}: "
            f"{str(error).strip().splitlines()[0] if str(error).strip() else 'no message'}). Save model and tokenizer "
            "into one folder with save_pretrained.",
        ) from error


def load_tokenizer(folder: Path, name: str) -> Any:
    """Load the tokenizer of a model folder.

    Raises
    ------
    ModelError
        ``bad-model-file``, ``unsafe-weights``, ``missing-package``.
    """
    from transformers import AutoTokenizer

    # without one, transformers may make up an empty vocabulary, to which every word is unknown
    if not any(path.name in _VOCABULARIES or path.suffix in (".model", ".bpe") for path in folder.iterdir()):
        raise ModelError(
            "bad-model-file",
            f"The folder of {name!r} has no tokenizer. Save it beside the model: tokenizer.save_pretrained(folder).",
        )
    with _quiet(), _plain_errors(name):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_weights(
    auto_class: str, folder: Path, name: str, placement: Placement, *, unread: tuple[str, ...] = ()
) -> Any:
    """Load a transformers model in evaluation mode.

    Parameters
    ----------
    auto_class : str
        For example "AutoModelForSequenceClassification".
    folder : Path
    name : str
        What errors call the model.
    placement : Placement
    unread : tuple of str, default ()
        Beginnings of the names of weights that may be missing, since nothing reads what they compute.

    Raises
    ------
    InputError
        ``no-device`` when the model does not fit there.
    ModelError
        ``bad-model-file`` when files are unreadable or weights are missing (transformers would fill them with random
        numbers), ``unsafe-weights``, ``missing-package``.
    """
    import torch
    import transformers

    with _quiet(), _plain_errors(name):
        model, report = getattr(transformers, auto_class).from_pretrained(
            folder,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            dtype=getattr(torch, placement.dtype),
            output_loading_info=True,
        )
    missing = sorted(key for key in report["missing_keys"] if not key.startswith(unread))
    if missing:
        raise ModelError(
            "bad-model-file",
            f"The weights of {name!r} lack {', '.join(missing[:3])}{' and more' if len(missing) > 3 else ''}, which "
            f"{type(model).__name__} needs. Was the model fine-tuned as a classifier, and saved whole?",
        )
    # nothing is generated, so no keys and values need to be kept
    model.config.use_cache = False
    return move(model, placement.device, name).eval()


def token_limit(config: Any, tokenizer: Any, stated: int | None = None) -> int:
    """Find how many tokens are read: as stated, else the tokenizer's limit, else the positions, else 512.

    Never more than the model has positions for.
    """
    positions = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    if positions and config.model_type in _OFFSET_POSITIONS:
        positions -= (config.pad_token_id or 0) + 1
    # transformers writes "no limit" as a huge number
    limit = tokenizer.model_max_length if tokenizer.model_max_length < 10**7 else None
    wanted = stated or limit or positions or 512
    return int(min(wanted, positions or wanted))


def has_experts(config: Any) -> bool:
    """Whether tokens are sent to experts, which read those of all rows together, in shapes that depend on them.

    Parameters
    ----------
    config : transformers configuration

    Examples
    --------
    >>> from transformers import LlamaConfig, MixtralConfig
    >>> has_experts(LlamaConfig()), has_experts(MixtralConfig())
    (False, True)
    """
    stated = config.get_text_config().to_dict().items()
    return any("experts" in key and "per_tok" not in key and isinstance(n, int) and n > 1 for key, n in stated)


def fetch(name: str) -> Path:
    """Find the folder with the files of a hub model: from the local cache if it is there, else downloaded.

    Raises
    ------
    OSError
        When it is neither in the cache nor to be had.
    """
    from huggingface_hub import snapshot_download

    options: dict[str, Any] = {"allow_patterns": _FETCHED, "ignore_patterns": ["*/*", "consolidated*"]}
    try:
        return Path(snapshot_download(name, local_files_only=True, **options))
    except OSError:
        return Path(snapshot_download(name, **options))
