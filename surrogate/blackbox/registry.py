"""Find and load a black box by name, path or object."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import BlackBox
from surrogate.blackbox.estimator import EstimatorBox
from surrogate.blackbox.files import check_folder, read_config, verify_files
from surrogate.blackbox.function import FunctionBox
from surrogate.blackbox.packages import require_transformers
from surrogate.blackbox.prompt import Prompt, Scoring
from surrogate.blackbox.references import check_references
from surrogate.blackbox.saved import PICKLE_SUFFIXES, load_saved
from surrogate.blackbox.spec import SPEC_FILE, read_spec
from surrogate.errors import InputError, ModelError

__all__ = ["ShippedModel", "as_black_box", "load_model", "shipped_models"]

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


class ShippedModel(NamedTuple):
    """A model that comes with the package.

    Examples
    --------
    >>> ShippedModel("toy", "causal-lm", "A toy.", ("yes", "no"), 1_000_000).kind
    'causal-lm'
    """

    name: str
    kind: str
    summary: str
    labels: tuple[str, ...]
    size_bytes: int


def shipped_models() -> list[ShippedModel]:
    """List the models that come with the package, by name; nothing is loaded."""
    shipped = []
    for path in sorted(_models_folder().glob(f"*/{SPEC_FILE}")):
        spec = read_spec(path.parent)
        size = sum(file.stat().st_size for file in path.parent.iterdir() if file.name in spec.files)
        shipped.append(ShippedModel(path.parent.name, spec.kind, spec.summary, spec.labels, size))
    return shipped


def load_model(
    model: Any,
    *,
    classes: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    prompt: str | Prompt | None = None,
    scoring: Scoring | None = None,
    max_length: int | None = None,
    device: str = "cpu",
    allow_remote: bool = False,
) -> BlackBox:
    """Load whatever can be explained.

    Parameters
    ----------
    model : str, Path, estimator, callable or BlackBox
        The name of a shipped model; a folder saved with ``save_pretrained``, or one with the model.toml of an endpoint; a
        hub name (``owner/name``); a ``.skops`` file; a fitted scikit-learn text classifier; a function from texts to
        probabilities; or a black box.
    classes : sequence of str, optional
        The labels of a function, in the order of its columns.
    labels : sequence of str, optional
        The answers that a language model chooses from, or other names for the outputs of a sequence classifier.
    prompt : str or Prompt, optional
        What a language model is asked, with ``{text}`` where the text goes.
    scoring : Scoring, optional
        How a language model's likelihoods of labels become probabilities.
    max_length : int, optional
        Tokens that the model reads, where they are fewer than it can read.
    device : str, default "cpu"
        Where torch computes.
    allow_remote : bool, default False
        Whether an endpoint may be on another machine, and so altered copies of a text be sent there.

    Returns
    -------
    BlackBox

    Raises
    ------
    InputError
        ``bad-parameter`` for an option that the model's own model.toml already decides.
    ModelError
        When the model is not found, not safe to load, damaged, or does not answer as it does where it is deployed.

    Examples
    --------
    >>> box = load_model(lambda texts: [[0.5, 0.5]] * len(texts), classes=["heads", "tails"])
    >>> box.answer(["a coin"]).probabilities.tolist()
    [[0.5, 0.5]]
    """
    if not isinstance(model, str | Path):
        return as_black_box(model, classes=classes)
    asked = Prompt(prompt) if isinstance(prompt, str) else prompt
    options: dict[str, Any] = {"labels": labels and tuple(labels), "prompt": asked, "scoring": scoring}
    options |= {"max_length": max_length, "device": device}
    path = Path(model).expanduser()
    if path.name == SPEC_FILE and path.is_file():
        path = path.parent
    if isinstance(model, str) and (name := _shipped_name(model)):
        return _load_described(_models_folder() / name, {"model": name, **options})
    if path.is_dir() and (table := _endpoint_table(path)) is not None:
        _refuse_options(options, path.name)
        return _load_endpoint(table, path, allow_remote)
    if path.is_dir():
        load = _load_described if (path / SPEC_FILE).is_file() else _load_folder
        return load(path, {"model": str(path.resolve()), **options})
    if path.suffix.lower() in PICKLE_SUFFIXES | {".skops"}:
        if not path.is_file():
            raise _unknown(str(model))
        _refuse_labels(labels, path.name)
        return load_saved(path)
    return _load_hub(str(model), {"model": str(model), **options})


def as_black_box(model: Any, *, classes: Sequence[str] | None = None) -> BlackBox:
    """Make a black box of an object: as it is, or wrapped.

    Parameters
    ----------
    model : BlackBox, estimator or callable
    classes : sequence of str, optional
        The labels of a callable.

    Raises
    ------
    InputError
        ``bad-parameter`` for labels given to a model that names its own.
    ModelError
        ``missing-labels``, ``bad-labels``, ``not-a-classifier``.

    Examples
    --------
    >>> box = FunctionBox(len, classes=["no", "yes"])
    >>> as_black_box(box) is box
    True
    """
    if isinstance(model, BlackBox) and not isinstance(model, type):
        _refuse_labels(classes, model.name)
        return model
    if hasattr(model, "save_pretrained"):
        raise ModelError(
            "not-a-classifier",
            f"A transformers {type(model).__name__} in memory does not say all that decides an answer. Save model and "
            "tokenizer into one folder with save_pretrained and give the folder.",
        )
    if hasattr(model, "fit") and hasattr(model, "get_params") and not isinstance(model, type):
        _refuse_labels(classes, type(model).__name__)
        return EstimatorBox(model)
    if callable(model):
        return FunctionBox(model, classes=classes)  # type: ignore[arg-type]
    raise ModelError(
        "not-a-classifier",
        f"A {type(model).__name__} cannot be asked about texts. Give a model's name or folder, a fitted scikit-learn "
        "classifier, or a function from texts to probabilities with classes=.",
    )


def _refuse_labels(labels: Sequence[str] | None, name: str) -> None:
    if labels is not None:
        raise InputError("bad-parameter", f"The model {name!r} names its own labels; leave out those that were given.")


def _refuse_options(options: Mapping[str, Any], name: str) -> None:
    given = [key for key in ("labels", "prompt", "scoring", "max_length") if options[key] is not None]
    if given:
        raise InputError(
            "bad-parameter",
            f"The model {name!r} states its {' and '.join(given)} in {SPEC_FILE}; leave out what was given. To "
            "ask another question, save a copy of the folder with its own model.toml.",
        )


def _models_folder() -> Path:
    from surrogate.locate import data_folder

    return Path(data_folder("models"))


def _shipped_name(model: str) -> str | None:
    plain = re.fullmatch(r"[\w.-]+", model) is not None and model not in (".", "..")
    return model if plain and (_models_folder() / model / SPEC_FILE).is_file() else None


def _load_described(folder: Path, source: dict[str, Any]) -> BlackBox:
    """Load a folder with model.toml: digests first, then the weights, then the reference texts."""
    spec = read_spec(folder)
    _refuse_options(source, spec.name)
    verify_files(folder, spec)
    require_transformers(spec.name)
    common: dict[str, Any] = {"name": spec.name, "labels": spec.labels, "max_length": spec.max_length}
    common |= {"device": source["device"], "source": source, "digests": spec.files}
    box = _box(spec.kind, folder, common, {"prompt": spec.prompt, "scoring": spec.scoring})
    if spec.references:
        answers = box.answer([reference.text for reference in spec.references])
        check_references(spec.name, spec.references, answers)
    return box


def _endpoint_table(folder: Path) -> Mapping[str, Any] | None:
    """The table of a model.toml that describes an endpoint; None: there is none, or it describes something else."""
    try:
        table = tomllib.loads((folder / SPEC_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None  # what is wrong with the file is said where it is read as that of a model with weights
    return table if str(table.get("kind")).endswith("-endpoint") else None


def _load_endpoint(table: Mapping[str, Any], folder: Path, allow_remote: bool) -> BlackBox:
    from surrogate.blackbox.endpoints.spec import ENDPOINT_KINDS, load_endpoint

    where = f"{folder.resolve().name}/{SPEC_FILE}"
    if table["kind"] not in ENDPOINT_KINDS:
        kinds = ", ".join(ENDPOINT_KINDS)
        raise ModelError("bad-model-file", f"{where}: 'kind' of an endpoint must be one of {kinds}.")
    return load_endpoint(table, where, allow_remote=allow_remote)


def _load_folder(folder: Path, source: dict[str, Any]) -> BlackBox:
    """Load a folder without model.toml, by the architecture in its config.json."""
    name = str(source["model"]) if _HUB_NAME.fullmatch(str(source["model"])) else folder.resolve().name
    architectures = [str(architecture) for architecture in read_config(folder).get("architectures") or []]
    check_folder(folder)
    common = {key: source[key] for key in ("labels", "max_length", "device")} | {"name": name, "source": source}
    kind = _kind(architectures, bool(read_config(folder).get("is_encoder_decoder")))
    if kind is not None:
        require_transformers(name)
        return _box(kind, folder, common, {key: source[key] for key in ("prompt", "scoring")})
    raise ModelError(
        "not-a-classifier",
        f"The model {name!r} is {', '.join(architectures) or 'of no stated architecture'}; a sequence classifier or a "
        "language model is needed. Fine-tune it as one of these, or wrap it in a function.",
    )


def _kind(architectures: Sequence[str], is_encoder_decoder: bool) -> str | None:
    """Which kind of black box a transformers model is; None for none."""
    if any(architecture.endswith("ForSequenceClassification") for architecture in architectures):
        return "sequence-classifier"
    generates = ("ForConditionalGeneration", "MTModel") if is_encoder_decoder else ("ForCausalLM", "LMHeadModel")
    if any(architecture.endswith(generates) for architecture in architectures):
        return "seq2seq-lm" if is_encoder_decoder else "causal-lm"
    return None


def _box(kind: str, folder: Path, common: dict[str, Any], asked: dict[str, Any]) -> ModelBacked:
    if kind == "causal-lm":
        from surrogate.blackbox.causal import CausalLM

        return CausalLM.from_pretrained(folder, **asked, **common)
    if kind == "seq2seq-lm":
        from surrogate.blackbox.seq2seq import Seq2SeqLM

        return Seq2SeqLM.from_pretrained(folder, **asked, **common)
    given = [key for key, value in asked.items() if value is not None]
    if given:
        raise InputError(
            "bad-parameter",
            f"The model {common['name']!r} is a sequence classifier, which is asked nothing; leave out {given[0]}.",
        )
    from surrogate.blackbox.sequence import SequenceClassifier

    return SequenceClassifier.from_pretrained(folder, **common)


def _load_hub(name: str, source: dict[str, Any]) -> BlackBox:
    # a name without an owner is never looked up on the network: it is more likely a misspelt shipped name
    if not _HUB_NAME.fullmatch(name):
        raise _unknown(name)
    require_transformers(name)
    from surrogate.blackbox.pretrained import fetch

    try:
        folder = fetch(name)
    except OSError as error:
        raise _unknown(name) from error
    return _load_folder(folder, source)


def _unknown(name: str) -> ModelError:
    shipped = [model.name for model in shipped_models()]
    near = difflib.get_close_matches(name.rsplit("/", 1)[-1], shipped, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return ModelError(
        "unknown-model",
        f"There is no model {name!r}: no shipped model, folder or file has that name, and no hub model could be "
        f"fetched.{meant} Shipped models: {', '.join(shipped) or 'none'}. Hub models are written owner/name and need a "
        "network or a local cache.",
    )
