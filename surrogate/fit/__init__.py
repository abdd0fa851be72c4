"""Step 4: readable surrogates fitted to the model's answers."""

from surrogate.fit.base import Surrogate
from surrogate.fit.panel import Panel
from surrogate.fit.rule_tree import RuleTree
from surrogate.fit.sparse_linear import SparseLinear

__all__ = ["Panel", "RuleTree", "SparseLinear", "Surrogate"]
