"""What both training loops share: seeds, batches, optimiser, schedule and weight averaging."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

__all__ = ["WeightAverage", "adamw", "batches", "cosine", "pad", "set_seed", "take_step"]


def set_seed(seed: int, threads: int) -> None:
    """Seed torch and fix the number of threads, on which the rounding of a sum depends."""
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)


def batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield the rows of random batches whose texts have similar lengths, so that little padding is computed.

    Parameters
    ----------
    lengths : ndarray of int, shape (n,)
        Tokens per row.
    size : int
        Rows per batch.
    rng : numpy.random.Generator
        Source of the order.

    Yields
    ------
    ndarray of int, shape (size,) or less
        Row numbers; every row comes exactly once.
    """
    order = rng.permutation(len(lengths))
    pool = 20 * size
    chunks = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(lengths[part], kind="stable")]
        chunks += [part[i : i + size] for i in range(0, len(part), size)]
    for i in rng.permutation(len(chunks)):
        yield chunks[i]


def pad(rows: list[list[int]], value: int) -> torch.Tensor:
    """Pad lists of token ids on the right to one tensor of int, shape (n, longest)."""
    import torch

    width = max(len(row) for row in rows)
    return torch.tensor([row + [value] * (width - len(row)) for row in rows], dtype=torch.long)


def adamw(modules: list[Any], *, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """Return AdamW that decays matrices only, not biases and norms."""
    import torch

    # Through a dict: heads may share a matrix with the encoder, and each weight is to be updated once.
    parameters = list({id(p): p for module in modules for p in module.parameters() if p.requires_grad}.values())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98))


def cosine(step: int, steps: int, *, warmup: float = 0.06) -> float:
    """Return the factor of the learning rate: linear warm-up, then half a cosine down to zero."""
    start = max(1.0, warmup * steps)
    if step < start:
        return (step + 1) / start
    return 0.5 * (1 + math.cos(math.pi * (step - start) / max(1.0, steps - start)))


def take_step(loss: torch.Tensor, optimiser: torch.optim.Optimizer, schedule: Any) -> None:
    """Make one step with the norm of all gradients clipped at one."""
    import torch

    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], 1.0)
    optimiser.step()
    schedule.step()


class WeightAverage:
    """Exponential moving average of a model's weights (Polyak averaging).

    Parameters
    ----------
    model : torch.nn.Module
        The model in training.
    decay : float in (0, 1)
        Weight of the past at each update.

    Examples
    --------
    >>> import torch
    >>> layer = torch.nn.Linear(1, 1)
    >>> average = WeightAverage(layer, decay=0.5)
    >>> average.update(layer)
    """

    def __init__(self, model: torch.nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    def update(self, model: torch.nn.Module) -> None:
        """Move the average towards the model's current weights."""
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                self.weights[name].lerp_(value.detach(), 1 - self.decay)

    def copy_to(self, model: torch.nn.Module) -> None:
        """Put the averaged weights into the model."""
        model.load_state_dict(self.weights)
