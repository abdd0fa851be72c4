"""Step 4: readable surrogates fitted to the model's answers."""

from surrogate.determination import r2
from surrogate.fit.anchor import Anchor
from surrogate.fit.base import Surrogate
from surrogate.fit.class_tree import ClassTree
from surrogate.fit.corpus_base import CorpusSurrogate
from surrogate.fit.corpus_panel import CorpusPanel
from surrogate.fit.decision_rules import DecisionRules
from surrogate.fit.panel import Panel
from surrogate.fit.proxy import Teacher
from surrogate.fit.rule_set import RuleSet
from surrogate.fit.rule_tree import RuleTree
from surrogate.fit.shapley import Shapley
from surrogate.fit.sparse_linear import SparseLinear
from surrogate.fit.sparse_multinomial import SparseMultinomial

__all__ = [
    "Anchor",
    "ClassTree",
    "CorpusPanel",
    "CorpusSurrogate",
    "DecisionRules",
    "Panel",
    "RuleSet",
    "RuleTree",
    "Shapley",
    "SparseLinear",
    "SparseMultinomial",
    "Surrogate",
    "Teacher",
    "r2",
]
