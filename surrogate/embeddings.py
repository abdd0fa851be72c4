"""Which embeddings were asked for by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["given_embedder"]


def given_embedder(embeddings: Any, device: str = "auto", allow_remote: bool = False) -> Any:
    """The embedder that was named or handed in; None for "none".

    Parameters
    ----------
    embeddings : str, Path or Embedder
        "none", what :func:`surrogate.load_embedder` takes, or an embedder.
    device : str, default "auto"
    allow_remote : bool, default False
        Whether an endpoint may be on another machine.

    Examples
    --------
    >>> given_embedder("none") is None, given_embedder("bank-router@1").details["layer"]
    (True, 1)
    """
    if embeddings == "none" or not isinstance(embeddings, str | Path):
        return None if embeddings == "none" else embeddings
    from surrogate.blackbox.embedding_sources import load_embedder

    return load_embedder(embeddings, device=device, allow_remote=allow_remote)
