"""CorpusSurrogate: one readable model for all documents of a corpus."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from surrogate.class_tree_model import ClassTreeModel
from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.features import FEATURE_KINDS, Features
from surrogate.multinomial_model import MultinomialModel
from surrogate.neighborhood import Neighborhood
from surrogate.rule_list_model import RuleListModel
from surrogate.single_thread import single_thread
from surrogate.table import Table, table_of

__all__ = ["CorpusModel", "CorpusSurrogate"]

CorpusModel = MultinomialModel | RuleListModel | ClassTreeModel


class CorpusSurrogate(StepMixin, BaseEstimator):
    """Base of the global surrogates: what differs is only how a table is fitted.

    Parameters
    ----------
    kinds : tuple of str, optional
        Kinds of features that the model may use (``surrogate.features.FEATURE_KINDS``); None: all.

    Attributes
    ----------
    model_ : MultinomialModel, RuleListModel or ClassTreeModel
        The readable model.
    classes_ : tuple of str
        The labels of the model that is explained.
    """

    #: Whether it says something about every document; then it can be scored.
    predicts: ClassVar[bool] = True

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"kinds": [tuple, list, None]}

    kinds: tuple[str, ...] | None

    def fit_table(self, table: Table) -> CorpusModel:
        """Fit the model to a table as :meth:`prepared` gives it."""
        raise NotImplementedError

    @announced
    def fit(self, neighborhood: Neighborhood, y: object = None) -> Self:
        """Fit one model to all documents and their altered copies, on the rows whose role is "fit".

        Parameters
        ----------
        neighborhood : Neighborhood
            Answered and described.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        InputError
            ``missing-black-box`` without answers; ``bad-parameter`` without features, without documents whose answer is
            usable, for models whose classes do not exclude each other, and for kinds of features that are not there.
        """
        self._validate_params()
        if neighborhood.multi_label:
            raise InputError(
                "bad-parameter",
                "A surrogate of a whole corpus explains one decision per text, and this model's classes can hold at once. "
                "Explain its texts one by one, with a target.",
            )
        self.model_ = self.learn(table_of(neighborhood.role("fit")))
        self.classes_ = self.model_.classes
        return self

    def learn(self, table: Table) -> CorpusModel:
        """The model of a table: on one thread and in an order of rows that content gives, so that it is always the same."""
        table = self.prepared(table)
        # One thread: sums over many rows must not depend on how many cores share them.
        with single_thread():
            return self.fit_table(table)

    def prepared(self, table: Table) -> Table:
        """The rows in order, and only the features that may be used.

        Raises
        ------
        InputError
            ``bad-parameter`` for a table without documents, and for kinds of features that are none or are not there.
        """
        if not table.original.any():
            raise InputError(
                "bad-parameter", "No document is left to fit: none has the role 'fit' and an answer that can be used."
            )
        return _of_kinds(table, self.kinds).in_order()

    def predict(self, neighborhood: Neighborhood) -> NDArray[np.str_]:
        """What the surrogate says about each document as it stands.

        Parameters
        ----------
        neighborhood : Neighborhood
            Described; answers are not needed.

        Returns
        -------
        labels : ndarray of str, shape (n_documents,)
            The empty string, which no class can be called, where no rule speaks.
        """
        check_is_fitted(self, "model_")
        said = self.model_.decide(_original_features(neighborhood))
        return np.array([*self.model_.classes, ""])[said]

    def score(self, neighborhood: Neighborhood, y: object = None) -> float:
        """Agreement: share of the documents of role "select" for which the surrogate decides as the model does.

        A document for which no rule speaks counts as disagreement; without documents not-a-number.
        """
        check_is_fitted(self, "model_")
        table = table_of(neighborhood.role("select")).originals()
        if not table.n_rows:
            return float("nan")
        return float(np.mean(self.model_.decide(table.features) == table.decisions))


def _of_kinds(table: Table, kinds: tuple[str, ...] | None) -> Table:
    if kinds is None:
        return table
    unknown = sorted(set(kinds) - set(FEATURE_KINDS))
    if unknown:
        raise InputError(
            "bad-parameter",
            f"The kinds of features are {', '.join(FEATURE_KINDS)}; got {', '.join(map(repr, unknown))}.",
        )
    chosen = table.of_kinds(tuple(kinds))
    if table.features.named and not chosen.features.named:
        there = sorted({feature.kind for feature in table.features.named})
        raise InputError(
            "bad-parameter",
            f"No feature is of the kinds {', '.join(kinds)}; there are {', '.join(there)}. Name one of these, or add a "
            "transformer that finds the others to the Describe step.",
        )
    return chosen


def _original_features(neighborhood: Neighborhood) -> Features:
    """The features of each document as it stands: the first of its rows in which every unit is kept."""
    if neighborhood.features is None:
        raise InputError("bad-parameter", "The sample has no features. Put a Describe step before this one.")
    rows = []
    for number, (start, masks) in enumerate(zip(neighborhood.starts, neighborhood.masks, strict=True)):
        whole = np.flatnonzero(masks.all(axis=1))
        if not len(whole):
            raise InputError("bad-parameter", f"Document {number + 1:,} is not in the sample as it stands.")
        rows.append(start + whole[0])
    return neighborhood.features.take(np.array(rows, dtype=np.intp))
