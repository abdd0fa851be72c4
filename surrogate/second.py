"""Second sampler: whether an explanation survives on texts that read like texts.

What was fitted to copies with words deleted is measured on copies in which a language model filled the words in, on the
nearest real texts of a corpus, or on rewordings.  Nothing is fitted anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone

from surrogate.case import teaching_part
from surrogate.evidence import SecondSample, measure_fidelity
from surrogate.evidence.fidelity import Fidelity
from surrogate.explanation import Explanation, Member
from surrogate.findings import MEASURED, NOT_MEASURED
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import resolve_outcome
from surrogate.perturb import Perturb
from surrogate.rows import original_row, usable_rows
from surrogate.second_samplers import FEWEST
from surrogate.settling import Settled
from surrogate.units import Document

__all__ = ["measure_second", "with_second"]

#: Second samplers whose texts read more like texts than those with gaps.
_NATURAL = ("infill", "retrieve", "paraphrase")

#: Texts shown to a reader.
_EXAMPLES = 3


def measure_second(sampler: Perturb, settled: Settled, explanation: Explanation, n_texts: int = 128) -> SecondSample:
    """Measure the surrogates of an explanation on fresh texts of a second sampler.

    Parameters
    ----------
    sampler : Perturb
    settled : Settled
        What the explanation was made from.
    explanation : Explanation
    n_texts : int, default 128
        The most texts to ask about.

    Returns
    -------
    SecondSample

    Examples
    --------
    >>> from surrogate import explain
    >>> says = lambda texts: [[.9, .1] if "bill" in text else [.2, .8] for text in texts]
    >>> options = {"classes": ["money", "other"], "store": False, "second": "delete", "second_calls": 16}
    >>> explanation = explain("please pay my bill today", says, **options)
    >>> explanation.second[0].perturbation, explanation.second[0].fidelity["linear"].agreement.value
    ('delete', 1.0)
    """
    document, query = settled.whole.documents[0], settled.pipe.named_steps["query"]
    fresh = _fresh(sampler, document, n_texts, bool(query.black_box.accepts_empty))
    drawn = _drawn(fresh, document)
    about: dict[str, Any] = {"perturbation": fresh.perturbation, **_source(fresh)}
    about["discarded"] = dict(getattr(fresh, "discarded_", {}))
    if drawn.n_samples < FEWEST:
        few = f"Only {drawn.n_samples} texts came about, and fewer than {FEWEST} show nothing."
        return SecondSample(**about, n_texts=0, n_unusable=0, n_calls=0, note=few)
    answered = query.transform(drawn)
    asked = set(answered.texts) | getattr(getattr(fresh, "embedder", None), "asked", set())
    unusable = int((~answered.answers.usable).sum())
    return SecondSample(
        **about,
        n_texts=answered.n_samples - unusable,
        n_unusable=unusable,
        n_calls=len(asked - set(settled.whole.texts)),
        fidelity=_fidelity(answered, settled.whole, explanation),
        examples=answered.texts[:_EXAMPLES],
    )


def with_second(explanation: Explanation, sample: SecondSample) -> Explanation:
    """The explanation with what a second sampler measured, and limits that no longer say that nothing was."""
    limits = explanation.limits
    if sample.fidelity and sample.perturbation in _NATURAL:
        limits = tuple(limit.replace(NOT_MEASURED, MEASURED) for limit in limits)
    return replace(explanation, second=(*explanation.second, sample), limits=limits)


def _fresh(sampler: Perturb, document: Document, n_texts: int, accepts_empty: bool) -> Perturb:
    """The sampler set to draw so many texts, by chances of its own."""
    fresh = clone(sampler)
    # Beside the texts to measure on: the text itself and, where masks are drawn, the copy without any unit.
    plan = {"n_samples": n_texts + 1 + sampler.renders, "split": (1, 1, 1), "max_test": None, "design": "pairs"}
    plan |= {"random_state": int(sampler.random_state) + 1, "accepts_empty": accepts_empty and sampler.accepts_empty}
    known = fresh.get_params(deep=False)
    fresh.set_params(**{name: value for name, value in plan.items() if name in known})
    return fresh.fit([document])


def _drawn(fresh: Perturb, document: Document) -> Neighborhood:
    """What the sampler draws, without the text itself and without the pair that stands outside the reference distribution."""
    drawn = fresh.draw([document])
    empty = ~drawn.masks[0].any(axis=1) & (drawn.pairs == 0)
    kept = np.array([text != document.text for text in drawn.texts]) & ~empty & (drawn.reference_weight > 0)
    chosen = drawn.rows(kept)
    return chosen.replace(roles=np.full(chosen.n_samples, "test"))


def _source(sampler: Perturb) -> dict[str, Any]:
    origin = getattr(sampler, "source", None)
    if origin is None:
        return {"source": "", "fingerprint": None}
    return {"source": str(origin.name), "fingerprint": getattr(origin, "fingerprint", None)}


def _fidelity(answered: Neighborhood, whole: Neighborhood, explanation: Explanation) -> dict[str, Fidelity]:
    decision, teaching = explanation.decision, teaching_part(whole)
    original = whole.answers.take([original_row(whole)])  # type: ignore[union-attr]
    outcome = resolve_outcome(whole.classes, decision.target, decision.contrast, original, whole.multi_label)
    found = {}
    for member in explanation.members:
        model: Any = member.model
        if not _predicts(member):
            continue
        test = usable_rows(answered, outcome, model.scale)
        if len(np.unique(test.pairs)) < 2:
            continue
        fit = usable_rows(teaching.role("fit"), outcome, model.scale)
        found[member.name] = measure_fidelity(model, test, fit)
    return found


def _predicts(member: Member) -> bool:
    return member.fidelity is not None and hasattr(member.model, "predict") and hasattr(member.model, "predict_margin")
