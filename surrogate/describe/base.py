"""What all transformers from texts to features share: scikit-learn's manners, and a sparse matrix of presences."""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from surrogate.describe.inputs import Inputs, inputs_of
from surrogate.errors import InputError
from surrogate.features import Feature

__all__ = ["Describer", "presence_of"]


class Describer(TransformerMixin, BaseEstimator):
    """A scikit-learn transformer whose columns are features: 1 where a document has the feature, else 0.

    Attributes
    ----------
    features_ : tuple of Feature, length n_features
        The columns.

    Examples
    --------
    >>> from surrogate.describe import Patterns
    >>> isinstance(Patterns({"number": "[0-9]+"}), Describer)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {}
    features_: tuple[Feature, ...]

    def fit(self, X: Any, y: object = None) -> Self:
        """Learn the features of documents.

        Parameters
        ----------
        X : sequence of str, Documents, Neighborhood, data frame or ndarray
            See :func:`~surrogate.describe.inputs_of`.
        y : ignored

        Raises
        ------
        InputError
            ``bad-corpus`` without documents; otherwise as the class says.
        """
        self._validate_params()
        inputs = inputs_of(X)
        if not inputs.n_rows:
            raise InputError("bad-corpus", "There are no documents. Give at least one.")
        self._fit(inputs)
        return self

    def transform(self, X: Any) -> csr_matrix:
        """Presence of each feature in each document.

        Returns
        -------
        scipy.sparse.csr_matrix of float32, shape (n_rows, n_features)
        """
        check_is_fitted(self, "features_")
        return self._transform(inputs_of(X))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the features, shape (n_features,)."""
        check_is_fitted(self, "features_")
        return np.array([feature.name for feature in self.features_], dtype=object)

    @abstractmethod
    def _fit(self, inputs: Inputs) -> None:
        """Set ``features_`` and what else is learnt."""

    @abstractmethod
    def _transform(self, inputs: Inputs) -> csr_matrix:
        """Presence of each feature in each row."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.no_validation = True
        return tags


def presence_of(rows: Iterable[Iterable[Hashable]], columns: Mapping[Any, int]) -> csr_matrix:
    """The matrix of what is present in each row, shape (n_rows, n_columns); what has no column is passed over.

    Parameters
    ----------
    rows : iterable of iterables of distinct keys
    columns : mapping of keys to column numbers

    Examples
    --------
    >>> presence_of([{"fee"}, {"card", "fee"}], {"card": 0, "fee": 1}).toarray().tolist()
    [[0.0, 1.0], [1.0, 1.0]]
    """
    # Arrays of machine numbers: a large corpus has hundreds of millions of presences.
    indices, ends = array("i"), array("q", [0])
    for row in rows:
        indices.extend(sorted(columns[key] for key in row if key in columns))
        ends.append(len(indices))
    data = np.ones(len(indices), dtype=np.float32)
    shape = (len(ends) - 1, len(columns))
    return csr_matrix((data, np.array(indices, dtype=np.int32), np.array(ends, dtype=np.int64)), shape=shape)
