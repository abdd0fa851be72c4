"""Folders whose model.toml describes an endpoint."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from surrogate.blackbox.spec import SPEC_FILE
from surrogate.errors import ModelError

__all__ = ["EMBEDDINGS", "endpoint_table", "gives_no_decisions", "gives_no_embeddings", "where_described"]

#: The kind of an endpoint that gives embeddings alone.
EMBEDDINGS = "embeddings-endpoint"


def endpoint_table(folder: Path) -> Mapping[str, Any] | None:
    """The table of a model.toml that describes an endpoint; None: there is none, or it describes something else.

    Examples
    --------
    >>> from surrogate.locate import data_folder
    >>> endpoint_table(data_folder("models") / "bank-router") is None
    True
    """
    try:
        table = tomllib.loads((folder / SPEC_FILE).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None  # what is wrong with the file is said where it is read as that of a model with weights
    return table if str(table.get("kind")).endswith("-endpoint") else None


def where_described(folder: Path) -> str:
    """What messages call the model.toml of a folder.

    Examples
    --------
    >>> where_described(Path("router"))
    'router/model.toml'
    """
    return f"{folder.resolve().name}/{SPEC_FILE}"


def gives_no_decisions(folder: Path) -> ModelError:
    """The error for an endpoint of embeddings that is to be explained.

    Examples
    --------
    >>> gives_no_decisions(Path("vectors")).code
    'not-a-classifier'
    """
    name = folder.resolve().name
    return ModelError(
        "not-a-classifier",
        f"The endpoint {name!r} gives embeddings and no decisions, so it cannot be explained. Name the classifier as the model, "
        f"and this one where embeddings are wanted: --embeddings {name}.",
    )


def gives_no_embeddings(folder: Path, kind: str) -> ModelError:
    """The error for an endpoint of another kind that is to give embeddings.

    Examples
    --------
    >>> gives_no_embeddings(Path("router"), "chat-endpoint").code
    'bad-model-file'
    """
    return ModelError(
        "bad-model-file",
        f"{where_described(folder)}: 'kind' of an endpoint that gives embeddings must be {EMBEDDINGS}; got {kind!r}.",
    )
