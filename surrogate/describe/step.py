"""Describe: a step of a pipeline for a corpus; interpretable features of each document and of its altered copies."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import TransformerMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import FeatureUnion
from sklearn.utils.metaestimators import _BaseComposition

from surrogate.describe.base import Describer
from surrogate.describe.inputs import inputs_of
from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.features import Feature, Features
from surrogate.neighborhood import Neighborhood

__all__ = ["Describe"]


class Describe(StepMixin, TransformerMixin, _BaseComposition):
    """Fill in the features of each document and altered copy.

    Features are learnt from the documents of the fitting part as they stand; altered copies, and the documents of the other
    parts, are only looked at for them.

    Parameters
    ----------
    parts : list of (str, Describer)
        Named transformers, such as ``[("terms", Terms()), ("concepts", Concepts())]``; ``"drop"`` in place of one leaves it out.

    Attributes
    ----------
    parts_ : dict of str to Describer
        The fitted transformers.
    features_ : tuple of Feature
        The columns of all parts, in their order.
    fitted_documents_ : ndarray of int, shape (n_fitted,)
        Numbers of the documents that the parts were fitted on; ``typical`` of a concept counts in these.

    Examples
    --------
    >>> from surrogate.describe import Terms
    >>> from surrogate.perturb import Delete
    >>> neighborhood = Delete(n_samples=8).fit_transform(["lost card", "stolen card", "a fee", "no fee"])
    >>> describe = Describe([("terms", Terms(prefixes=None))])
    >>> described = describe.set_params(terms__language="none").fit_transform(neighborhood)
    >>> [feature.name for feature in described.features.named], described.features.presence.shape
    (['word:card', 'word:fee'], (16, 2))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {"parts": [list]}

    def __init__(self, parts: list[tuple[str, Describer]]) -> None:
        self.parts = parts

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters of the step and, by name, of its parts."""
        return self._get_params("parts", deep=deep)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of the step or of its parts (``terms__min_documents=4``)."""
        self._set_params("parts", **params)
        return self

    @announced
    def fit(self, neighborhood: Neighborhood, y: object = None) -> Self:
        """Fit the parts on the documents of the fitting part, altered copies left out.

        Raises
        ------
        InputError
            ``bad-parameter`` without parts, for parts that are none, or when two parts have a feature of one name;
            ``bad-corpus`` when no document is for fitting, or no part finds a feature; otherwise as the parts do.
        """
        self._validate_params()
        parts = [(name, part) for name, part in self.parts if part != "drop"]
        wrong = [name for name, part in parts if not isinstance(part, Describer)]
        if not parts or wrong:
            named = f"; {', '.join(wrong)} is none" if wrong else ""
            raise InputError("bad-parameter", f"Describe needs parts such as ('terms', Terms()){named}.")
        rows = np.flatnonzero(neighborhood.original & np.isin(neighborhood.roles, ("fit", "all")))
        if not len(rows):
            raise InputError(
                "bad-corpus", "No document is for fitting: features are learnt from unaltered rows of role fit."
            )
        self.fitted_documents_: NDArray[np.int64] = neighborhood.document_of[rows]
        union = FeatureUnion([(name, clone(part)) for name, part in parts])
        self.union_ = union.fit(inputs_of(neighborhood).take(rows))
        self.parts_ = dict(self.union_.transformer_list)
        self.features_ = self._features(len(rows))
        return self

    def transform(self, neighborhood: Neighborhood) -> Neighborhood:
        """The sample with the features of each of its rows filled in."""
        if not hasattr(self, "features_"):
            raise NotFittedError("Describe has learnt no features yet; call fit with a corpus first.")
        presence = csr_matrix(self.union_.transform(inputs_of(neighborhood)), dtype=np.float32)
        return neighborhood.replace(features=Features(presence, self.features_))

    def _features(self, n_documents: int) -> tuple[Feature, ...]:
        features = tuple(feature for part in self.parts_.values() for feature in part.features_)
        if not features:
            raise InputError(
                "bad-corpus",
                f"No part found a feature in the {n_documents:,} documents. Give more documents, or other parts.",
            )
        twice = sorted(name for name, count in Counter(feature.name for feature in features).items() if count > 1)
        if twice:
            raise InputError(
                "bad-parameter",
                f"Two parts have the same feature, {twice[0]} ({len(twice):,} such). Keep it to one of them.",
            )
        return features
