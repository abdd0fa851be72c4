"""Surrogate: measured explanations of language-model text classifiers, by decision trees and sparse linear models.

Importing the package is light: names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surrogate.assembly import explanation_of
    from surrogate.blackbox import load_model, shipped_models
    from surrogate.blackbox.embedding_sources import load_embedder
    from surrogate.corpus import read_corpus
    from surrogate.corpus.audit import audit
    from surrogate.corpus.distilling import distill
    from surrogate.corpus_explanation import CorpusExplanation
    from surrogate.documents import Documents
    from surrogate.errors import InputError, ModelError, SurrogateError
    from surrogate.evidence import Policy
    from surrogate.explanation import Explanation
    from surrogate.fit import Panel, RuleTree, SparseLinear
    from surrogate.local import explain
    from surrogate.model_selection import SameTexts
    from surrogate.perturb import Delete, ReplaceByMask
    from surrogate.query import Query
    from surrogate.recipes import dump, load
    from surrogate.weigh import Weigh

__version__ = "0.1.0"

_WHERE = {
    "CorpusExplanation": "corpus_explanation",
    "Delete": "perturb",
    "Documents": "documents",
    "Explanation": "explanation",
    "InputError": "errors",
    "ModelError": "errors",
    "Panel": "fit",
    "Policy": "evidence",
    "Query": "query",
    "ReplaceByMask": "perturb",
    "RuleTree": "fit",
    "SameTexts": "model_selection",
    "SparseLinear": "fit",
    "SurrogateError": "errors",
    "Weigh": "weigh",
    "audit": "corpus.audit",
    "distill": "corpus.distilling",
    "dump": "recipes",
    "explain": "local",
    "explanation_of": "assembly",
    "load": "recipes",
    "load_embedder": "blackbox.embedding_sources",
    "load_model": "blackbox",
    "read_corpus": "corpus",
    "shipped_models": "blackbox",
}

__all__ = [
    "CorpusExplanation",
    "Delete",
    "Documents",
    "Explanation",
    "InputError",
    "ModelError",
    "Panel",
    "Policy",
    "Query",
    "ReplaceByMask",
    "RuleTree",
    "SameTexts",
    "SparseLinear",
    "SurrogateError",
    "Weigh",
    "__version__",
    "audit",
    "distill",
    "dump",
    "explain",
    "explanation_of",
    "load",
    "load_embedder",
    "load_model",
    "read_corpus",
    "shipped_models",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'surrogate' has no attribute {name!r}")
    return getattr(importlib.import_module(f"surrogate.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
