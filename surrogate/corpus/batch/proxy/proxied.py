"""A row explained with a corpus proxy: from fewer calls where the row's own answers say that the proxy knows the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.assembly import assemble, teach
from surrogate.case import teaching_part
from surrogate.coarse_to_fine import REFINE_FROM
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.proxy.proxy_check import check_of
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.fit.corrected import Prior
from surrogate.kernel_width import with_width
from surrogate.long_text import prepare
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome, resolve_outcome
from surrogate.plan import Calls, confirm_share, members_of, set_plan
from surrogate.rows import original_row, usable_rows
from surrogate.settling import Settled, settle
from surrogate.single_thread import single_thread
from surrogate.stopping import Stopping
from surrogate.store import MemoryStore

__all__ = ["STAGES", "WHY_NOT", "Proxied", "explain_with_proxy", "proxied_copies"]

#: Copies to fit on after which the proxy is checked, and the least check with which it is used; where it never is, all copies of
#: the plan are asked.  Chosen on messages to a bank so that rows keep the fidelity they have without it.
STAGES = ((8, 0.9), (12, 0.85), (16, 0.85), (24, 0.85))

#: What a reader of a row is told.
FINDING = (
    "The surrogates were taught by fewer calls and by a corpus proxy, fitted beforehand to the model's answers to copies of "
    "other texts; their fidelity was measured on the model's own answers."
)

#: Why a corpus proxy takes no part in an explanation.
WHY_NOT = {
    "sample": "It was fitted to copies of this very text.",
    "adaptive": "The number of calls is found by doubling.",
    "recipe": "The recipe fits something else than unweighted log-odds, or without a proxy.",
    "varies": "The model's answers vary.",
    "long": "The units of a long text are found first.",
    "every copy": "Every possible copy is asked.",
    "check": "It does not tell the model's own answers to this text well enough.",
}


@dataclass(frozen=True, eq=False)
class Proxied:
    """An explanation, and whether a corpus proxy took part.

    Parameters
    ----------
    explanation : Explanation
        Its production tells the rest under "corpus_proxy", with the digest of the proxy.
    used : bool
    check : float or None
        R2 of the proxy on the answers to copies of this text, see
        :func:`surrogate.corpus.batch.proxy.proxy_check.check_of`; the last that was measured.  None: none was.
    why_not : str or None
        A key of :data:`WHY_NOT`; None: it was used.

    Examples
    --------
    >>> Proxied(None, False, 0.31, "check").used  # type: ignore[arg-type]
    False
    """

    explanation: Explanation
    used: bool
    check: float | None
    why_not: str | None = None


def explain_with_proxy(
    pipe: Pipeline,
    text: str,
    proxy: CorpusProxy,
    policy: Policy,
    recipe_name: str,
    *,
    calls: Calls = None,
    budget: int | None = None,
    full: bool = False,
) -> Proxied:
    """Explain one text with as few calls as its own answers allow.

    After a few copies the proxy, which never saw them, is held against the answers to them.  Where it tells those well enough,
    a Gaussian process is fitted to what it leaves, the surrogates are taught by the two together, and measured on all the
    test copies of the plan; where it never does, the remaining copies are asked about, and the explanation is the one without
    a proxy.  The test copies decide nothing.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        With model, store and all that was named.
    text : str
    proxy : CorpusProxy
        Fitted to the same model.
    policy : Policy
    recipe_name : str
    calls, budget
        As :func:`surrogate.explain` takes them.
    full : bool
        As :func:`surrogate.assembly.assemble` takes it.

    Returns
    -------
    Proxied

    Raises
    ------
    InputError
        ``bad-corpus-proxy`` for a proxy of another model; otherwise as :func:`surrogate.explain`.
    """
    _check_model(pipe, proxy)
    pipe = _with_store(pipe)
    planned, check = "sample" if proxy.was_fitted_to(text) else _planned(pipe, text, calls), None
    if isinstance(planned, _Planned):
        for n_copies, least in _stages(planned):
            found = _tried(planned, n_copies, proxy)
            check = found.check
            if found.check >= least:
                explanation = _explained(planned, found, policy, recipe_name, full)
                return _told(explanation, proxy, check, None)
    ready = prepare(pipe, text, calls, budget)
    settled = settle(with_width(clone(pipe), ready.text), ready)
    explanation = assemble(settled, teach(settled), policy, recipe_name, ready.refinement, full=full)
    return _told(explanation, proxy, check, planned if isinstance(planned, str) else "check")


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
    >>> box = FunctionBox(lambda texts: [[0.5, 0.5]] * len(texts), classes=["a", "b"])
    >>> pipe = local_pipeline("batch", box, MemoryStore())
    >>> ones = np.ones((1, 1), np.float32)
    >>> proxy = CorpusProxy(("nine",), ones, ones[0], np.ones((1, 2)), np.zeros(2), ("a", "b"), False, "f")
    >>> [len(copies) for copies in proxied_copies(pipe, "one two three four five six seven eight nine", 64, proxy)]
    [40, 12, 16, 24, 64]
    >>> proxied_copies(pipe, "one two", 64, proxy) is None
    True
    """
    planned = "sample" if proxy.was_fitted_to(text) else _planned(pipe, text, calls)
    return _by_stage(planned, proxy) if isinstance(planned, _Planned) and _stages(planned) else None


