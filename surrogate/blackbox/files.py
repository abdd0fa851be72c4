"""The files of a model folder: which decide an answer, and whether they are what they should be."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from surrogate.blackbox.spec import ModelSpec
from surrogate.errors import ModelError

__all__ = ["answer_files", "check_folder", "digest_of", "read_config", "verify_files"]

_NAMES = frozenset(
    {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.json",
        "vocab.txt",
        "merges.txt",
        "chat_template.json",
        "model.safetensors.index.json",
    }
)
_SUFFIXES = frozenset({".safetensors", ".model", ".jinja", ".bpe"})


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def answer_files(folder: Path) -> list[Path]:
    """Files in a model folder that decide an answer, sorted by name."""
    files = (path for path in folder.iterdir() if path.is_file())
    return sorted(path for path in files if path.name in _NAMES or path.suffix in _SUFFIXES)


def check_folder(folder: Path) -> None:
    """Raise unless the folder holds a model that can be loaded without running its code.

    Raises
    ------
    ModelError
        ``unsafe-weights``, ``no-weights`` or ``bad-model-file``.
    """
    names = {path.name for path in folder.iterdir()}
    if any(name.endswith(".safetensors") and not name.startswith("adapter") for name in names):
        if "adapter_config.json" in names:
            raise ModelError("bad-model-file", f"{folder.name} is an adapter. Merge it into its model and save that.")
        return
    pickles = sorted(name for name in names if Path(name).suffix in (".bin", ".pt", ".pth", ".pkl", ".ckpt"))
    if pickles:
        raise ModelError(
            "unsafe-weights",
            f"{folder.name} has its weights only in {pickles[0]}, a format that can run code when it is loaded. "
            "Where you trust it, load it and save it again with save_pretrained, which writes model.safetensors.",
        )
    raise ModelError(
        "no-weights",
        f"{folder.name} has no *.safetensors file. Put the weights beside its config.json"
        + ("; the checkout may lack its large files (git lfs pull)." if ".gitattributes" in names else "."),
    )


def read_config(folder: Path) -> dict[str, Any]:
    """Read the config.json of a model folder.

    Raises
    ------
    ModelError
        ``bad-model-file``.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "bad-model-file",
            f"{folder.name}/config.json cannot be read ({type(error).__name__}). Save the model again.",
        ) from error
    if not isinstance(config, dict):
        raise ModelError("bad-model-file", f"{folder.name}/config.json must hold one JSON object.")
    return config


def verify_files(folder: Path, spec: ModelSpec) -> None:
    """Raise unless every file has its stated digest, and every file that decides an answer has one.

    Raises
    ------
    ModelError
        ``no-weights``, ``wrong-digest`` or ``bad-model-file``.
    """
    for name, wanted in spec.files.items():
        path = folder / name
        if not path.is_file():
            code = "no-weights" if name.endswith(".safetensors") else "bad-model-file"
            raise ModelError(code, f"{folder.name} lacks the file {name} that its model.toml lists. Fetch it again.")
        found = digest_of(path)
        if found != wanted:
            raise ModelError(
                "wrong-digest",
                f"{folder.name}/{name} has SHA-256 {found[:12]}…, model.toml states {wanted[:12]}…. The file was "
                "changed or not fetched whole (a git LFS pointer?); fetch it again.",
            )
    unlisted = [path.name for path in answer_files(folder) if path.name not in spec.files]
    if unlisted:
        raise ModelError(
            "bad-model-file",
            f"{folder.name}/model.toml does not list {', '.join(unlisted)} in [files], and each decides an answer.",
        )
