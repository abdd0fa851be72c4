"""How a forward pass runs: without gradients, and small models on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["SMALL", "n_weights", "reading"]

#: Below this many parameters one thread is as fast as several, and many times faster beside a busy neighbour.
SMALL = 10_000_000


def n_weights(model: Any) -> int:
    """Number of weights of a torch model, those of packed layers among them.

    Examples
    --------
    >>> import torch
    >>> n_weights(torch.nn.Linear(3, 2))
    8
    """
    packed = sum(getattr(module, "n_weights", 0) for module in model.modules())
    return int(packed + sum(weight.numel() for weight in model.parameters()))


@contextmanager
def reading(model: Any, size: int | None = None) -> Iterator[None]:
    """Read with a torch model: inference mode, one thread while the model is small.

    The number of threads is a function of the model, never of a stopwatch; answers are the same bits either way.

    Parameters
    ----------
    model : torch.nn.Module
    size : int, optional
        Its number of weights, where that was counted before.

    Examples
    --------
    >>> import torch
    >>> with reading(torch.nn.Linear(2, 2)):
    ...     torch.get_num_threads(), torch.is_inference_mode_enabled()
    (1, True)
    """
    import torch

    n_threads = torch.get_num_threads()
    small = (n_weights(model) if size is None else size) < SMALL
    if small:
        # Also where torch says one already: a limit laid on OpenMP from outside does not reach the matrix library.
        torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            yield
    finally:
        if small:
            torch.set_num_threads(n_threads)
