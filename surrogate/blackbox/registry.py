"""Load a black box by name, path or object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from surrogate.blackbox.backed import ModelBacked
from surrogate.blackbox.base import BlackBox
from surrogate.blackbox.devices import CPU
from surrogate.blackbox.endpoint_folder import EMBEDDINGS, endpoint_table, gives_no_decisions, where_described
from surrogate.blackbox.estimator import EstimatorBox
from surrogate.blackbox.files import check_folder, read_config, verify_files
from surrogate.blackbox.find import Found, find_model
from surrogate.blackbox.function import FunctionBox
from surrogate.blackbox.packages import require_transformers
from surrogate.blackbox.placement import Placement, check_options, refuse_options
from surrogate.blackbox.prompt import Prompt, Scoring
from surrogate.blackbox.references import check_references
from surrogate.blackbox.saved import load_saved
from surrogate.blackbox.spec import MASKED, SPEC_FILE, read_spec
from surrogate.errors import InputError, ModelError

__all__ = ["as_black_box", "load_model"]


def load_model(
    model: Any,
    *,
    classes: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    prompt: str | Prompt | None = None,
    scoring: Scoring | None = None,
    max_length: int | None = None,
    device: str = "auto",
    dtype: str = "float32",
    too_long: str = "cut",
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
    device : str, default "auto"
        Where torch computes: "cpu", "cuda", "cuda:N" or "mps"; "auto": the first CUDA device where torch sees one, else the CPU.
    dtype : {"float32", "bfloat16", "float16"}, default "float32"
        In which number format.
    too_long : {"cut", "error"}, default "cut"
        Texts with more tokens than the model reads are cut and flagged, or refused.
    allow_remote : bool, default False
        Whether an endpoint may be on another machine, and so altered copies of a text be sent there.

    Returns
    -------
    BlackBox

    Raises
    ------
    InputError
        ``bad-parameter`` for an option that the model, or its model.toml, already decides; ``no-device``.
    ModelError
        When the model is not found, not safe to load, damaged, or does not answer as it does where it is deployed.

    Examples
    --------
    >>> box = load_model(lambda texts: [[0.5, 0.5]] * len(texts), classes=["heads", "tails"])
    >>> box.answer(["a coin"]).probabilities.tolist()
    [[0.5, 0.5]]
    """
    options: dict[str, Any] = {"device": device, "dtype": dtype, "too_long": too_long}
    check_options(options)
    if not isinstance(model, str | Path):
        box = as_black_box(model, classes=classes)
        refuse_options(options, box.name, str(box.details.get("device", CPU)))
        return box
    asked = Prompt(prompt) if isinstance(prompt, str) else prompt
    found = find_model(model)
    if found.origin == "file":
        _refuse_labels(labels, found.path.name)
        refuse_options(options, found.path.name)
        return load_saved(found.path)
    source: dict[str, Any] = {"model": found.name, "labels": labels and tuple(labels), "prompt": asked}
    source |= {"scoring": scoring, "max_length": max_length, **options}
    if found.origin == "folder" and (table := endpoint_table(found.path)) is not None:
        _refuse_options(source, found.path.name)
        refuse_options(options, found.path.name, None)
        return _load_endpoint(table, found.path, allow_remote)
    return _load_described(found.path, source) if found.is_described else _load_folder(found, source)


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


def _load_described(folder: Path, source: dict[str, Any]) -> BlackBox:
    """Load a folder with model.toml: digests first, then the weights, then the reference texts."""
    spec = read_spec(folder)
    if spec.kind == MASKED:
        raise _fills_only(spec.name)
    _refuse_options(source, spec.name)
    verify_files(folder, spec)
    require_transformers(spec.name)
    common: dict[str, Any] = {"name": spec.name, "labels": spec.labels, "max_length": spec.max_length}
    common |= {**_placed(source), "digests": spec.files}
    box = _box(spec.kind, folder, common, {"prompt": spec.prompt, "scoring": spec.scoring})
    if spec.references:
        answers = box.answer_flagged([reference.text for reference in spec.references])
        check_references(spec.name, spec.references, answers, box.parity_tolerance)
    return box


def _load_endpoint(table: Mapping[str, Any], folder: Path, allow_remote: bool) -> BlackBox:
    from surrogate.blackbox.endpoints.spec import ENDPOINT_KINDS, load_endpoint

    if table["kind"] == EMBEDDINGS:
        raise gives_no_decisions(folder)
    where = where_described(folder)
    if table["kind"] not in ENDPOINT_KINDS:
        kinds = ", ".join(ENDPOINT_KINDS)
        raise ModelError("bad-model-file", f"{where}: 'kind' of an endpoint must be one of {kinds}.")
    return load_endpoint(table, where, allow_remote=allow_remote)


def _load_folder(found: Found, source: dict[str, Any]) -> BlackBox:
    """Load a folder without model.toml, by the architecture in its config.json."""
    folder = found.path
    name = found.name if found.origin == "hub" else folder.resolve().name
    architectures = [str(architecture) for architecture in read_config(folder).get("architectures") or []]
    check_folder(folder)
    if architectures and all(architecture.endswith("ForMaskedLM") for architecture in architectures):
        raise _fills_only(name)
    kind = _kind(architectures, bool(read_config(folder).get("is_encoder_decoder")))
    if kind is not None:
        require_transformers(name)
        common = {"name": name, "labels": source["labels"], "max_length": source["max_length"], **_placed(source)}
        return _box(kind, folder, common, {key: source[key] for key in ("prompt", "scoring")})
    raise ModelError(
        "not-a-classifier",
        f"The model {name!r} is {', '.join(architectures) or 'of no stated architecture'}; a sequence classifier or a "
        "language model is needed. Fine-tune it as one of these, or wrap it in a function.",
    )


def _fills_only(name: str) -> ModelError:
    return ModelError(
        "not-a-classifier",
        f"The model {name!r} is a masked language model: it fills missing words in and knows no labels, so it cannot be "
        "explained. Name the classifier as the model, and this one where copies are made: "
        f"--second infill --infill-model {name}.",
    )


def _placed(source: dict[str, Any]) -> dict[str, Any]:
    """Where the model is computed, and how to load it there again: on the same device, whatever there is then."""
    placement = Placement.of(source["device"], source["dtype"])
    return {"placement": placement, "source": {**source, "device": placement.device}}


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
