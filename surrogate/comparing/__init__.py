"""Two records compared by meaning: what changed in rules, terms, evidence, model, prompt and data, and whether it matters."""

from __future__ import annotations

from surrogate.comparing.compare import compare_records
from surrogate.comparing.comparison import Comparison
from surrogate.comparing.materiality import Materiality, read_materiality

__all__ = ["Comparison", "Materiality", "compare_records", "read_materiality"]
