"""Second samplers: by name or as objects, with what each needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from surrogate.blanks import Filler
from surrogate.errors import InputError
from surrogate.perturb import Delete, Infill, Perturb, ReplaceByMask, Retrieve
from surrogate.query import ask
from surrogate.units import Document, split_units

__all__ = ["FEWEST", "SECONDS", "ModelEmbedder", "check_second", "second_sampler", "second_samplers", "try_second"]

#: Second samplers that have a name; others are given as objects.
SECONDS = ("infill", "retrieve", "delete", "mask")

#: The fewest texts on which anything is measured.
FEWEST = 8


def second_sampler(
    second: Any,
    pipe: Pipeline,
    *,
    infill_model: Any = None,
    corpus: Any = None,
) -> Perturb:
    """The second sampler that was asked for, with what it needs.

    Parameters
    ----------
    second : {"infill", "retrieve", "delete", "mask"} or Perturb
    pipe : sklearn.pipeline.Pipeline
        With the model that is explained and its store.
    infill_model : str, Path or Filler, optional
        The masked language model of "infill"; None: the recipe's.
    corpus : Documents, sequence of str, str or Path, optional
        The texts, or the file of texts, of "retrieve".

    Returns
    -------
    Perturb

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
    if isinstance(second, Perturb):
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


def second_samplers(
    second: Any, pipe: Pipeline, *, infill_model: Any = None, corpus: Any = None
) -> tuple[Perturb, ...]:
    """The second samplers that were asked for: none, one or several, as :func:`second_sampler` makes each.

    Examples
    --------
    >>> from surrogate import load
    >>> second_samplers(None, load("local")), second_samplers("delete", load("local"))
    ((), (Delete(),))
    """
    return tuple(second_sampler(one, pipe, infill_model=infill_model, corpus=corpus) for one in _each(second))


def check_second(second: Any, n_texts: int, *, infill_model: Any = None, corpus: Any = None) -> None:
    """Refuse what cannot be a second sampler, before anything is asked.

    Raises
    ------
    InputError
        ``bad-parameter``, ``bad-calls``.

    Examples
    --------
    >>> check_second(["infill", "delete"], 128, infill_model="bank-mlm")
    """
    wanted = _each(second)
    for one in wanted:
        if not isinstance(one, Perturb) and one not in SECONDS:
            raise _unknown(one)
    if wanted and n_texts < FEWEST:
        raise InputError("bad-calls", f"A second sample needs at least {FEWEST} texts; got {n_texts}.")
    named = [one for one in wanted if isinstance(one, str)]
    if infill_model is not None and "infill" not in named:
        raise InputError("bad-parameter", f"infill_model belongs to second='infill'; got second={second!r}.")
    if "retrieve" in named:
        _require(corpus)


def try_second(sampler: Perturb, text: str | Document, n_texts: int, units: str = "word") -> None:
    """Refuse a text that a second sampler can make, or find, no others of, before anything is asked about it.

    Parameters
    ----------
    sampler : Perturb
    text : str or Document
    n_texts : int
        Texts that it is to give.
    units : str, default "word"
        Of the explanation; tokens are known only later, and words stand for them.

    Raises
    ------
    InputError
        As the sampler does: ``bad-corpus``, ``too-many-tokens``, ``bad-parameter``.

    Examples
    --------
    >>> try_second(Delete(), "lost card", 128)
    """
    document = (
        text if isinstance(text, Document) else split_units(text, "word" if units == "token" else units, max_units=None)
    )
    if isinstance(sampler, Retrieve):
        clone(sampler).set_params(n_samples=n_texts + 1).others(document)
    elif sampler.renders:
        sampler.render(document)(np.zeros(document.n_units, dtype=bool))


def _each(second: Any) -> list[Any]:
    if second is None:
        return []
    return list(second) if isinstance(second, list | tuple) else [second]


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
