"""Batches: a decision explained for every row of a file, in parts that resume, scale out, and give the same bytes everywhere."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = [
    "drift_between",
    "explain_batch",
    "find_row",
    "read_rows",
    "summarize",
    "verify_batch",
    "write_summary",
]

#: Where the public names live.  They are imported when used: workers import single modules, each with only what it needs.
_ROOMS = {
    "drift_between": "summary.drifting",
    "explain_batch": "explaining",
    "find_row": "rows.reading",
    "read_rows": "rows.reading",
    "summarize": "summary.summarizing",
    "verify_batch": "checking.checking",
    "write_summary": "summary.writing_summary",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
