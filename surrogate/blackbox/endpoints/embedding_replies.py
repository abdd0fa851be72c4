"""What an OpenAI-compatible server answers at ``/v1/embeddings``, read and checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import ModelError

__all__ = ["read_embeddings"]


def read_embeddings(reply: dict[str, Any], n_texts: int, place: str) -> NDArray[np.float32]:
    """The embeddings of a reply in the order of the texts, which its ``index`` fields give.

    Parameters
    ----------
    reply : dict
    n_texts : int
        Texts that were sent.
    place : str
        Host and port, for messages.

    Returns
    -------
    ndarray of float32, shape (n_texts, n_dimensions)

    Raises
    ------
    ModelError
        ``bad-reply``: nothing is left out, repeated or filled in.

    Examples
    --------
    >>> data = [{"index": 1, "embedding": [0.0, 2.0]}, {"index": 0, "embedding": [1.0, 0.5]}]
    >>> read_embeddings({"data": data}, 2, "localhost").tolist()
    [[1.0, 0.5], [0.0, 2.0]]
    """
    data = reply.get("data")
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise _bad(
            place, "without a list of embeddings in its data. Is it a server of embeddings, and an embedding model?"
        )
    if len(data) != n_texts:
        raise _bad(
            place, f"with {len(data):,} embeddings to {n_texts:,} texts. Does it take lists? Try batch_size = 1."
        )
    rows = [_vector(item.get("embedding"), place) for item in _in_order(data, place)]
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise _bad(place, f"with embeddings of {lengths[0]:,} and of {lengths[-1]:,} numbers. All must have as many.")
    return np.stack(rows)


def _in_order(data: list[dict[str, Any]], place: str) -> list[dict[str, Any]]:
    """The items in the order of the texts; a single one needs no index."""
    if len(data) == 1 and data[0].get("index") in (None, 0):
        return data
    numbers = [item.get("index") for item in data]
    if not all(type(number) is int for number in numbers) or sorted(numbers) != list(range(len(data))):  # type: ignore[type-var]
        raise _bad(
            place, f"without telling by index which of {len(data):,} texts each embedding is of. Try batch_size = 1."
        )
    return sorted(data, key=lambda item: int(item["index"]))


def _vector(values: Any, place: str) -> NDArray[np.float32]:
    """One embedding, shape (n_dimensions,)."""
    if values == []:
        raise _bad(place, "with an embedding of no numbers. Try batch_size = 1, and look at the server's log.")
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise _bad(place, "with an embedding that is no list of numbers. It was asked for encoding_format = float.")
    try:
        with np.errstate(over="ignore"):
            row = np.array(values, dtype=np.float64).astype(np.float32)
    except OverflowError:
        row = np.array([np.inf], dtype=np.float32)
    if not np.isfinite(row).all():
        raise _bad(place, "with an embedding that holds NaN or an infinite number. Look at the server's log.")
    return row


def _bad(place: str, what: str) -> ModelError:
    return ModelError("bad-reply", f"{place} answered {what}")
