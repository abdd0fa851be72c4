"""Exit codes of the command line."""

from __future__ import annotations

__all__ = ["DONE", "DRIFTED", "MODEL_ERROR", "STOPPED", "USAGE_ERROR", "WITHHELD"]

DONE, WITHHELD, USAGE_ERROR, MODEL_ERROR, STOPPED = 0, 1, 2, 3, 130

#: The model no longer answers as it did.
DRIFTED = 1
