"""DecisionRules: a few rules that speak for many documents and are right about them; silent about the others."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

from sklearn.utils._param_validation import Interval

from surrogate.fit.corpus_base import CorpusSurrogate
from surrogate.fit.cross_fit import CrossFit, cross_fit, least_cautious
from surrogate.fit.rule_search import RuleSearch
from surrogate.rule_list_model import RuleListModel
from surrogate.table import Table

__all__ = ["DecisionRules"]


class DecisionRules(CorpusSurrogate):
    """Rules over presences and absences of features, for the classes that a model decides for.

    Candidates are conjunctions found by a beam search on the documents (:mod:`surrogate.fit.rule_pool`); of them rules are chosen
    greedily, on documents and altered copies, for the coverage they add at a price of errors (:mod:`surrogate.fit.greedy_rules`).

    Parameters
    ----------
    max_rules : int, default 40
    ordered : bool, default False
        True: a list that is read in order.  False: a set, each rule of which holds by itself.
    max_conditions : int, default 2
        Most presences and absences in a rule; at most 3.
    min_support : int, default 4
        Fewest documents that a rule is right about, as a sum of certainties; in corpora of more than 1,000 documents .4 %.
    copy_weight : float, default 5.0
        Weight of all altered copies of a document together; the document itself has 1.  0: no copies.
    caution : float, optional
        What an error costs, in right documents.  None: chosen by a cross-fit, so that the rules are precise enough on documents
        they were not fitted to.
    precision : float, default 0.95
        What is precise enough.
    folds : int, default 4
        Folds of the cross-fit, by a digest of each text.
    exclude : tuple of str, default ()
        Names (``stem:the``) or keys (``the``) of features that no condition is made of, such as stop words.
    kinds : tuple of str, optional
        Kinds of features that may be used; None: all.

    Attributes
    ----------
    model_ : RuleListModel
    classes_ : tuple of str
    caution_ : float
        The price that was used.
    cross_fit_ : tuple of CrossFit
        Coverage and precision for each price that was tried; empty where the caution was given.

    References
    ----------
    Rivest, "Learning decision lists", Machine Learning 2, 1987; Lakkaraju, Bach and Leskovec, "Interpretable decision sets",
    KDD 2016 (rules that hold by themselves).

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.features import Feature, Features
    >>> features = Features(csr_matrix(np.repeat([[1], [0]], 8, axis=0), dtype=np.float32), (Feature("word", "fee", "fee"),))
    >>> says = np.repeat([[.9, .1], [.1, .9]], 8, axis=0)
    >>> table = Table(features, says, ("fees", "other"), np.arange(16), np.ones(16, bool))
    >>> model = DecisionRules(caution=4.0).learn(table)
    >>> [(model.classes[rule.class_index], rule.conditions) for rule in model.rules]
    [('fees', (Condition(feature=0, present=True),))]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CorpusSurrogate._parameter_constraints,
        "max_rules": [Interval(Integral, 1, None, closed="left")],
        "ordered": ["boolean"],
        "max_conditions": [Interval(Integral, 1, 3, closed="both")],
        "min_support": [Interval(Integral, 1, None, closed="left")],
        "copy_weight": [Interval(Real, 0, None, closed="left")],
        "caution": [Interval(Real, 0, None, closed="left"), None],
        "precision": [Interval(Real, 0, 1, closed="both")],
        "folds": [Interval(Integral, 2, None, closed="left")],
        "exclude": [tuple, list],
    }

    model_: RuleListModel
    cross_fit_: tuple[CrossFit, ...]

    def __init__(
        self,
        *,
        max_rules: int = 40,
        ordered: bool = False,
        max_conditions: int = 2,
        min_support: int = 4,
        copy_weight: float = 5.0,
        caution: float | None = None,
        precision: float = 0.95,
        folds: int = 4,
        exclude: tuple[str, ...] = (),
        kinds: tuple[str, ...] | None = None,
    ) -> None:
        self.max_rules = max_rules
        self.ordered = ordered
        self.max_conditions = max_conditions
        self.min_support = min_support
        self.copy_weight = copy_weight
        self.caution = caution
        self.precision = precision
        self.folds = folds
        self.exclude = exclude
        self.kinds = kinds

    def fit_table(self, table: Table) -> RuleListModel:
        """Choose the caution, unless it is given, and fit the rules to all documents with it."""
        search = RuleSearch(
            int(self.max_rules),
            int(self.max_conditions),
            int(self.min_support),
            bool(self.ordered),
            float(self.copy_weight),
            tuple(self.exclude),
        )
        if self.caution is None:
            self.cross_fit_ = cross_fit(search, table, int(self.folds))
            self.caution_ = least_cautious(self.cross_fit_, float(self.precision))
        else:
            self.cross_fit_, self.caution_ = (), float(self.caution)
        return search.models(table, (self.caution_,))[self.caution_]
