"""SHAP: the shap package's own Partition and Kernel explainers, over our units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from surrogate.baselines.masked_model import Calls, MaskedModel
from surrogate.baselines.result import BaselineResult, check_count, check_scale, linear_model
from surrogate.errors import InputError
from surrogate.linear_model import LinearModel
from surrogate.units import Document

__all__ = ["ShapBaseline"]

#: The explainers of the shap package that are offered.
METHODS = ("partition", "kernel")

#: Ridge strengths tried by leave-one-out error when the calls are refitted.
_ALPHAS = np.logspace(-3, 3, 13)


@dataclass(frozen=True)
class ShapBaseline:
    """``PartitionExplainer`` or ``KernelExplainer`` of the shap package, its defaults unless said otherwise.

    Shapley values share out what the model says about the text; they are not meant as a prediction for altered copies.  The
    result has both: ``model``, the base value plus the values of the kept units, and ``refitted``, ridge regression of all
    units on the calls shap made.

    Parameters
    ----------
    method : {"partition", "kernel"}, default "partition"
        "partition": Owen values over shap's own tree of neighbouring words.  "kernel": weighted regression, of which shap
        keeps ten units by default.
    max_evals : int, default 500
        Altered copies it may ask about, the text itself and the empty text included.
    random_state : int, default 0
    scale : {"probability", "log_odds"}, default "probability"
        What shap is given.

    Notes
    -----
    shap draws from numpy's global generator.  It is seeded for the time of the call and then put back as it was; two threads
    must not do that at once.

    Examples
    --------
    >>> ShapBaseline("kernel", max_evals=128).max_evals
    128

    References
    ----------
    Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NeurIPS 2017; https://github.com/shap/shap.
    """

    method: str = "partition"
    max_evals: int = 500
    random_state: int = 0
    scale: str = "probability"

    _names: ClassVar[dict[str, str]] = {"partition": "SHAP Partition", "kernel": "SHAP Kernel"}

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise InputError("bad-parameter", f"method must be one of {', '.join(METHODS)}; got {self.method!r}.")
        check_count("max_evals", self.max_evals, 4)
        check_count("random_state", self.random_state, 0)
        check_scale(self.scale)

    def explain(self, model: MaskedModel) -> BaselineResult:
        """Run shap on one text.

        Raises
        ------
        InputError
            ``bad-parameter`` where the model cannot be asked about the empty text, which shap starts from.
        ModelError
            ``bad-answer-values`` when the model refuses a copy.
        """
        calls = Calls(model, self.scale)
        run = _partition if self.method == "partition" else _kernel
        with _global_seed(self.random_state):
            weights, intercept = run(lambda masks: calls(np.asarray(masks) > 0.5), model.document, self.max_evals)
        return BaselineResult.of(
            calls,
            weights,
            intercept,
            name=self._names[self.method],
            package="shap",
            settings={"method": self.method, "max_evals": self.max_evals, "random_state": self.random_state},
            refitted=_refit(calls),
        )


Function = Callable[[NDArray[Any]], NDArray[np.float64]]


class _Masker:
    """What shap calls a masker: here a copy of the text *is* its mask."""

    immutable_outputs = True
    default_batch_size = 5  # that of shap's own text masker; it decides which copies are asked when they run out

    def __init__(self, document: Document) -> None:
        from shap.maskers._text import partition_tree

        # As shap's own text masker: the tree of its heuristic, with sizes as heights, since a negative height would mean
        # that a group is never split.
        self.clustering = partition_tree(list(document.units), [])
        if len(self.clustering):
            self.clustering[:, 2] = self.clustering[:, 3] / self.clustering[:, 3].max()
        self.shape = (1, document.n_units)

    def __call__(self, mask: NDArray[np.bool_], row: NDArray[np.float64]) -> tuple[NDArray[np.bool_]]:
        return (np.asarray(mask, dtype=bool)[None, :],)


def _partition(function: Function, document: Document, max_evals: int) -> tuple[NDArray[np.float64], float]:
    from shap import PartitionExplainer

    explainer = PartitionExplainer(function, _Masker(document))
    explanation = explainer(np.ones((1, document.n_units)), max_evals=max_evals, silent=True)
    return np.asarray(explanation.values[0], dtype=np.float64), float(np.ravel(explanation.base_values)[0])


def _kernel(function: Function, document: Document, max_evals: int) -> tuple[NDArray[np.float64], float]:
    from shap import KernelExplainer

    explainer = KernelExplainer(function, np.zeros((1, document.n_units)))
    # The empty text and the text itself are asked besides the samples.
    values = explainer.shap_values(np.ones(document.n_units), nsamples=max_evals - 2, silent=True)
    return np.asarray(values, dtype=np.float64), float(explainer.expected_value)


def _refit(calls: Calls) -> LinearModel:
    from sklearn.linear_model import RidgeCV

    masks, values, _ = calls.distinct()
    ridge = RidgeCV(alphas=_ALPHAS).fit(masks.astype(np.float64), values)
    return linear_model(np.asarray(ridge.coef_), float(ridge.intercept_), calls)


@contextmanager
def _global_seed(seed: int) -> Iterator[None]:
    """Seed numpy's global generator, which shap draws from, and put it back as it was."""
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(state)
