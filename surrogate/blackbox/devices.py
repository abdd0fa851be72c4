"""Devices: where torch computes, as asked for, and as torch sees it here."""

from __future__ import annotations

import re
from typing import Any

from surrogate.errors import InputError

__all__ = ["AUTO", "CPU", "device_kind", "device_name", "move", "resolve_device"]

#: The first CUDA device where torch sees one, else the CPU.
AUTO = "auto"
CPU = "cpu"

_KNOWN = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def resolve_device(wanted: str) -> str:
    """Find the device that was asked for: "cpu", "cuda:N" or "mps".

    Apple's "mps" is used by name only: it has no float64, and "auto" does not choose it.

    Parameters
    ----------
    wanted : str
        "auto", "cpu", "cuda" (the first CUDA device), "cuda:N" or "mps".

    Raises
    ------
    InputError
        ``no-device`` for a name that is not known, and for a device that torch does not see.

    Examples
    --------
    >>> resolve_device("cpu")
    'cpu'
    """
    if not isinstance(wanted, str) or not _KNOWN.fullmatch(wanted):
        raise InputError(
            "no-device",
            f"The device must be auto, cpu, cuda, cuda:N or mps; got {wanted!r}. torch sees here: {', '.join(_seen())}.",
        )
    if wanted == CPU:
        return CPU
    seen = _seen()
    if wanted == AUTO:
        return seen[1] if seen[1:] and seen[1].startswith("cuda") else CPU
    asked = "cuda:0" if wanted == "cuda" else wanted
    if asked not in seen:
        raise InputError(
            "no-device",
            f"The device {wanted!r} was asked for, and torch sees here: {', '.join(seen)}. Ask for one of these or for auto, "
            "or install a torch that supports the device.",
        )
    return asked


def _seen() -> list[str]:
    """Devices that torch sees: the CPU first, then those of CUDA, then that of Apple."""
    import torch

    n_cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    apple = ["mps"] * bool(torch.backends.mps.is_available())
    return [CPU, *(f"cuda:{index}" for index in range(n_cuda)), *apple]


def device_kind(device: str) -> str:
    """What a device is, without its number.

    Examples
    --------
    >>> device_kind("cuda:1")
    'cuda'
    """
    return device.partition(":")[0]


def device_name(device: str) -> str | None:
    """What the maker calls a CUDA device; None for other devices.

    Examples
    --------
    >>> device_name("cpu") is None
    True
    """
    if device_kind(device) != "cuda":
        return None
    import torch

    return str(torch.cuda.get_device_name(device))


def move(model: Any, device: str, name: str) -> Any:
    """Put a torch model on a device.

    Raises
    ------
    InputError
        ``no-device`` where it does not fit.
    """
    try:
        return model.to(device)
    except RuntimeError as error:
        raise InputError(
            "no-device",
            f"The model {name!r} could not be put on {device} ({type(error).__name__}). Is its memory used up? Give the model "
            "less company there, half precision (dtype bfloat16), or another device.",
        ) from error
