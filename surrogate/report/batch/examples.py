"""The smallest record of a summary, for examples."""

from __future__ import annotations

from typing import Any

__all__ = ["EMPTY"]

#: Of a batch of which nothing is done yet.
EMPTY: dict[str, Any] = {
    "schema": "surrogate-batch-summary/1",
    "batch": {
        **dict.fromkeys(("model", "versions", "recipe_sha256", "rows_sha256", "part_texts")),
        "settings": {},
        "input": {"n_rows": 3, "n_texts": 3},
        "is_complete": False,
        "n_parts": 0,
        "batch_sha256": 64 * "0",
    },
    "counts": dict.fromkeys(
        (
            *("rows", "explained", "withheld", "error", "texts", "calls", "reports", "truncated", "refused"),
            *("exhaustive", "proxy_used", "unmeasured"),
        ),
        0,
    ),
    **{name: [] for name in ("decisions", "surrogates", "withheld", "reasons", "errors", "findings")},
    "fidelity": {"n": 0, "thousandths": [], **dict.fromkeys(("q5", "q10", "q25", "q50", "q75", "q90", "q95"))},
    "worst": {"errors": [], "adverse": [], "withheld": [], "closest": []},
    "drift": None,
}
