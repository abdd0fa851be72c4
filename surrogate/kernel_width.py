"""Kernel width: how local a locality kernel is to be, chosen by fidelity on the select part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.errors import InputError
from surrogate.fit import Panel
from surrogate.neighborhood import Neighborhood
from surrogate.single_thread import single_thread
from surrogate.weigh import AUTO, Weigh

__all__ = ["QUANTILES", "WidthChoice", "choose_width", "with_width"]

#: Widths that are tried: these quantiles of the distances of the fitting copies, and twice the largest.
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)

#: Fidelity this close to the best counts as equal; then the narrower kernel is taken, which is the more local one.
_CLOSE = 0.01

#: Calls by which the width is chosen, where the pipeline's number is not fixed yet.
_START = 128


@dataclass(frozen=True)
class WidthChoice:
    """The widths that were tried, the fidelity of each on the select part, and the one that was taken.

    Parameters
    ----------
    widths, scores : tuple of float
        R2 on the select part, weighted to the reference distribution; of a panel, the mean of its members.
    width : float

    Examples
    --------
    >>> WidthChoice.of([0.1, 0.2, 0.4], [0.5, 0.795, 0.8]).width
    0.2
    """

    widths: tuple[float, ...]
    scores: tuple[float, ...]
    width: float

    @classmethod
    def of(cls, widths: list[float], scores: list[float]) -> WidthChoice:
        """The narrowest width whose fidelity is close to the best; the widest where nothing could be measured."""
        finite = np.where(np.isfinite(scores), scores, -np.inf)
        good = np.flatnonzero(finite >= finite.max() - _CLOSE) if np.isfinite(finite).any() else [len(widths) - 1]
        return cls(tuple(widths), tuple(scores), widths[int(good[0])])


def choose_width(pipe: Pipeline, text: Any) -> WidthChoice:
    """Try widths on one text's fit and select parts; the test part is not drawn.

    Everything is asked once, and what is asked are the first texts of the sample that the explanation is made from.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate, and a model.
    text : str or Document

    Returns
    -------
    WidthChoice

    Raises
    ------
    InputError
        ``bad-parameter`` when all copies are at no distance from the text, or the kernel has no width.

    Examples
    --------
    >>> from surrogate import load
    >>> from surrogate.blackbox import FunctionBox
    >>> box = FunctionBox(lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts], classes=["money", "other"])
    >>> pipe = load("local-linear", box).set_params(weigh__kernel="mask_cosine", weigh__kernel_width="auto")
    >>> choice = choose_width(pipe, "please pay my bill before the end of the month")
    >>> choice.width in choice.widths
    True
    """
    weigh: Weigh = pipe.named_steps["weigh"]
    answered = _answered(pipe, text)
    distances = clone(weigh).set_params(kernel_width=1.0).fit(answered).distances(answered.role("fit"))
    widths = _widths(distances)
    scores = [_score(pipe, answered, width) for width in widths]
    return WidthChoice.of(widths, scores)


def with_width(pipe: Pipeline, text: Any) -> Pipeline:
    """The pipeline with a number in the place of ``kernel_width="auto"``; unchanged where that is a number already."""
    weigh = pipe.named_steps["weigh"]
    if weigh.kernel_width != AUTO:
        return pipe
    width = 1.0 if weigh.kernel == "uniform" else choose_width(pipe, text).width
    return pipe.set_params(weigh__kernel_width=width)


def _answered(pipe: Pipeline, text: Any) -> Neighborhood:
    perturb = clone(pipe.named_steps["perturb"])
    perturb.set_params(n_samples=min(_START, int(perturb.n_samples)))
    drawn = perturb.fit([text]).draw([text], ("fit", "select"))
    return pipe.named_steps["query"].fit(None).transform(drawn)


def _widths(distances: NDArray[np.float64]) -> list[float]:
    positive = distances[distances > 1e-9]
    if not len(positive):
        raise InputError(
            "bad-parameter",
            "All copies are at no distance from the text, so no kernel width can be chosen. Give kernel_width a number, or use "
            "kernel='uniform'.",
        )
    found = [*np.quantile(positive, QUANTILES), 2 * positive.max()]
    # Few digits, so that a recipe that states the width is short, and means the same number.
    return sorted({float(f"{width:.4g}") for width in found})


def _score(pipe: Pipeline, answered: Neighborhood, width: float) -> float:
    weighed = clone(pipe.named_steps["weigh"]).set_params(kernel_width=width).fit(answered).transform(answered)
    with single_thread():
        surrogate = clone(pipe.named_steps["surrogate"]).fit(weighed.role("fit"))
        members = surrogate.members_.values() if isinstance(surrogate, Panel) else [surrogate]
        scores = [float(member.score(weighed.role("select"))) for member in members if hasattr(member, "score")]
    return float(np.mean(scores)) if scores else np.nan
