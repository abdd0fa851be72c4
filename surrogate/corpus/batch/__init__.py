"""Batches: a decision explained for every row of a file, in parts that resume, scale out, and give the same bytes everywhere."""

from __future__ import annotations

from typing import Any

__all__ = ["explain_batch"]


def __getattr__(name: str) -> Any:
    # Workers import single modules of this package: each brings only what it needs.
    if name == "explain_batch":
        from surrogate.corpus.batch.explaining import explain_batch

        return explain_batch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
