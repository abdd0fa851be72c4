"""Load an embedder by name or path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from surrogate.blackbox.embedder import Embedder
from surrogate.blackbox.endpoint_folder import EMBEDDINGS, endpoint_table, gives_no_embeddings, where_described
from surrogate.blackbox.find import Found, find_model
from surrogate.blackbox.packages import require_transformers
from surrogate.blackbox.placement import Placement
from surrogate.errors import InputError, ModelError

if TYPE_CHECKING:
    from surrogate.blackbox.endpoints.embeddings import EmbeddingEndpoint

__all__ = ["load_embedder", "load_local_embedder"]


def load_embedder(
    model: str | Path,
    *,
    layer: int | None = None,
    pooling: str | None = None,
    max_length: int | None = None,
    device: str = "auto",
    allow_remote: bool = False,
) -> Embedder | EmbeddingEndpoint:
    """Load what turns texts into embeddings.

    Parameters
    ----------
    model : str or Path
        The name of a shipped model; a folder that transformers or sentence-transformers wrote, or one with the model.toml of
        an endpoint of embeddings; or a hub name (``owner/name``).  ``NAME@LAYER`` names a layer too.
    layer : int, optional
        Which hidden states: 0 are the embeddings of the tokens, 1 those after the first layer.  None: the last layer; of a
        classifier the last but one.
    pooling : {"first-token", "last-token", "mean"}, optional
        None: as the folder says, else the first token of a classifier and the mean of others.
    max_length : int, optional
    device : str, default "auto"
        Where torch computes; an endpoint computes where it is.
    allow_remote : bool, default False
        Whether an endpoint may be on another machine, and so texts be sent there.

    Returns
    -------
    Embedder or EmbeddingEndpoint

    Raises
    ------
    InputError
        ``bad-parameter``, ``no-device``, ``bad-endpoint``, ``remote-not-allowed``.
    ModelError
        When the model is not found, not safe to load, or damaged.

    Examples
    --------
    >>> embedder = load_embedder("bank-router@1")
    >>> embedder.embed(["where is my card", ""]).shape, embedder.details["layer"], embedder.details["pooling"]
    ((2, 128), 1, 'first-token')
    """
    found, stated = _found(model, layer)
    options: dict[str, Any] = {"layer": stated, "pooling": pooling, "max_length": max_length}
    if found.origin == "folder" and (table := endpoint_table(found.path)) is not None:
        return _endpoint(table, found.path, options, allow_remote)
    return _local(found, options, device)


def load_local_embedder(
    model: str | Path,
    *,
    layer: int | None = None,
    pooling: str | None = None,
    max_length: int | None = None,
    device: str = "auto",
) -> Embedder:
    """Load an embedder whose weights are here; as :func:`load_embedder`, but for endpoints.

    Examples
    --------
    >>> load_local_embedder("bank-router@1").details["layer"]
    1
    """
    found, stated = _found(model, layer)
    return _local(found, {"layer": stated, "pooling": pooling, "max_length": max_length}, device)


def _found(model: str | Path, layer: int | None) -> tuple[Found, int | None]:
    if str(model).lower().startswith(("http://", "https://")):
        # It may hold a key, so it is not repeated.
        raise InputError(
            "bad-endpoint",
            "A URL does not say which model is to be asked. Give a folder with a model.toml of these lines: schema = 1, "
            f'name = "vectors", kind = "{EMBEDDINGS}", url = "http://127.0.0.1:8000" and model = "as the server knows it".',
        )
    name, stated = _parsed(model)
    if stated is not None and layer is not None:
        raise InputError("bad-parameter", f"{model} names a layer; leave out layer={layer}.")
    return find_model(name), layer if stated is None else stated


def _endpoint(table: Mapping[str, Any], folder: Path, options: dict[str, Any], allow_remote: bool) -> EmbeddingEndpoint:
    from surrogate.blackbox.endpoints.spec import load_embedding_endpoint

    if table["kind"] != EMBEDDINGS:
        raise gives_no_embeddings(folder, str(table["kind"]))
    given = [key for key, value in options.items() if value is not None]
    if given:
        raise InputError(
            "bad-parameter",
            f"The embeddings of the endpoint {folder.resolve().name!r} are made where it is; leave out {' and '.join(given)}.",
        )
    return load_embedding_endpoint(table, where_described(folder), allow_remote=allow_remote)


def _local(found: Found, options: dict[str, Any], device: str) -> Embedder:
    if found.origin == "file":
        raise ModelError(
            "bad-model-file", f"{found.path.name} holds no transformers model. Give a folder, which has embeddings."
        )
    called = found.name if found.origin in ("shipped", "hub") else found.path.resolve().name
    require_transformers(called)
    placement = Placement.of(device, "float32")
    source = {"model": found.name, **options, "device": placement.device}
    return Embedder.from_pretrained(found.path, name=called, placement=placement, source=source, **options)


def _parsed(model: str | Path) -> tuple[str | Path, int | None]:
    """The name, and the layer where it names one; a folder of that very name goes before."""
    if isinstance(model, Path) or Path(model).expanduser().is_dir():
        return model, None
    name, at, number = model.rpartition("@")
    return (name, int(number)) if at and number.isdecimal() else (model, None)
