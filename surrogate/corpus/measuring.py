"""Measure global surrogates on held-out documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.class_tree_model import ClassTreeModel
from surrogate.corpus_explanation import CorpusMember
from surrogate.evidence.corpus_fidelity import measure_corpus_fidelity, measure_slices
from surrogate.evidence.corpus_gate import CorpusPolicy, judge_corpus
from surrogate.evidence.corpus_rules import CorpusRuleEvidence, measure_corpus_rules
from surrogate.evidence.multinomial_intervals import standard_errors
from surrogate.fit import CorpusSurrogate
from surrogate.multinomial_model import MultinomialModel
from surrogate.rule_list_model import RuleListModel
from surrogate.single_thread import single_thread
from surrogate.table import Table

__all__ = ["Measured", "measure_member"]

#: Half of a 95 % interval in standard errors.
_HALF = 1.959964


@dataclass(frozen=True, eq=False)
class Measured:
    """What global surrogates are measured on.

    Parameters
    ----------
    fitted : Table
        Rows they were fitted to, altered copies included, in the order of their content.
    documents : Table
        Every document as it is.
    held_out : ndarray of bool, shape (n_documents,)
    groups : mapping of str to sequence of str or None, each of length n_documents
        What slices are made by.
    """

    fitted: Table
    documents: Table
    held_out: NDArray[np.bool_]
    groups: Mapping[str, Sequence[str | None]]

    @property
    def majority(self) -> int:
        """The decision that is the most frequent among the documents that were fitted to."""
        counts = np.bincount(self.documents.decisions[~self.held_out], minlength=len(self.documents.classes))
        return int(counts.argmax())


def measure_member(name: str, surrogate: CorpusSurrogate, measured: Measured, policy: CorpusPolicy) -> CorpusMember:
    """Fidelity, slices and rules of one surrogate.

    Parameters
    ----------
    name : str
    surrogate : CorpusSurrogate
        Fitted.
    measured : Measured
    policy : CorpusPolicy

    Returns
    -------
    CorpusMember
    """
    model: Any = surrogate.model_
    decided, held_out = model.decide(measured.documents.features), measured.held_out
    decisions, classes = measured.documents.decisions, measured.documents.classes
    fidelity = measure_corpus_fidelity(decided[held_out], decisions[held_out], measured.majority)
    partial = isinstance(model, RuleListModel)
    groups = {
        by: [one for one, kept in zip(values, held_out, strict=True) if kept] for by, values in measured.groups.items()
    }
    covered = decided[held_out] >= 0
    left = Counter(classes[decision] for decision in decisions[held_out][~covered])
    return CorpusMember(
        name,
        _with_intervals(model, surrogate, measured.fitted),
        judge_corpus(fidelity, partial, policy),
        fidelity,
        measure_slices(decided[held_out], decisions[held_out], groups),
        _rules(model, measured),
        _shares(model, measured),
        tuple(sorted(left.items(), key=lambda item: (-item[1], item[0]))),
    )


def _rules(model: Any, measured: Measured) -> tuple[CorpusRuleEvidence, ...]:
    features, probabilities = measured.documents.features, measured.documents.probabilities
    if isinstance(model, RuleListModel):
        first = model.first(features)
        fires = model.fires(features)
        if model.ordered:
            fires = first[:, None] == np.arange(len(model.rules))
        says = np.array([rule.class_index for rule in model.rules], dtype=np.int64)
        return measure_corpus_rules(fires, first, says, probabilities, measured.held_out)
    if isinstance(model, ClassTreeModel):
        leaves = np.array([leaf for leaf, _ in model.paths()], dtype=np.int64)
        fires = model.leaf_of(features)[:, None] == leaves
        says = np.array([int(np.argmax(model.nodes[leaf].probabilities)) for leaf in leaves], dtype=np.int64)
        return measure_corpus_rules(fires, fires.argmax(axis=1), says, probabilities, measured.held_out)
    return ()


def _shares(model: Any, measured: Measured) -> tuple[float, ...]:
    if not isinstance(model, MultinomialModel):
        return ()
    held_out = measured.documents.features.having(model.features)[np.flatnonzero(measured.held_out)]
    # Counted in whole numbers: a mean of float32 is off in the sixth digit.
    return tuple(float(n) / held_out.shape[0] for n in held_out.getnnz(axis=0))


def _with_intervals(model: Any, surrogate: Any, fitted: Table) -> Any:
    """A linear model with an interval for each coefficient; every other model as it is."""
    if not isinstance(model, MultinomialModel) or not model.coefficients:
        return model
    columns = np.array([one.feature for one in model.coefficients])
    of_class = np.array([one.class_index for one in model.coefficients], dtype=np.int64)
    present = fitted.features.having(model.features)[:, columns].toarray().astype(np.float64)
    with single_thread():
        errors = standard_errors(
            present,
            of_class,
            model.probabilities(fitted.features),
            fitted.probabilities,
            fitted.weights(float(surrogate.copy_weight)),
            fitted.documents,
            float(surrogate.ridge),
        )
    coefficients = tuple(
        replace(one, low=one.value - _HALF * error, high=one.value + _HALF * error)
        for one, error in zip(model.coefficients, errors.tolist(), strict=True)
    )
    return replace(model, coefficients=coefficients)
