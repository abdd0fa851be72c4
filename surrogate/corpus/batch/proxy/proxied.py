"""A row explained with a corpus proxy: from fewer calls where the row's own answers say that the proxy knows the model."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.assembly import assemble, teach
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy
from surrogate.corpus.batch.proxy.stages import Planned, Tried, asked, planned_of, stages_of, tried
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.kernel_width import with_width
from surrogate.long_text import prepare
from surrogate.plan import Calls
from surrogate.settling import Settled, settle
from surrogate.stopping import Stopping
from surrogate.store import MemoryStore

__all__ = ["WHY_NOT", "Proxied", "explain_with_proxy"]

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
    planned, check = "sample" if proxy.was_fitted_to(text) else planned_of(pipe, text, calls), None
    if isinstance(planned, Planned):
        for n_copies, least in stages_of(planned):
            found = tried(planned, n_copies, proxy)
            check = found.check
            if found.check >= least:
                explanation = _explained(planned, found, policy, recipe_name, full)
                return _told(explanation, proxy, check, None)
    ready = prepare(pipe, text, calls, budget)
    settled = settle(with_width(clone(pipe), ready.text), ready)
    explanation = assemble(settled, teach(settled), policy, recipe_name, ready.refinement, full=full)
    return _told(explanation, proxy, check, planned if isinstance(planned, str) else "check")


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


def _explained(planned: Planned, found: Tried, policy: Policy, recipe_name: str, full: bool) -> Explanation:
    whole = asked(planned, found.n_copies, test=True)
    settled = Settled(planned.pipe, whole, Stopping("fixed"), planned.n_confirm)
    return assemble(settled, teach(settled, found.prior), policy, recipe_name, full=full)


def _told(explanation: Explanation, proxy: CorpusProxy, check: float | None, why_not: str | None) -> Proxied:
    used = why_not is None
    told = {"sha256": proxy.sha256, "used": used, "check": check, "why_not": why_not and WHY_NOT[why_not]}
    production = {**explanation.production, "corpus_proxy": told}
    findings = (*explanation.findings, FINDING) if used else explanation.findings
    return Proxied(replace(explanation, production=production, findings=findings), used, check, why_not)
