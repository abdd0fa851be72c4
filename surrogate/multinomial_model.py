"""MultinomialModel: a sparse multinomial regression as it is shown, a few coefficients for each class."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.features import Feature, Features

__all__ = ["Coefficient", "MultinomialModel"]


@dataclass(frozen=True)
class Coefficient:
    """What one feature adds to the log-odds of one class.

    Parameters
    ----------
    feature : int
        Place in the features of the model.
    class_index : int
    value : float
        In log-odds: added to the score of the class where the feature is present.
    low, high : float, optional
        Interval of the value.
    frequency : float, optional
        Share of refits that chose the coefficient with the same sign.

    Examples
    --------
    >>> Coefficient(0, 1, -0.5).low is None
    True
    """

    feature: int
    class_index: int
    value: float
    low: float | None = None
    high: float | None = None
    frequency: float | None = None


@dataclass(frozen=True)
class MultinomialModel:
    """Class probabilities as the softmax of sums of coefficients.

    ``p_c(x) = exp(s_c(x)) / sum_d exp(s_d(x))`` with ``s_c(x) = intercept_c + sum of the class's coefficients of the features
    that x has``.

    Parameters
    ----------
    features : tuple of Feature
        Only those that a coefficient names.
    classes : tuple of str
    intercepts : tuple of float, length n_classes
    coefficients : tuple of Coefficient

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> fee = Feature("word", "fee", "fee")
    >>> model = MultinomialModel((fee,), ("fees", "other"), (0.0, 1.0), (Coefficient(0, 0, 3.0),))
    >>> model.decide(Features(csr_matrix([[1.0], [0.0]], dtype=np.float32), (fee,))).tolist()
    [0, 1]
    """

    features: tuple[Feature, ...]
    classes: tuple[str, ...]
    intercepts: tuple[float, ...]
    coefficients: tuple[Coefficient, ...]
    kind: str = field(default="multinomial", init=False)

    def weights(self) -> NDArray[np.float64]:
        """The coefficients as a matrix, zero where there is none, shape (n_features, n_classes)."""
        matrix = np.zeros((len(self.features), len(self.classes)))
        for one in self.coefficients:
            matrix[one.feature, one.class_index] = one.value
        return matrix

    def scores(self, features: Features) -> NDArray[np.float64]:
        """Intercept plus coefficients of the features that are present, in log-odds, shape (n_rows, n_classes).

        Parameters
        ----------
        features : Features
            Their columns are found by name; there may be others.

        Raises
        ------
        InputError
            ``bad-parameter`` when a feature of the model is not among the columns.
        """
        return np.asarray(features.having(self.features) @ self.weights()) + np.array(self.intercepts)

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Probability of each class, shape (n_rows, n_classes); raises as :meth:`scores`."""
        scores = self.scores(features)
        risen = np.exp(scores - scores.max(axis=1, keepdims=True))
        return risen / risen.sum(axis=1, keepdims=True)

    def decide(self, features: Features) -> NDArray[np.intp]:
        """Number of the class of highest probability, the first of equals, shape (n_rows,); raises as :meth:`scores`."""
        return self.scores(features).argmax(axis=1)

    def by_class(self, class_index: int) -> tuple[Coefficient, ...]:
        """The coefficients of one class, largest magnitude first, equal ones in the order of their features."""
        own = [one for one in self.coefficients if one.class_index == class_index]
        return tuple(sorted(own, key=lambda one: (-abs(one.value), one.feature)))

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "kind": self.kind,
            "features": [feature.to_dict() for feature in self.features],
            "classes": list(self.classes),
            "intercepts": list(self.intercepts),
            "coefficients": [asdict(one) for one in self.coefficients],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MultinomialModel:
        """Inverse of :meth:`to_dict`."""
        return cls(
            tuple(Feature.from_dict(feature) for feature in data["features"]),
            tuple(data["classes"]),
            tuple(data["intercepts"]),
            tuple(Coefficient(**one) for one in data["coefficients"]),
        )
