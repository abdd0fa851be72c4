"""Pooling: which hidden states are the embedding of a text."""

from __future__ import annotations

from typing import Any

__all__ = ["FIRST", "LAST", "MEAN", "pool"]

FIRST, LAST, MEAN = "first-token", "last-token", "mean"


def pool(hidden: Any, mask: Any, pooling: str) -> Any:
    """One vector for each text.

    Parameters
    ----------
    hidden : torch.Tensor, shape (n_rows, n_tokens, n_dimensions)
    mask : torch.Tensor of int, shape (n_rows, n_tokens)
        1 for tokens of the text, 0 for padding behind it.
    pooling : {"first-token", "last-token", "mean"}

    Returns
    -------
    torch.Tensor, shape (n_rows, n_dimensions)

    Examples
    --------
    >>> import torch
    >>> pool(torch.tensor([[[2.0], [4.0], [9.0]]]), torch.tensor([[1, 1, 0]]), "mean").tolist()
    [[3.0]]
    """
    import torch

    if pooling == FIRST:
        return hidden[:, 0]
    if pooling == LAST:
        return hidden[torch.arange(len(hidden), device=hidden.device), mask.sum(dim=1) - 1]
    weights = mask.unsqueeze(-1).float()
    return (hidden.float() * weights).sum(dim=1) / weights.sum(dim=1)
