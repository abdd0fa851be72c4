"""Weigh: the third step of a pipeline; how much each altered copy counts in the fit."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils._param_validation import Interval, StrOptions

from surrogate.errors import InputError
from surrogate.estimator import StepMixin, announced
from surrogate.neighborhood import Neighborhood

__all__ = ["AUTO", "KERNELS", "Weigh", "exponential_kernel"]

#: A width that is still to be chosen.
AUTO = "auto"

#: Locality kernels: all copies alike, or less weight the further a copy is from the text, in words or in the model's eyes.
KERNELS = ("uniform", "mask_cosine", "embedding_cosine")


def exponential_kernel(distance: NDArray[np.float64], kernel_width: float) -> NDArray[np.float64]:
    """LIME's kernel sqrt(exp(-distance ** 2 / kernel_width ** 2)), shape of ``distance``.

    References
    ----------
    Ribeiro, Singh and Guestrin, KDD 2016; lime 0.2.0.1 multiplies the cosine distance by 100 and uses width 25.

    Examples
    --------
    >>> exponential_kernel(np.array([0.0, 0.25]), 0.25).round(3).tolist()
    [1.0, 0.607]
    """
    return np.sqrt(np.exp(-(distance**2) / kernel_width**2))


#: A copy that weighs less than this share of what the text itself does is not there for any fit.
_LEAST_WEIGHT = 1e-12


class Weigh(StepMixin, TransformerMixin, BaseEstimator):
    """Fill in the weight of each altered copy.

    Parameters
    ----------
    kernel : {"uniform", "mask_cosine", "embedding_cosine"}, default "uniform"
        "mask_cosine": cosine distance between the mask and the full mask, as in LIME.  "embedding_cosine": cosine distance
        between the model's embeddings of the copy and of the text.
    kernel_width : float or "auto", default 0.25
        In units of cosine distance.  "auto": chosen by fidelity on the select part, see :mod:`surrogate.kernel_width`;
        :func:`surrogate.explain` does it, and the step alone cannot.

    Attributes
    ----------
    origins_ : dict of str to ndarray of float, shape (n_dimensions,)
        The model's embedding of each text it was fitted on (embedding kernel only).

    Examples
    --------
    >>> from surrogate.perturb import Delete
    >>> neighborhood = Delete(n_samples=8).fit_transform(["pay bill"])
    >>> Weigh(kernel="mask_cosine").fit_transform(neighborhood).sample_weight.round(3).tolist()
    [1.0, 0.0, 0.503, 0.503]
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "kernel": [StrOptions(set(KERNELS))],
        "kernel_width": [Interval(Real, 0, None, closed="neither"), StrOptions({AUTO})],
    }

    def __init__(self, *, kernel: str = "uniform", kernel_width: float | str = 0.25) -> None:
        self.kernel = kernel
        self.kernel_width = kernel_width

    @announced
    def fit(self, neighborhood: Neighborhood, y: object = None) -> Self:
        """Remember the embedding of each original text, for the embedding kernel.

        Raises
        ------
        InputError
            ``bad-parameter`` when the model gives no embeddings, when the width is still to be chosen, or so narrow that no
            altered copy weighs anything.
        """
        self._validate_params()
        if self.kernel_width == AUTO and self.kernel != "uniform":
            raise InputError(
                "bad-parameter",
                "kernel_width='auto' is chosen on a whole pipeline. Use explain(text, model, pipe), or choose it first: "
                "surrogate.kernel_width.with_width(pipe, text).",
            )
        self.origins_ = {}
        if self.kernel == "embedding_cosine":
            for part in neighborhood.parts():
                original = int(np.flatnonzero(part.masks[0].all(axis=1))[0])
                self.origins_[part.documents[0].text] = _embeddings(part)[original]
        for part in neighborhood.parts():
            self._require_weight(part)
        return self

    def transform(self, neighborhood: Neighborhood) -> Neighborhood:
        """The neighbourhood with its sample weights filled in."""
        weights = [self._distance_weight(part) * _design_weight(part) for part in neighborhood.parts()]
        return neighborhood.replace(sample_weight=np.concatenate(weights))

    def distances(self, neighborhood: Neighborhood) -> NDArray[np.float64]:
        """Distance of each copy from its text, as the kernel sees it, shape (n_samples,); zeros for "uniform"."""
        return np.concatenate([self._distance(part) for part in neighborhood.parts()])

    def _require_weight(self, part: Neighborhood) -> None:
        """Refuse a width at which nothing but the text itself is left to fit to."""
        altered = ~part.masks[0].all(axis=1)
        if altered.any() and not (self._distance_weight(part)[altered] > _LEAST_WEIGHT).any():
            raise InputError(
                "bad-parameter",
                f"kernel_width={self.kernel_width} is so narrow that no altered copy weighs anything beside the text itself. "
                "Give a larger one, or 'auto'.",
            )

    def _distance(self, part: Neighborhood) -> NDArray[np.float64]:
        if self.kernel == "uniform":
            return np.zeros(part.n_samples)
        if self.kernel == "mask_cosine":
            # The cosine between a mask and the full mask is the square root of the share it keeps.
            return np.asarray(1.0 - np.sqrt(part.masks[0].mean(axis=1)))
        return self._embedding_distance(part)

    def _distance_weight(self, part: Neighborhood) -> NDArray[np.float64]:
        if self.kernel == "uniform":
            return np.ones(part.n_samples)
        return exponential_kernel(self._distance(part), float(self.kernel_width))

    def _embedding_distance(self, part: Neighborhood) -> NDArray[np.float64]:
        origin = getattr(self, "origins_", {}).get(part.documents[0].text)
        if origin is None:
            raise NotFittedError("The embedding kernel needs the original text's embedding; call fit with it first.")
        vectors = _embeddings(part).astype(np.float64)
        norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(origin.astype(np.float64))
        cosine = np.divide(vectors @ origin.astype(np.float64), norms, out=np.zeros(len(vectors)), where=norms > 0)
        return np.clip(1.0 - cosine, 0.0, 2.0)


def _embeddings(part: Neighborhood) -> NDArray[np.float32]:
    if part.answers is None or part.answers.embeddings is None:
        raise InputError(
            "bad-parameter",
            "The kernel 'embedding_cosine' needs a model that gives embeddings, and this one gives none. "
            "Use kernel='mask_cosine' or 'uniform'.",
        )
    return part.answers.embeddings


def _design_weight(part: Neighborhood) -> NDArray[np.float64]:
    """Reference weights; the original and the empty text, outside the reference distribution, count as one copy each."""
    outside = np.isin(part.masks[0].sum(axis=1), (0, part.documents[0].n_units))
    return np.where(outside, 1.0, part.reference_weight)
