"""Table: what a global surrogate is fitted to; rows of features beside the model's answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surrogate.canonical import digest
from surrogate.errors import InputError
from surrogate.features import Features
from surrogate.neighborhood import Neighborhood

__all__ = ["Table", "table_of"]


@dataclass(frozen=True, eq=False)
class Table:
    """Documents, and altered copies of them, with their features and the model's answers.

    Parameters
    ----------
    features : Features
        n_rows rows.
    probabilities : ndarray of float64, shape (n_rows, n_classes)
        What the model says.
    classes : tuple of str, length n_classes
    documents : ndarray of int, shape (n_rows,)
        Number of the document each row is, or is a copy of.
    original : ndarray of bool, shape (n_rows,)
        Whether a row is the document itself.
    keys : ndarray of str, shape (n_rows,), optional
        SHA-256 of the text of each row's document: what folds and the order of rows go by, so that nothing depends on the
        order of the documents.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> from surrogate.features import Feature
    >>> features = Features(csr_matrix([[1.0], [0.0]], dtype=np.float32), (Feature("word", "fee", "fee"),))
    >>> table = Table(features, np.array([[.9, .1], [.2, .8]]), ("fees", "other"), np.array([0, 0]), np.array([True, False]))
    >>> table.decisions.tolist(), table.weights(3.0).tolist(), table.originals().n_rows
    ([0, 1], [1.0, 3.0], 1)
    """

    features: Features
    probabilities: NDArray[np.float64]
    classes: tuple[str, ...]
    documents: NDArray[np.int64]
    original: NDArray[np.bool_]
    keys: NDArray[np.str_] | None = None

    @property
    def n_rows(self) -> int:
        """Number of rows, copies included."""
        return len(self.documents)

    @property
    def decisions(self) -> NDArray[np.int64]:
        """The model's decision for each row: the class of highest probability, the first of equals, shape (n_rows,)."""
        return self.probabilities.argmax(axis=1)

    def weights(self, copy_weight: float) -> NDArray[np.float64]:
        """Weight of each row, shape (n_rows,): 1 for a document; all copies of a document together ``copy_weight``."""
        copies = np.bincount(self.documents[~self.original], minlength=int(self.documents.max(initial=0)) + 1)
        each = copy_weight / np.maximum(copies[self.documents], 1)
        return np.where(self.original, 1.0, each)

    def take(self, rows: NDArray[np.intp]) -> Table:
        """Some rows, in the given order."""
        return replace(
            self,
            features=self.features.take(rows),
            probabilities=self.probabilities[rows],
            documents=self.documents[rows],
            original=self.original[rows],
            keys=None if self.keys is None else self.keys[rows],
        )

    def originals(self) -> Table:
        """Without the altered copies."""
        return self.take(np.flatnonzero(self.original))

    def of_kinds(self, kinds: tuple[str, ...] | None) -> Table:
        """With the features of some kinds only; None: all."""
        return replace(self, features=self.features.of_kinds(kinds))

    def in_order(self) -> Table:
        """The rows in an order that their content gives: sums over rows do not depend on the order of the documents.

        Examples
        --------
        >>> from scipy.sparse import csr_matrix
        >>> table = Table(Features(csr_matrix((2, 0))), np.ones((2, 1)), ("a",), np.arange(2), np.ones(2, bool),
        ...               np.array(["b", "a"]))
        >>> table.in_order().documents.tolist()
        [1, 0]
        """
        if self.keys is None:
            return self
        # Copies of one text differ in their features: square roots of different whole numbers hardly ever sum to the same.
        told_apart = self.features.presence @ np.sqrt(np.arange(1.0, len(self.features.named) + 1))
        content = (told_apart, *self.probabilities.T, ~self.original, self.keys)
        return self.take(np.lexsort(content))


def table_of(neighborhood: Neighborhood) -> Table:
    """The table of an answered and described sample; refused, cut and low-mass answers are left out.

    Raises
    ------
    InputError
        ``missing-black-box`` without answers, ``bad-parameter`` without features.
    """
    answers, features = neighborhood.answers, neighborhood.features
    if answers is None:
        raise InputError("missing-black-box", "The sample has no answers. Put a Query step before this one.")
    if features is None:
        raise InputError("bad-parameter", "The sample has no features. Put a Describe step before this one.")
    documents = neighborhood.document_of
    keys = np.array([digest(document.text) for document in neighborhood.documents])[documents]
    table = Table(features, answers.probabilities, neighborhood.classes, documents, neighborhood.original, keys)
    return table.take(np.flatnonzero(answers.usable))
