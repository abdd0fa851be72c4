"""Open a model whose labels, if any were given, come as one list whatever the model is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from surrogate.blackbox.base import BlackBox
from surrogate.blackbox.registry import load_model

__all__ = ["open_model"]


def open_model(model: Any, classes: Sequence[str] | None = None, **options: Any) -> BlackBox:
    """Load a model as :func:`~surrogate.blackbox.load_model` does.

    Parameters
    ----------
    model : str, Path, estimator, callable or BlackBox
    classes : sequence of str, optional
        Of a model that is named, the labels it chooses from; of one that is handed in, the names of its columns.
    **options
        device, dtype, too_long, allow_remote.

    Raises
    ------
    InputError, ModelError
        As :func:`~surrogate.blackbox.load_model`.

    Examples
    --------
    >>> open_model(lambda texts: [[0.5, 0.5]] * len(texts), ["heads", "tails"]).classes_.tolist()
    ['heads', 'tails']
    """
    if isinstance(model, str | Path):
        return load_model(model, labels=classes, **options)
    return load_model(model, classes=classes, **options)
