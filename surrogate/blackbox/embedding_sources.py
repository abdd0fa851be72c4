"""Load an embedder by name or path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from surrogate.blackbox.embedder import Embedder
from surrogate.blackbox.find import find_model
from surrogate.blackbox.packages import require_transformers
from surrogate.blackbox.placement import Placement
from surrogate.errors import InputError, ModelError

__all__ = ["load_embedder"]


def load_embedder(
    model: str | Path,
    *,
    layer: int | None = None,
    pooling: str | None = None,
    max_length: int | None = None,
    device: str = "auto",
) -> Embedder:
    """Load what turns texts into embeddings.

    Parameters
    ----------
    model : str or Path
        The name of a shipped model; a folder that transformers or sentence-transformers wrote; or a hub name
        (``owner/name``).  ``NAME@LAYER`` names a layer too.
    layer : int, optional
        Which hidden states: 0 are the embeddings of the tokens, 1 those after the first layer.  None: the last layer; of a
        classifier the last but one.
    pooling : {"first-token", "last-token", "mean"}, optional
        None: as the folder says, else the first token of a classifier and the mean of others.
    max_length : int, optional
    device : str, default "auto"

    Returns
    -------
    Embedder

    Raises
    ------
    InputError
        ``bad-parameter``, ``no-device``.
    ModelError
        When the model is not found, not safe to load, or damaged.

    Examples
    --------
    >>> embedder = load_embedder("bank-router@1")
    >>> embedder.embed(["where is my card", ""]).shape, embedder.details["layer"], embedder.details["pooling"]
    ((2, 128), 1, 'first-token')
    """
    name, stated = _parsed(model)
    if stated is not None and layer is not None:
        raise InputError("bad-parameter", f"{model} names a layer; leave out layer={layer}.")
    found = find_model(name)
    if found.origin == "file":
        raise ModelError(
            "bad-model-file", f"{found.path.name} holds no transformers model. Give a folder, which has embeddings."
        )
    called = found.name if found.origin in ("shipped", "hub") else found.path.resolve().name
    require_transformers(called)
    wanted = layer if stated is None else stated
    options: dict[str, Any] = {"layer": wanted, "pooling": pooling, "max_length": max_length}
    placement = Placement.of(device, "float32")
    source = {"model": found.name, **options, "device": placement.device}
    return Embedder.from_pretrained(found.path, name=called, placement=placement, source=source, **options)


def _parsed(model: str | Path) -> tuple[str | Path, int | None]:
    """The name, and the layer where it names one; a folder of that very name goes before."""
    if isinstance(model, Path) or Path(model).expanduser().is_dir():
        return model, None
    name, at, number = model.rpartition("@")
    return (name, int(number)) if at and number.isdecimal() else (model, None)
