"""Linear layers with weights laid out once for the processor: the same sums, read faster.

oneDNN multiplies by a matrix faster when its numbers lie in the order in which its kernel reads them.  A model is read
thousands of times, so they are put into that order when it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["EAGER", "EXACT", "PACKED", "BACKENDS", "can_pack", "is_packed", "pack_linears"]

#: How a forward pass is made; a name changes whenever an answer may change by a bit.
EAGER = "torch-eager-f32-canonical-v1"
PACKED = "torch-onednn-packed-f32-canonical-v1"
#: The same without padding, where the answer to a row was seen not to depend on the number of rows.
EXACT = "torch-onednn-packed-f32-exact-v1"
BACKENDS = (EAGER, PACKED, EXACT)

#: Tokens of a usual batch, by which the layout is chosen.
_TOKENS = 512


@cache
def can_pack() -> bool:
    """Whether this torch, on this processor, can lay out weights for oneDNN."""
    import torch

    if not torch.backends.mkldnn.is_available():
        return False
    operations = torch.ops.mkldnn
    return hasattr(operations, "_linear_pointwise") and hasattr(operations, "_reorder_linear_weight")


def is_packed(model: Any) -> bool:
    """Whether a model has packed layers.

    Examples
    --------
    >>> import torch
    >>> is_packed(torch.nn.Linear(2, 2))
    False
    """
    return any(hasattr(module, "n_weights") for module in model.modules())


def pack_linears(model: Any) -> Callable[[], None]:
    """Put a packed layer in the place of every linear layer of a model in float32 on the CPU.

    Parameters
    ----------
    model : torch.nn.Module

    Returns
    -------
    callable
        Puts the layers back that were there before.

    Examples
    --------
    >>> import torch
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.ReLU())
    >>> plain = model(torch.ones(2, 8)).detach()
    >>> undo = pack_linears(model) if can_pack() else lambda: None
    >>> with torch.inference_mode():
    ...     bool((model(torch.ones(2, 8)) - plain).abs().max() < 1e-6)
    True
    """
    import torch

    found = [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        # A subclass may do more than multiply and add.
        if type(child) is torch.nn.Linear and child.weight.dtype is torch.float32
    ]
    packed: dict[int, Any] = {}
    for parent, name, child in found:
        if id(child) not in packed:
            packed[id(child)] = _layer()(child)
        setattr(parent, name, packed[id(child)])

    def undo() -> None:
        for parent, name, child in found:
            setattr(parent, name, child)

    return undo


@cache
def _layer() -> Any:
    import torch

    class PackedLinear(torch.nn.Module):
        """A linear layer whose weight only oneDNN can read."""

        def __init__(self, linear: Any) -> None:
            super().__init__()
            self.n_weights = linear.weight.numel()
            self.in_features, self.out_features = linear.in_features, linear.out_features
            self.bias = linear.bias
            with torch.no_grad():
                self.weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), _TOKENS)

        def forward(self, inputs: Any) -> Any:
            return torch.ops.mkldnn._linear_pointwise(inputs, self.weight, self.bias, "none", [], "")

    return PackedLinear
