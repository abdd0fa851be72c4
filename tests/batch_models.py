"""Toy models of whole batches, importable by worker processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np

from surrogate.blackbox import FunctionBox

#: Words that make the toy raise, run out of memory, or end its process.
RAISES, GREEDY, FATAL = "raises", "greedy", "fatal"
WEIGHTS = {"card": 2.0, "lost": 1.5, "fee": -2.5, "not": -1.0, "please": 0.2}


def desks(texts: list[str]) -> np.ndarray:
    """Cards or fees, by weights of words and one interaction."""
    words = [text.split() for text in texts]
    if any(RAISES in own for own in words):
        raise ValueError("a secret")
    if any(GREEDY in own for own in words):
        raise MemoryError
    if any(FATAL in own for own in words):
        os.kill(os.getpid(), signal.SIGKILL)
    scores = [sum(WEIGHTS.get(word, 0.0) for word in own) - 2.0 * ("not" in own and "lost" in own) for own in words]
    shares = 1.0 / (1.0 + np.exp(-np.array(scores)))
    return np.column_stack([shares, 1.0 - shares])


def toy(fingerprint: str | None = "desks 1") -> FunctionBox:
    return FunctionBox(desks, classes=["cards", "fees"], fingerprint=fingerprint)


def messages(n: int) -> list[str]:
    """Different texts of six to nine words."""
    fillers = ["today", "again", "really", "please", "now", "still", "here", "then"]
    heads = ["I lost my card", "why this fee", "my card is not lost", "the fee was not told"]
    return [f"{heads[k % 4]} {fillers[k // 4 % 8]} {fillers[k // 32 % 8]} number {k}" for k in range(n)]


def write_csv(path: Path, rows: list[tuple[str, str]]) -> Path:
    lines = ["id,text", *(f'{name},"{text}"' for name, text in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
