"""Writing ``model.toml``: what a model folder holds, how it is asked and what it must answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["answer_files", "write_manifest"]

#: Files that a reader uses and that decide no answer.
_NOT_ANSWERS = {"README.md", "model.toml", "routes.csv"}


def answer_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that decides an answer, by name.

    Parameters
    ----------
    folder : Path
        Model folder.

    Returns
    -------
    dict of str to str
        Hexadecimal digests, sorted by file name.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name not in _NOT_ANSWERS)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _toml(value: object) -> str:
    """Write a string, number or flat list as TOML; a JSON string is a TOML basic string."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)


def _lines(table: Mapping[str, object]) -> list[str]:
    return [f"{key if key.isidentifier() else _toml(key)} = {_toml(value)}" for key, value in table.items()]


def write_manifest(
    folder: Path,
    head: Mapping[str, object],
    references: Sequence[Mapping[str, object]],
    prompt: Mapping[str, str] | None = None,
) -> None:
    """Write ``model.toml``.

    Parameters
    ----------
    folder : Path
        Model folder, complete but for this file and the card.
    head : mapping
        Name, kind, summary, language, licence, labels and max_length.
    references : sequence of mapping
        Texts with the probabilities the training code computed.
    prompt : mapping, optional
        How a causal language model is asked.
    """
    lines = ["schema = 1", *_lines(head), "", "[files]", *_lines(answer_files(folder))]
    if prompt is not None:
        lines += ["", "[prompt]", *_lines(prompt)]
    for reference in references:
        lines += ["", "[[reference]]", *_lines(reference)]
    (folder / "model.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
