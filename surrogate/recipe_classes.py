"""The classes that a recipe may name: nothing else is ever looked up by a name in a file."""

from __future__ import annotations

from surrogate.describe import Columns, Concepts, Describe, Lexicon, Patterns, Probes, Terms
from surrogate.fit import (
    Anchor,
    ClassTree,
    CorpusPanel,
    DecisionRules,
    Panel,
    RuleSet,
    RuleTree,
    Shapley,
    SparseLinear,
    SparseMultinomial,
)
from surrogate.perturb import Corpus, Delete, Infill, Mixture, ReplaceByMask
from surrogate.query import Query
from surrogate.weigh import Weigh

__all__ = ["CORPUS_STEPS", "NESTED", "STEPS"]

_SURROGATES = {
    "SparseLinear": SparseLinear,
    "RuleTree": RuleTree,
    "RuleSet": RuleSet,
    "Anchor": Anchor,
    "Shapley": Shapley,
}

_CORPUS_SURROGATES = {"SparseMultinomial": SparseMultinomial, "DecisionRules": DecisionRules, "ClassTree": ClassTree}
_PARTS = {
    "Terms": Terms,
    "Lexicon": Lexicon,
    "Patterns": Patterns,
    "Columns": Columns,
    "Concepts": Concepts,
    "Probes": Probes,
}

_SAMPLERS: dict[str, type] = {"Delete": Delete, "Infill": Infill, "ReplaceByMask": ReplaceByMask}

#: The tables of a recipe for one text in the order of the pipeline, and the classes each may name.
STEPS: dict[str, dict[str, type]] = {
    "perturb": {**_SAMPLERS, "Mixture": Mixture},
    "query": {"Query": Query},
    "weigh": {"Weigh": Weigh},
    "surrogate": {"Panel": Panel, **_SURROGATES},
}
#: The same of a recipe for a corpus.
CORPUS_STEPS: dict[str, dict[str, type]] = {
    "perturb": {"Corpus": Corpus},
    "query": {"Query": Query},
    "describe": {"Describe": Describe},
    "surrogate": {"CorpusPanel": CorpusPanel},
}

#: Classes that hold others: the key under which these stand, and which they may be.
NESTED: dict[type, tuple[str, dict[str, type]]] = {
    Mixture: ("members", _SAMPLERS),
    Panel: ("members", _SURROGATES),
    CorpusPanel: ("members", _CORPUS_SURROGATES),
    Describe: ("parts", _PARTS),
}
