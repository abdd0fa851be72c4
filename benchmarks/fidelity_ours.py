"""Ours in the fidelity benchmark: what a reader is shown, at most 12 terms or at most 16 leaves, never the proxy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.fidelity_methods import Run, TimedBox
from surrogate.fit import Panel, RuleTree, SparseLinear
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import Outcome
from surrogate.perturb import Delete
from surrogate.query import Query
from surrogate.weigh import Weigh

#: What is shown, with its size in the table.
FORMS = {"terms": "12 terms", "tree": "16 leaves"}
MAX_TERMS, MAX_LEAVES = 12, 16


def plan(n_units: int, wanted: Sequence[int], n_test: int) -> tuple[list[int], int]:
    """The numbers of calls and of test masks that a text has room for: half and a quarter of its copies.

    Examples
    --------
    >>> plan(9, [64, 512], 512)
    ([64, 256], 128)
    """
    n_copies = 2 ** min(n_units, 30)
    return sorted({min(n, n_copies // 2) for n in wanted}), min(n_test, n_copies // 4)


def draw(text: str, reference: str, n_fit: int, n_test: int, seed: int) -> Neighborhood:
    """One sequence of masks: fitting and test part are disjoint, and fewer calls are its beginning."""
    perturb = Delete(
        n_samples=n_fit + n_test + 2, split=(n_fit // 2, 1, n_test // 2), random_state=seed, reference=reference
    )
    return perturb.draw([text], ("fit", "test"))


def first_calls(sample: Neighborhood, n_calls: int) -> Neighborhood:
    """The first calls of the fitting part."""
    chosen = np.zeros(sample.n_samples, dtype=bool)
    chosen[np.flatnonzero(sample.roles == "fit")[:n_calls]] = True
    return sample.rows(chosen)


def everything(sample: Neighborhood) -> Neighborhood:
    """Every copy of the text of a sample, weighted to the same reference distribution."""
    text = sample.documents[0].text
    return Delete(n_samples=2 ** sample.documents[0].n_units, reference=sample.reference).draw([text])


def panel(outcome: Outcome, scale: str) -> Panel:
    """The two displayed forms."""
    members = [
        ("terms", SparseLinear(max_terms=MAX_TERMS, scale=scale)),
        # The least size of a leaf is for reports, where few test copies must reach it; here there are many.
        ("tree", RuleTree(max_leaves=MAX_LEAVES, min_samples_leaf=1, scale=scale)),
    ]
    return Panel(members, target=outcome.target)


def run(box: Any, outcome: Outcome, sample: Neighborhood, fitted: tuple[str, str], store: Any) -> Run:
    """Draw, ask, weigh and fit both forms, on the clock.

    Parameters
    ----------
    box : BlackBox
    outcome : Outcome
    sample : Neighborhood
        The calls, the text itself and the empty text among them.
    fitted : tuple of str
        Scale ("log_odds" or "probability") and kernel ("uniform" or "mask_cosine").
    store : AnswerStore
        An empty one where the time of the calls is to be taken too.
    """
    timed = TimedBox(box)
    start = time.perf_counter()
    # The sample is the beginning of a longer one that also holds the test masks; what drawing it takes is taken here.
    draw(sample.documents[0].text, sample.reference, sample.n_samples, 2, seed=0)
    answered = Query(timed, store=store).fit_transform(sample)
    models = fit(answered, outcome, *fitted)
    seconds = time.perf_counter() - start
    predictions = {name: model.predict for name, model in models.items()}
    sizes = {"terms": len(models["terms"].terms), "tree": sum(node.is_leaf for node in models["tree"].nodes)}
    return Run(predictions, sample.masks[0], sample.n_samples, sizes, seconds, timed.seconds)


def fit(answered: Neighborhood, outcome: Outcome, scale: str, kernel: str) -> dict[str, Any]:
    """The displayed models, by form."""
    weighed = Weigh(kernel=kernel).fit_transform(answered)
    members = panel(outcome, scale).fit(weighed).members_
    return {name: member.models_[answered.documents[0].text] for name, member in members.items()}


def reference(sample: Neighborhood, outcome: Outcome, scale: str, kernel: str) -> dict[str, Any]:
    """The best that forms of this size reach: fitted to the model's own answers on many masks, without a proxy.

    Parameters
    ----------
    sample : Neighborhood
        Many answered masks of the reference distribution; they are treated as if they were all there are.
    """
    everything = sample.replace(roles=np.full(sample.n_samples, "all"))
    return fit(everything, outcome, scale, kernel)
