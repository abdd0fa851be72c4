"""Adaptive: double the calls until what a reader sees has settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import Interval

from surrogate.errors import InputError
from surrogate.neighborhood import Neighborhood
from surrogate.noise import n_repeated_calls, noise_ceiling
from surrogate.perturb import MIN_SAMPLES
from surrogate.plan import confirm_wanted, set_plan
from surrogate.rounds import Fitted, fitted_to, measure_round
from surrogate.stopping import Round, Stopping

__all__ = ["Adaptive"]

#: Select R2 this close to the noise ceiling counts as having reached it.
_NEAR_CEILING = 0.02

#: Below this fidelity on the select part, what has settled is not worth showing yet.
_WORTH_SHOWING = 0.5


class Adaptive(MetaEstimatorMixin, BaseEstimator):
    """Fit a pipeline with twice the calls again and again, until what a reader sees has settled.

    The mask sequence is prefix-stable and each distinct text is asked once, so nothing is asked in vain.  Only the fit and
    select parts are read; the test part stays untouched.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate.
    start, budget : int, default 128 and 1024
        Calls of the first round and of the last, confirmation included.
    n_top : int, default 5
        Terms that are compared with those of the round before.
    min_same_terms : float, default 0.8
        Share of them that both rounds must have chosen with the same sign.
    min_same_decisions : float, default 0.9
        Share of altered copies on which each surrogate must decide as in the round before.
    max_change : float, default 0.03
        Largest change of fidelity since the round before.

    Attributes
    ----------
    pipeline_ : Pipeline
        The pipeline of the last round, fitted.
    stopping_ : Stopping
        Why it stopped, and each round's measures.
    n_confirm_ : int
        Calls that the budget leaves for confirming rules and anchors.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> from surrogate import load
    >>> box = FunctionBox(lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts], classes=["money", "other"])
    >>> Adaptive(load("local", box)).fit(["please pay my bill before the end of this month"]).stopping_.reason
    'settled'
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "pipeline": "no_validation",  # type: ignore[dict-item]
        "start": [Interval(Integral, MIN_SAMPLES, None, closed="left")],
        "budget": [Interval(Integral, MIN_SAMPLES, None, closed="left")],
        "n_top": [Interval(Integral, 1, None, closed="left")],
        "min_same_terms": [Interval(Real, 0, 1, closed="both")],
        "min_same_decisions": [Interval(Real, 0, 1, closed="both")],
        "max_change": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        start: int = 128,
        budget: int = 1024,
        n_top: int = 5,
        min_same_terms: float = 0.8,
        min_same_decisions: float = 0.9,
        max_change: float = 0.03,
    ) -> None:
        self.pipeline = pipeline
        self.start = start
        self.budget = budget
        self.n_top = n_top
        self.min_same_terms = min_same_terms
        self.min_same_decisions = min_same_decisions
        self.max_change = max_change

    def fit(self, texts: Iterable[Any], y: object = None) -> Self:
        """Double the calls until every text has settled.

        Parameters
        ----------
        texts : iterable of str or Document, length n_texts
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        InputError
            As the steps of the pipeline do.
        """
        self._check()
        texts = list(texts)
        rounds: list[Round] = []
        before: list[Fitted] = []
        ceiling = None
        n_units = max(document.n_units for document in self.pipeline.named_steps["perturb"].fit(texts).documents_)
        for total in self._totals():
            pipe = clone(self.pipeline)
            set_plan(pipe, total, n_units)
            answered = _fit(pipe, texts)
            now = fitted_to(pipe, answered)
            if not rounds:
                ceiling = noise_ceiling(pipe.named_steps["query"], now)
            rounds.append(measure_round(before, now, int(self.n_top)))
            self.pipeline_, before = pipe, now
            reason = self._reason(answered, rounds, ceiling)
            if reason is not None:
                break
        repeats = n_repeated_calls(self.pipeline_.named_steps["query"].black_box)
        left = int(self.budget) - int(self.pipeline_.named_steps["perturb"].n_samples) - repeats
        self.n_confirm_ = max(0, min(confirm_wanted(self.pipeline_), left))
        self.stopping_ = Stopping(reason or "budget", tuple(rounds), ceiling)
        return self

    def _check(self) -> None:
        if isinstance(self.budget, Integral) and self.budget < MIN_SAMPLES:
            raise InputError(
                "bad-calls", f"A budget must be a whole number of at least {MIN_SAMPLES}; got {self.budget}."
            )
        self._validate_params()

    def predict(self, texts: Iterable[Any]) -> NDArray[np.float64]:
        """What the last round's surrogate says about each text, shape (n_texts,)."""
        return np.asarray(self.pipeline_.predict(texts))

    def score(self, texts: Iterable[Any], y: object = None) -> float:
        """Fidelity of the last round on the select part."""
        return float(self.pipeline_.score(texts))

    def _totals(self) -> Iterator[int]:
        """Calls of each round: start, twice start, … and at last the budget itself."""
        total = min(int(self.start), int(self.budget))
        while total < int(self.budget):
            yield total
            total *= 2
        yield int(self.budget)

    def _reason(self, answered: Neighborhood, rounds: list[Round], ceiling: float | None) -> str | None:
        """Why to stop after this round; None: go on."""
        last = rounds[-1]
        if answered.exhaustive:
            return "exhausted"
        if last.constant:
            return "no reaction" if len(rounds) > 1 else None
        scores = [score for score in last.r2.values() if score is not None]
        if ceiling is not None and scores and min(scores) >= ceiling - _NEAR_CEILING:
            return "noise"
        return "settled" if self._is_settled(last, scores) else None

    def _is_settled(self, last: Round, scores: list[float]) -> bool:
        if last.same_terms is None or last.same_decisions is None or (last.r2 and last.r2_change is None):
            return False
        return (
            last.same_terms >= float(self.min_same_terms)
            and last.same_decisions >= float(self.min_same_decisions)
            and (last.r2_change or 0.0) <= float(self.max_change)
            and (not scores or max(scores) >= _WORTH_SHOWING)
        )


def _fit(pipe: Pipeline, texts: list[Any]) -> Neighborhood:
    """Fit the pipeline, asking for its fit and select parts in one reading; what was asked, answered and weighed."""
    drawn = pipe.named_steps["perturb"].fit(texts).draw(texts, ("fit", "select"))
    pipe.named_steps["query"].fit(None).transform(drawn)
    pipe.fit(texts)
    for _, step in pipe.steps[1:-1]:
        drawn = step.transform(drawn)
    return drawn
