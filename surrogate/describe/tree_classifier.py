"""A decision tree over features as a scikit-learn classifier, made of plain arrays."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from surrogate.class_tree_model import ClassTreeModel
from surrogate.errors import InputError
from surrogate.features import Feature

__all__ = ["TreeClassifier"]


class TreeClassifier(ClassifierMixin, BaseEstimator):
    """The tree of a corpus as the last step of a pipeline that begins with texts.

    It is not fitted but made of a :class:`~surrogate.class_tree_model.ClassTreeModel`; unlike scikit-learn's own trees it can
    be opened from a file that somebody else wrote, since nothing in it is trusted to be in bounds.

    Attributes
    ----------
    classes_ : ndarray of str, shape (n_classes,)
    n_features_in_ : int
    asked_ : ndarray of int, shape (n_nodes,)
        Column that each node asks about; -1: a leaf.
    next_ : ndarray of int, shape (n_nodes, 2)
        The node that follows when the feature is absent, and when it is present.
    probabilities_ : ndarray of float, shape (n_nodes, n_classes)

    Examples
    --------
    >>> from surrogate.class_tree_model import ClassNode
    >>> fee = Feature("word", "fee", "fee")
    >>> nodes = ClassNode((0.5, 0.5), 0, 1, 2), ClassNode((0.9, 0.1)), ClassNode((0.1, 0.9))
    >>> tree = TreeClassifier.of(ClassTreeModel((fee,), ("fees", "other"), nodes), (fee,))
    >>> tree.predict(csr_matrix([[1.0], [0.0]])).tolist()
    ['fees', 'other']
    """

    @classmethod
    def of(cls, model: ClassTreeModel, named: tuple[Feature, ...]) -> TreeClassifier:
        """The classifier of a tree whose features are among some columns."""
        place = {feature.name: number for number, feature in enumerate(named)}
        columns = [place[feature.name] for feature in model.features]
        made = cls()
        made.classes_ = np.array(model.classes)
        made.n_features_in_ = len(named)
        made.asked_ = np.array([-1 if node.feature is None else columns[node.feature] for node in model.nodes])
        made.next_ = np.array([[node.absent or 0, node.present or 0] for node in model.nodes])
        made.probabilities_ = np.array([node.probabilities for node in model.nodes])
        return made

    def fit(self, X: Any, y: object = None) -> Self:
        """Do nothing: the tree is made by :meth:`of`; returns self."""
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probability of each class, shape (n_rows, n_classes).

        Raises
        ------
        InputError
            ``bad-record`` when a node leads nowhere or in a circle.
        """
        check_is_fitted(self, "asked_")
        present = csr_matrix(X).toarray() > 0.5
        at = np.zeros(len(present), dtype=np.int64)
        n_nodes, rows = len(self.asked_), np.arange(len(present))
        if (
            self.next_.min(initial=0) < 0
            or self.next_.max(initial=0) >= n_nodes
            or self.asked_.max() >= present.shape[1]
        ):
            raise InputError("bad-record", "The tree is damaged: a node leads nowhere. Make the student again.")
        for _ in range(n_nodes):
            inner = rows[self.asked_[at] >= 0]
            if not len(inner):
                return np.asarray(self.probabilities_[at])
            at[inner] = self.next_[at[inner], present[inner, self.asked_[at[inner]]].astype(np.int64)]
        raise InputError("bad-record", "The tree is damaged: its nodes lead in a circle. Make the student again.")

    def predict(self, X: Any) -> NDArray[np.str_]:
        """The most probable class of each row, the first of equals, shape (n_rows,)."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "asked_")
