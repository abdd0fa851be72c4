"""Which way of computing is quicker for a model on this machine: measured once, written down, and part of the fingerprint.

Without a measurement the choice is a function of model, packages and processor; a stopwatch never decides while something is
explained.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.blackbox.packed import BACKENDS
from surrogate.errors import InputError

__all__ = ["Timing", "machine", "record_choice", "record_path", "time_backends", "tuned_backend"]

#: Rounds of alternating measurements; the least of each counts, since a busy machine only makes a reading longer.
_ROUNDS = 5


@dataclass(frozen=True)
class Timing:
    """Seconds one way of computing takes for the probe texts, and how far its answers are from plain torch.

    Examples
    --------
    >>> Timing("torch-eager-f32-canonical-v1", 0.5, 0.0).seconds
    0.5
    """

    backend: str
    seconds: float
    difference: float


def record_path() -> Path:
    """Where choices are written down: ``$XDG_CONFIG_HOME/surrogate/backends.json``."""
    root = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(root) / "surrogate" / "backends.json"


def machine() -> str:
    """What a measurement holds for: the kind of processor and the release of torch.

    Examples
    --------
    >>> machine().count("/")
    2
    """
    import torch

    return f"{platform.machine()}/{torch.backends.cpu.get_cpu_capability()}/torch {torch.__version__.split('+')[0]}"


def _key(digests: Mapping[str, str]) -> str:
    files = json.dumps(dict(sorted(digests.items()))).encode()
    return f"{hashlib.sha256(files).hexdigest()[:32]} on {machine()}"


def tuned_backend(digests: Mapping[str, str]) -> str | None:
    """The backend that was written down for a model's files on this machine, or None.

    Raises
    ------
    InputError
        ``bad-file`` when what was written down cannot be read.
    """
    return _read().get(_key(digests))


def record_choice(digests: Mapping[str, str], backend: str) -> Path:
    """Write a choice down; explanations made afterwards on this machine use it."""
    path = record_path()
    choices = {**_read(), _key(digests): backend}
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(choices, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(path)
    return path


def _read() -> dict[str, str]:
    path = record_path()
    if not path.exists():
        return {}
    try:
        choices = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            "bad-file",
            f"{path} cannot be read ({type(error).__name__}). Remove it, or run surrogate models tune again.",
        ) from error
    known = isinstance(choices, dict) and all(
        isinstance(key, str) and value in BACKENDS for key, value in choices.items()
    )
    if not known:
        raise InputError(
            "bad-file", f"{path} names a way of computing that this release does not know. Remove the file."
        )
    return dict(choices)


def time_backends(load: Callable[[str], Any], texts: list[str]) -> list[Timing]:
    """Time every backend on the same texts, in turn; those that cannot be used, or do not agree, are left out.

    Parameters
    ----------
    load : callable
        From the name of a backend to a black box that uses it.
    texts : list of str

    Returns
    -------
    list of Timing
        The quickest first.
    """
    import numpy as np

    boxes = {backend: box for backend in BACKENDS if (box := load(backend)).details.get("backend") == backend}
    plain = next(iter(boxes.values())).answer(texts).probabilities
    seconds = dict.fromkeys(boxes, float("inf"))
    for _ in range(_ROUNDS):
        for backend, box in boxes.items():
            start = time.perf_counter()
            box.answer(texts)
            seconds[backend] = min(seconds[backend], time.perf_counter() - start)
    off = {backend: float(np.abs(box.answer(texts).probabilities - plain).max()) for backend, box in boxes.items()}
    timings = [Timing(backend, seconds[backend], off[backend]) for backend in boxes]
    return sorted(timings, key=lambda timing: timing.seconds)
