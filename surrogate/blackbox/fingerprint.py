"""The identity of a language model: everything that decides an answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from surrogate.blackbox.base import Detail
from surrogate.blackbox.files import answer_files, digest_of

__all__ = ["file_digests", "model_fingerprint", "release"]


def release(package: str) -> str:
    """Major and minor version of an installed package.

    Examples
    --------
    >>> release("numpy").count(".")
    1
    """
    return ".".join(version(package).split("+")[0].split(".")[:2])


def file_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in ``folder`` that decides an answer."""
    return {path.name: digest_of(path) for path in answer_files(folder)}


def model_fingerprint(
    kind: str,
    files: Mapping[str, str],
    labels: tuple[str, ...],
    settings: Mapping[str, Detail],
) -> str:
    """``kind:sha256:...`` over the files, the labels in their order, and the settings.

    Parameters
    ----------
    kind : str
    files : mapping of str to str
        Digest by file name.
    labels : tuple of str
    settings : mapping
        Token limit, pooling, prompt, number format, backend, releases of torch and transformers.

    Examples
    --------
    >>> one = model_fingerprint("causal-lm", {}, ("a", "b"), {})
    >>> one.startswith("causal-lm:sha256:"), one == model_fingerprint("causal-lm", {}, ("b", "a"), {})
    (True, False)
    """
    content = {"kind": kind, "files": dict(files), "labels": labels, "settings": dict(settings)}
    encoded = json.dumps(content, sort_keys=True, ensure_ascii=True).encode()
    return f"{kind}:sha256:{hashlib.sha256(encoded).hexdigest()}"
