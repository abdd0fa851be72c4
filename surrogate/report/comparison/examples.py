"""A small record of a comparison, for examples."""

from __future__ import annotations

from typing import Any

__all__ = ["EMPTY"]

_SIDE = {"sha256": "0" * 64, "schema": "surrogate-report", "schema_version": "2.0", "model": "m", "n_documents": 1}

#: A comparison of two records that show no surrogate.
EMPTY: dict[str, Any] = {
    "schema": "surrogate-comparison",
    "schema_version": "1.0",
    "kind": "global",
    "before": _SIDE,
    "after": _SIDE,
    "told_first": [],
    "judgement": {"verdict": "not material", "label": "By no policy.", "reasons": [], "policy": {}, "checks": []},
    "members": [],
    "shares": [],
    "accuracy": [],
    "facts": [],
    "limits": [],
}
