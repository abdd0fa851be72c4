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
    """A pipeline that was fitted to one text, and its whole sample, answered.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the number of samples that was found or given.
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


def settle(pipe: Pipeline, ready: Prepared) -> Settled:
    """Find the number of calls, or take the one that was given, and ask.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the steps perturb, query, weigh and surrogate.
    ready : Prepared
        The text, with its calls and its budget.

    Returns
    -------
    Settled
    """
    pipe, stopping, n_confirm = _fitted(pipe, ready)
    return Settled(pipe, _answered(pipe, ready.text, _total(pipe, ready)), stopping, n_confirm)


def settle_fitted(pipe: Pipeline, text: str) -> Settled:
    """The same of a pipeline that was fitted on ``text`` already, with as many calls as it says."""
    n_samples = int(pipe.named_steps["perturb"].n_samples)
    return Settled(pipe, _answered(pipe, text, n_samples), Stopping("fixed"), confirm_share(pipe, n_samples))


def _fitted(pipe: Pipeline, ready: Prepared) -> tuple[Pipeline, Stopping, int]:
    """The pipeline with its number of samples, why that many, and how many calls are left for confirmation."""
    perturb, text, calls = pipe.named_steps["perturb"], ready.text, ready.calls
    if calls == "auto":
        adaptive = Adaptive(pipe) if ready.budget is None else Adaptive(pipe, budget=ready.budget)
        adaptive.fit([text])
        return adaptive.pipeline_, adaptive.stopping_, adaptive.n_confirm_
    if calls is None:
        pipe.fit([text])
        return pipe, Stopping("fixed"), confirm_share(pipe, int(perturb.n_samples))
    n_confirm = set_plan(pipe, cast("int | Mapping[str, int]", calls), perturb.fit([text]).documents_[0].n_units)
    _ask_at_once(pipe, text)
    pipe.fit([text])
    ceiling = None if isinstance(calls, Mapping) else pipeline_noise(pipe, text, int(calls))
    return pipe, Stopping("fixed", noise_ceiling=ceiling), n_confirm


def _ask_at_once(pipe: Pipeline, text: str | Document) -> None:
    """Fill the store with all that the explanation will need, in one reading."""
    query = pipe.named_steps["query"]
    query.fit(None).transform(pipe.named_steps["perturb"].draw([text]))


def _answered(pipe: Pipeline, text: str | Document, total: int) -> Neighborhood:
    neighborhood = pipe.named_steps["perturb"].draw([text])
    for _, step in pipe.steps[1:-1]:
        neighborhood = step.transform(neighborhood)
    return with_repeats(neighborhood, pipe.named_steps["query"], total)


def _total(pipe: Pipeline, ready: Prepared) -> int:
    """The most calls of an explanation."""
    if ready.calls == "auto":
        return int(Adaptive(pipe).budget) if ready.budget is None else int(ready.budget)
    if isinstance(ready.calls, Mapping):
        return sum(int(number) for number in ready.calls.values())
    return int(pipe.named_steps["perturb"].n_samples if ready.calls is None else ready.calls)  # type: ignore[arg-type]