def _by_stage(planned: _Planned, proxy: CorpusProxy) -> Iterator[tuple[str, ...]]:
    drawn, test = planned.drawn, True
    for n_copies, least in _stages(planned):
        yield drawn.rows(_kept(drawn, n_copies, test=test)).texts
        if _tried(planned, n_copies, proxy).check >= least:
            return
        test = False
    yield drawn.texts


@dataclass(frozen=True, eq=False)
class _Planned:
    """All copies of a plan, drawn and not asked; calls for confirmation come on top."""

    pipe: Pipeline
    drawn: Neighborhood
    n_confirm: int


@dataclass(frozen=True, eq=False)
class _Tried:
    """What the proxy says of the copies of a text, and how well it told the first of them."""

    n_copies: int
    prior: Prior
    check: float


def _with_store(pipe: Pipeline) -> Pipeline:
    """A copy in which nothing is asked twice."""
    pipe = clone(pipe)
    if pipe.named_steps["query"].store is None:
        pipe.set_params(query__store=MemoryStore())
    return pipe


def _check_model(pipe: Pipeline, proxy: CorpusProxy) -> None:
    box = pipe.named_steps["query"].black_box
    if proxy.fingerprint != str(box.fingerprint) or proxy.classes != tuple(str(name) for name in box.classes_):
        raise InputError(
            "bad-corpus-proxy",
            "The corpus proxy was fitted to another model than the one that is explained. Fit it anew: run the batch with "
            "--overwrite.",
        )


def _planned(pipe: Pipeline, text: str, calls: Calls) -> _Planned | str:
    """The copies of the plan, or why the proxy takes no part."""
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
    n_confirm = confirm_share(pipe, int(perturb.n_samples))
    if calls is not None:
        n_confirm = set_plan(pipe, calls if isinstance(calls, Mapping) else int(calls), n_units)
    drawn = perturb.draw([text])
    return "every copy" if drawn.exhaustive else _Planned(pipe, drawn, n_confirm)


def _fits(pipe: Pipeline) -> bool:
    """Whether the recipe fits what a corpus proxy foretells."""
    members = members_of(pipe.named_steps["surrogate"]).values()
    plain = all(member.scale == "log_odds" and member.proxy == "auto" for member in members)
    return plain and pipe.named_steps["weigh"].kernel == "uniform"


def _stages(planned: _Planned) -> list[tuple[int, float]]:
    """Those that save anything."""
    most = int((planned.drawn.roles != "test").sum())
    return [stage for stage in STAGES if stage[0] < most]


def _kept(drawn: Neighborhood, n_copies: int, *, test: bool) -> NDArray[np.bool_]:
    """The first copies of the sequence that are not for testing; and those for testing."""
    teaching = drawn.roles != "test"
    return np.asarray((teaching & (np.cumsum(teaching) <= n_copies)) | (~teaching & test))


def _asked(planned: _Planned, n_copies: int, *, test: bool) -> Neighborhood:
    neighborhood = planned.drawn.rows(_kept(planned.drawn, n_copies, test=test))
    for _, step in planned.pipe.steps[1:-1]:
        neighborhood = step.fit(neighborhood).transform(neighborhood)
    return neighborhood


def _tried(planned: _Planned, n_copies: int, proxy: CorpusProxy) -> _Tried:
    teaching = teaching_part(_asked(planned, n_copies, test=False))
    outcome = _outcome(planned.pipe, teaching)
    prior = proxy.prior(teaching.documents[0], outcome)
    with single_thread():
        check = check_of(usable_rows(teaching.role("fit"), outcome), prior, proxy.held_out_r2)
    return _Tried(n_copies, prior, check)


def _outcome(pipe: Pipeline, part: Neighborhood) -> Outcome:
    surrogate = pipe.named_steps["surrogate"]
    original = part.answers.take([original_row(part)])  # type: ignore[union-attr]
    return resolve_outcome(part.classes, surrogate.target, surrogate.contrast, original, part.multi_label)


def _explained(planned: _Planned, found: _Tried, policy: Policy, recipe_name: str, full: bool) -> Explanation:
    whole = _asked(planned, found.n_copies, test=True)
    settled = Settled(planned.pipe, whole, Stopping("fixed"), planned.n_confirm)
    return assemble(settled, teach(settled, found.prior), policy, recipe_name, full=full)


def _told(explanation: Explanation, proxy: CorpusProxy, check: float | None, why_not: str | None) -> Proxied:
    used = why_not is None
    told = {"sha256": proxy.sha256, "used": used, "check": check, "why_not": why_not and WHY_NOT[why_not]}
    production = {**explanation.production, "corpus_proxy": told}
    findings = (*explanation.findings, FINDING) if used else explanation.findings
    return Proxied(replace(explanation, production=production, findings=findings), used, check, why_not)
