"""Step 4: readable surrogates fitted to the model's answers."""

from surrogate.fit.anchor import Anchor
from surrogate.fit.base import Surrogate, r2
from surrogate.fit.panel import Panel
from surrogate.fit.proxy import Teacher
from surrogate.fit.rule_set import RuleSet
from surrogate.fit.rule_tree import RuleTree
from surrogate.fit.shapley import Shapley
from surrogate.fit.sparse_linear import SparseLinear

__all__ = ["Anchor", "Panel", "RuleSet", "RuleTree", "Shapley", "SparseLinear", "Surrogate", "Teacher", "r2"]
