"""Stages: a few copies of a row after the other, until its own answers say that the corpus proxy knows the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.case import teaching_part
from surrogate.coarse_to_fine import REFINE_FROM
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.proxy.proxy_check import check_of
from surrogate.fit.corrected import Prior
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome, resolve_outcome
from surrogate.plan import Calls, members_of, set_plan
from surrogate.rows import original_row, usable_rows
from surrogate.single_thread import single_thread

__all__ = ["STAGES", "Planned", "Tried", "asked", "planned_of", "proxied_copies", "stages_of", "tried"]

#: Copies to fit on after which the proxy is checked, and the least check with which it is used; where it never is, all copies of
#: the plan are asked.  Chosen on messages to a bank so that rows keep the fidelity they have without it.
STAGES = ((8, 0.9), (12, 0.85), (16, 0.85), (24, 0.85))


@dataclass(frozen=True, eq=False)
class Planned:
    """All copies of a plan, drawn and not asked.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With the numbers of the plan.
    drawn : Neighborhood
    n_confirm : int
        Calls for confirmation, which come on top.
    """

    pipe: Pipeline
    drawn: Neighborhood
    n_confirm: int


@dataclass(frozen=True, eq=False)
class Tried:
    """What the proxy says of the copies of a text, and how well it told the first of them.

    Parameters
    ----------
    n_copies : int
        That it was held against.
    prior : callable
        What it says, from masks (bool, shape (m, n_units)) to value and margin, shape (m, 2).
    check : float
        See :func:`surrogate.corpus.batch.proxy.proxy_check.check_of`.
    """

    n_copies: int
    prior: Prior
    check: float


def proxied_copies(pipe: Pipeline, text: str, calls: Calls, proxy: CorpusProxy) -> Iterator[tuple[str, ...]] | None:
    """The altered copies that a row with a corpus proxy asks about, a stage at a time; None: as without one.

    Those of the next stage hang on the answers to the last, and are wanted when these are in the store of the pipeline, so
    that many rows can be asked about together.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With model and store.
    text : str
    calls : "auto", int, dict or None
        As :func:`surrogate.explain` takes it.
    proxy : CorpusProxy

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> from surrogate.local_pipeline import local_pipeline
    >>> from surrogate.store import MemoryStore
    >>> box = FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"])
    >>> pipe = local_pipeline("batch", box, MemoryStore())
    >>> ones = np.ones((1, 1), np.float32)
    >>> proxy = CorpusProxy(("nine",), ones, ones[0], np.ones((1, 2)), np.zeros(2), ("a", "b"), False, "f")
    >>> [len(copies) for copies in proxied_copies(pipe, "one two three four five six seven eight nine", 64, proxy)]
    [40, 12, 16, 24, 64]
    >>> proxied_copies(pipe, "one two", 64, proxy) is None
    True
    """
    planned = "sample" if proxy.was_fitted_to(text) else planned_of(pipe, text, calls)
    return _by_stage(planned, proxy) if isinstance(planned, Planned) and stages_of(planned) else None


def _by_stage(planned: Planned, proxy: CorpusProxy) -> Iterator[tuple[str, ...]]:
    drawn, test = planned.drawn, True
    for n_copies, least in stages_of(planned):
        yield drawn.rows(_kept(drawn, n_copies, test=test)).texts
        if tried(planned, n_copies, proxy).check >= least:
            return
        test = False
    yield drawn.texts


def planned_of(pipe: Pipeline, text: str, calls: Calls) -> Planned | str:
    """The copies of the plan, or why the proxy takes no part.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
    text : str
    calls : "auto", int, dict or None

    Returns
    -------
    Planned or str
        A key of :data:`surrogate.corpus.batch.proxy.proxied.WHY_NOT`.

    Examples
    --------
    >>> from surrogate.blackbox import FunctionBox
    >>> from surrogate.local_pipeline import local_pipeline
    >>> box = FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"])
    >>> planned = planned_of(local_pipeline("batch", box, None), "one two three four five six seven eight nine", 64)
    >>> planned.drawn.n_samples, stages_of(planned)
    (64, [(8, 0.9), (12, 0.85), (16, 0.85), (24, 0.85)])
    >>> planned_of(local_pipeline("batch", box, None), "one two", 64)
    'every copy'
    """
    pipe = clone(pipe)
    perturb, query = pipe.named_steps["perturb"], pipe.named_steps["query"]
    n_units = perturb.fit([text]).documents_[0].n_units
    if calls == "auto":
        return "adaptive"
    if not _fits(pipe):
        return "recipe"
    if getattr(query.black_box, "stochastic", False):
        return "varies"
    if n_units > REFINE_FROM:
        return "long"
    n_confirm = set_plan(pipe, cast("int | Mapping[str, int] | None", calls), n_units)
    drawn = perturb.draw([text])
    return "every copy" if drawn.exhaustive else Planned(pipe, drawn, n_confirm)


def _fits(pipe: Pipeline) -> bool:
    """Whether the recipe fits what a corpus proxy foretells."""
    members = members_of(pipe.named_steps["surrogate"]).values()
    plain = all(member.scale == "log_odds" and member.proxy == "auto" for member in members)
    return plain and pipe.named_steps["weigh"].kernel == "uniform"


def stages_of(planned: Planned) -> list[tuple[int, float]]:
    """The stages of :data:`STAGES` that save anything."""
    most = int((planned.drawn.roles != "test").sum())
    return [stage for stage in STAGES if stage[0] < most]


def _kept(drawn: Neighborhood, n_copies: int, *, test: bool) -> NDArray[np.bool_]:
    """The first copies of the sequence that are not for testing; and those for testing."""
    teaching = drawn.roles != "test"
    return np.asarray((teaching & (np.cumsum(teaching) <= n_copies)) | (~teaching & test))


def asked(planned: Planned, n_copies: int, *, test: bool) -> Neighborhood:
    """The first copies that are not for testing, and those for testing where they are wanted, answered and weighed.

    Parameters
    ----------
    planned : Planned
    n_copies : int
    test : bool

    Raises
    ------
    InputError, ModelError
        As the model does.
    """
    neighborhood = planned.drawn.rows(_kept(planned.drawn, n_copies, test=test))
    for _, step in planned.pipe.steps[1:-1]:
        neighborhood = step.fit(neighborhood).transform(neighborhood)
    return neighborhood


def tried(planned: Planned, n_copies: int, proxy: CorpusProxy) -> Tried:
    """Hold the proxy against the answers to the first copies that are not for testing.

    Parameters
    ----------
    planned : Planned
    n_copies : int
    proxy : CorpusProxy

    Raises
    ------
    InputError, ModelError
        As the model does.
    """
    teaching = teaching_part(asked(planned, n_copies, test=False))
    outcome = _outcome(planned.pipe, teaching)
    prior = proxy.prior(teaching.documents[0], outcome)
    with single_thread():
        check = check_of(usable_rows(teaching.role("fit"), outcome), prior, proxy.held_out_r2)
    return Tried(n_copies, prior, check)


def _outcome(pipe: Pipeline, part: Neighborhood) -> Outcome:
    surrogate = pipe.named_steps["surrogate"]
    original = part.answers.take([original_row(part)])  # type: ignore[union-attr]
    return resolve_outcome(part.classes, surrogate.target, surrogate.contrast, original, part.multi_label)
