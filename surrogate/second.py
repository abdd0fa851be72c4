"""Second sampler: whether an explanation survives on texts that read like texts.

What was fitted to copies with words deleted is measured on copies in which a language model filled the words in, on the
nearest real texts of a corpus, or on rewordings.  Nothing is fitted anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.blanks import Filler
from surrogate.case import teaching_part
from surrogate.errors import InputError
from surrogate.evidence import SecondSample, measure_fidelity
from surrogate.evidence.fidelity import Fidelity
from surrogate.explanation import Explanation, Member
from surrogate.findings import MEASURED, NOT_MEASURED
from surrogate.neighborhood import Neighborhood
from surrogate.outcome import resolve_outcome
from surrogate.perturb import Delete, Infill, Perturb, ReplaceByMask, Retrieve
from surrogate.query import ask
from surrogate.rows import original_row, usable_rows
from surrogate.seeding import content_generator
from surrogate.settling import Settled
from surrogate.units import Document

__all__ = ["SECONDS", "ModelEmbedder", "check_second", "measure_second", "second_sampler", "with_second"]

#: Second samplers that have a name; others are given as objects.
SECONDS = ("infill", "retrieve", "delete", "mask")

#: The fewest texts on which anything is measured.
_FEWEST = 8

#: Texts shown to a reader.
_EXAMPLES = 3


def second_sampler(
    second: Any,
    pipe: Pipeline,
    *,
    infill_model: Any = None,
    corpus: Any = None,
) -> Perturb | None:
    """The second sampler that was asked for, with what it needs.

    Parameters
    ----------
    second : {"infill", "retrieve", "delete", "mask"}, Perturb or None
    pipe : sklearn.pipeline.Pipeline
        With the model that is explained and its store.
    infill_model : str, Path or Filler, optional
        The masked language model of "infill"; None: the recipe's.
    corpus : Documents, sequence of str, str or Path, optional
        The texts, or the file of texts, of "retrieve".

    Returns
    -------
    Perturb or None

    Raises
    ------
    InputError
        ``bad-parameter``, ``missing-filler``, ``bad-corpus``; ``missing-mask-token``.
    ModelError
        As :func:`~surrogate.blackbox.masked_lm.load_masked_lm`.

    Examples
    --------
    >>> from surrogate import load
    >>> second_sampler("delete", load("local"))
    Delete()
    """
    if second is None or isinstance(second, Perturb):
        return second
    box = pipe.named_steps["query"].black_box
    if second == "infill":
        return Infill(_filler(infill_model, pipe))
    if second == "retrieve":
        return Retrieve(_corpus(corpus), embedder=ModelEmbedder.of(pipe))
    if second == "mask":
        return ReplaceByMask(mask_token=box.mask_token)
    if second == "delete":
        return Delete()
    raise _unknown(second)


def check_second(second: Any, n_texts: int, *, infill_model: Any = None, corpus: Any = None) -> None:
    """Refuse what cannot be a second sampler, before anything is asked.

    Raises
    ------
    InputError
        ``bad-parameter``, ``bad-calls``.

    Examples
    --------
    >>> check_second("infill", 128, infill_model="bank-mlm")
    """
    if second is not None and second not in SECONDS and not isinstance(second, Perturb):
        raise _unknown(second)
    if second is not None and n_texts < _FEWEST:
        raise InputError("bad-calls", f"A second sample needs at least {_FEWEST} texts; got {n_texts}.")
    if infill_model is not None and second != "infill":
        raise InputError("bad-parameter", f"infill_model belongs to second='infill'; got second={second!r}.")
    if second == "retrieve":
        _require(corpus)


def _unknown(second: Any) -> InputError:
    return InputError(
        "bad-parameter",
        f"A second sampler is {', '.join(SECONDS)}, or a sampler such as Paraphrase(rewriter); got {second!r}.",
    )


def _filler(model: Any, pipe: Pipeline) -> Filler:
    from surrogate.blackbox.masked_lm import load_masked_lm, shipped_masked_lms

    if model is None:
        model = getattr(pipe.named_steps["perturb"], "model", None)
    if isinstance(model, Filler):
        return model
    if model is None:
        raise InputError(
            "missing-filler",
            "A second sample with words filled in needs a masked language model for the language and matter of the text: "
            f"--infill-model NAME, or infill_model=…. Shipped: {', '.join(shipped_masked_lms())} (English messages to a bank); "
            "any folder or hub name that AutoModelForMaskedLM loads can be named.",
        )
    return load_masked_lm(model)


def _require(corpus: Any) -> None:
    if corpus is None:
        raise InputError(
            "bad-parameter", "A second sample of real texts needs a corpus to find them in: --corpus FILE, or corpus=…."
        )


def _corpus(corpus: Any) -> Any:
    _require(corpus)
    if isinstance(corpus, str | Path):
        from surrogate.corpus.reading import read_corpus

        return read_corpus(corpus)
    return corpus


class ModelEmbedder:
    """The explained model's own embeddings, asked for through its store.

    Parameters
    ----------
    query : Query
        With the model and the store.

    Attributes
    ----------
    asked : set of str
        Every text whose embedding was asked for.

    Examples
    --------
    >>> from surrogate import load
    >>> ModelEmbedder(load("local").named_steps["query"]).asked
    set()
    """

    def __init__(self, query: Any) -> None:
        self.query = query
        self.asked: set[str] = set()

    @classmethod
    def of(cls, pipe: Pipeline) -> Self:
        """That of the model a pipeline asks.

        Raises
        ------
        InputError
            ``bad-parameter`` for a model that gives no embeddings.
        """
        query = pipe.named_steps["query"]
        if not getattr(query.black_box, "embeds", False):
            raise InputError(
                "bad-parameter",
                f"To find the nearest texts embeddings are needed, and the model {query.black_box.name!r} gives none. "
                "Give the sampler an embedder: second=Retrieve(corpus, embedder=…).",
            )
        return cls(query)

    @property
    def name(self) -> str:
        """What a report calls it."""
        return str(self.query.black_box.name)

    def __sklearn_clone__(self) -> ModelEmbedder:
        return self

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings of texts, shape (n_texts, n_dimensions)."""
        self.asked |= set(texts)
        store = self.query.store if not hasattr(self.query, "store_") else self.query.store_
        answers = ask(self.query.black_box, texts, store, int(self.query.batch_size), self.query.progress)
        return answers.embeddings  # type: ignore[return-value]


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
    """
    document, query = settled.whole.documents[0], settled.pipe.named_steps["query"]
    fresh = _fresh(sampler, document, n_texts, bool(query.black_box.accepts_empty))
    drawn = _drawn(fresh, document)
    about: dict[str, Any] = {"perturbation": fresh.perturbation, **_source(fresh)}
    about["discarded"] = dict(getattr(fresh, "discarded_", {}))
    if drawn.n_samples < _FEWEST:
        few = f"Only {drawn.n_samples} texts came about, and fewer than {_FEWEST} show nothing."
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
    if sample.fidelity:
        limits = tuple(limit.replace(NOT_MEASURED, MEASURED) for limit in limits)
    return replace(explanation, second=(*explanation.second, sample), limits=limits)


def _fresh(sampler: Perturb, document: Document, n_texts: int, accepts_empty: bool) -> Perturb:
    """The sampler set to draw so many texts, by chances of its own."""
    fresh = clone(sampler)
    plan = {"n_samples": n_texts + 2, "split": (1, 1, 1), "max_test": None, "design": "pairs"}
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
        generator = content_generator("second", member.name, answered.perturbation, whole.documents[0].text)
        fit = usable_rows(teaching.role("fit"), outcome, model.scale)
        found[member.name] = measure_fidelity(model, test, fit, generator=generator)
    return found


def _predicts(member: Member) -> bool:
    return member.fidelity is not None and hasattr(member.model, "predict") and hasattr(member.model, "predict_margin")
