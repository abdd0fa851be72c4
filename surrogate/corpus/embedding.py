"""In which embeddings the concepts of a corpus are found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline

__all__ = ["drop_parts", "own_embedder", "set_probes"]


def own_embedder(model: Any, black_box: Any, device: str) -> Any:
    """An embedder of the explained model's own hidden states, one layer before its last.

    Parameters
    ----------
    model : str, Path or object
        As it was named.
    black_box : BlackBox
    device : str

    Returns
    -------
    Embedder or None
        None: the model is no transformers classifier that can be loaded by its name.

    Examples
    --------
    >>> from surrogate.blackbox import load_model
    >>> own_embedder("bank-router", load_model("bank-router"), "auto").details["layer"]
    2
    """
    if black_box.kind != "sequence-classifier" or not isinstance(model, str | Path):
        return None
    from surrogate.blackbox.embedding_sources import load_embedder

    return load_embedder(model, device=device)


def drop_parts(pipe: Pipeline, *, columns: bool, embeddings: bool) -> None:
    """Leave out the parts of a recipe for which this corpus, or this model, has nothing.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
    columns, embeddings : bool
        Whether there are columns beside the texts, and embeddings of the texts.
    """
    from surrogate.describe import Columns, Concepts, Probes

    idle = (*(() if columns else (Columns,)), *(() if embeddings else (Concepts, Probes)))
    describe = pipe.named_steps["describe"]
    describe.set_params(parts=[(name, part) for name, part in describe.parts if not isinstance(part, idle)])


def set_probes(pipe: Pipeline) -> None:
    """Let concepts that are taught by texts read these where the documents are read.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With its model, its store and its embedder.
    """
    from surrogate.describe import Probes
    from surrogate.second_samplers import ModelEmbedder

    query, describe = pipe.named_steps["query"], pipe.named_steps["describe"]
    for name, part in describe.parts:
        if isinstance(part, Probes):
            embedder = query.embedder if query.embedder is not None else ModelEmbedder.of(pipe)
            describe.set_params(**{f"{name}__embedder": embedder})
