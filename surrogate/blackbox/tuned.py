"""The record of tuning: which way of computing was quickest for a model on this machine; it is part of the fingerprint.

Without a measurement the choice is a function of model, packages and processor; a stopwatch never decides while something is
explained.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from surrogate.blackbox.packed import BACKENDS
from surrogate.errors import InputError

__all__ = ["machine", "record_choice", "record_path", "tuned_backend"]


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
