"""Settling: how many calls an explanation takes, and what the model answered to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sklearn.pipeline import Pipeline

from surrogate.adaptive import Adaptive
from surrogate.long_text import Prepared
from surrogate.neighborhood import Neighborhood
from surrogate.noise import pipeline_noise
from surrogate.plan import confirm_share, set_plan
from surrogate.repeats import with_repeats
from surrogate.stopping import Stopping
from surrogate.units import Document

__all__ = ["Settled", "settle", "settle_fitted"]


@dataclass(frozen=True, eq=False)
class Settled:
    """A pipeline that has asked about one text, and its whole sample, answered.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the number of samples that was found or given.  Its surrogate need not be fitted.
    whole : Neighborhood
        All roles, answered and weighed; the test part was not read by any fit.
    stopping : Stopping
        Why there are that many calls.
    n_confirm : int
        Calls that are left to confirm rules and anchors.
    """

    pipe: Pipeline
    whole: Neighborhood
    stopping: Stopping
    n_confirm: int


def settle(pipe: Pipeline, ready: Prepared, drawn: Neighborhood | None = None) -> Settled:
    """Find the number of calls, or take the one that was given, and ask.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate.
    ready : Prepared
        The text, with its calls and its budget.
    drawn : Neighborhood, optional
        All the copies that these calls are for, where somebody has drawn them already.

    Returns
    -------
    Settled
    """
    if ready.calls != "auto":
        return _asked(pipe, ready, drawn)
    adaptive = Adaptive(pipe) if ready.budget is None else Adaptive(pipe, budget=ready.budget)
    adaptive.fit([ready.text])
    whole = _answered(adaptive.pipeline_, ready.text, int(adaptive.budget))
    return Settled(adaptive.pipeline_, whole, adaptive.stopping_, adaptive.n_confirm_)


def settle_fitted(pipe: Pipeline, text: str) -> Settled:
    """The same of a pipeline that was fitted on ``text`` already, with as many calls as it says."""
    n_samples = int(pipe.named_steps["perturb"].n_samples)
    return Settled(pipe, _answered(pipe, text, n_samples), Stopping("fixed"), confirm_share(pipe, n_samples))


def _asked(pipe: Pipeline, ready: Prepared, drawn: Neighborhood | None) -> Settled:
    """With the number of calls that was given, or is the pipeline's own: all copies are drawn once and asked in one reading."""
    perturb, text, calls = pipe.named_steps["perturb"], ready.text, ready.calls
    document = perturb.fit([text]).documents_[0]
    n_confirm = set_plan(pipe, cast("int | Mapping[str, int] | None", calls), document.n_units)
    whole = perturb.draw([document]) if drawn is None else drawn
    for _, step in pipe.steps[1:-1]:
        whole = step.fit(whole).transform(whole)
    ceiling = None
    if calls is not None and not isinstance(calls, Mapping) and _is_stochastic(pipe):
        # Only the noise of a model whose answers vary is measured with fitted surrogates; others are fitted by teach() alone.
        pipe.fit([text])
        ceiling = pipeline_noise(pipe, text, int(calls))
    whole = with_repeats(whole, pipe.named_steps["query"], _total(pipe, ready))
    return Settled(pipe, whole, Stopping("fixed", noise_ceiling=ceiling), n_confirm)


def _is_stochastic(pipe: Pipeline) -> bool:
    return bool(getattr(pipe.named_steps["query"].black_box, "stochastic", False))


def _answered(pipe: Pipeline, text: str | Document, total: int) -> Neighborhood:
    neighborhood = pipe.named_steps["perturb"].draw([text])
    for _, step in pipe.steps[1:-1]:
        neighborhood = step.transform(neighborhood)
    return with_repeats(neighborhood, pipe.named_steps["query"], total)


def _total(pipe: Pipeline, ready: Prepared) -> int:
    """The most calls of an explanation whose number of calls is not looked for."""
    if isinstance(ready.calls, Mapping):
        return sum(int(number) for number in ready.calls.values())
    return int(pipe.named_steps["perturb"].n_samples if ready.calls is None else ready.calls)
