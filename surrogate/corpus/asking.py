"""Asking: a corpus is read, prepared and put to a model; what comes of it is what global surrogates are fitted to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.corpus.embedding import drop_parts, own_embedder, set_probes
from surrogate.corpus.preparing import Prepared, prepare_documents
from surrogate.corpus.scoring import unknown_labels
from surrogate.corpus.user_parts import user_parts
from surrogate.documents import Documents
from surrogate.embeddings import given_embedder
from surrogate.errors import InputError
from surrogate.neighborhood import Neighborhood
from surrogate.perturb.base import as_split
from surrogate.store import open_store

__all__ = ["Asked", "Case", "ask_corpus"]


@dataclass(frozen=True, eq=False)
class Case:
    """Usable documents with their answers.

    Parameters
    ----------
    documents : Documents
    sample : Neighborhood
        Answered: each document, and its altered copies.
    n_unusable : int
        Documents that the model refused or cut, and that are left out.
    """

    documents: Documents
    sample: Neighborhood
    n_unusable: int

    @property
    def held_out(self) -> NDArray[np.bool_]:
        """Whether each document is held out, shape (n_documents,)."""
        return np.asarray(self.sample.roles[self.sample.starts] == "test")


@dataclass(frozen=True, eq=False)
class Asked:
    """A corpus that was put to a model.

    Parameters
    ----------
    pipe : sklearn.pipeline.Pipeline
        perturb, query, describe, surrogate; of the parts of describe those for which the corpus has something.
    prepared : Prepared
    answered : Neighborhood
        Everything that was asked.
    case : Case
    recipe_name : str
    recipe : str
        The pipeline as it was asked for, as TOML.
    """

    pipe: Pipeline
    prepared: Prepared
    answered: Neighborhood
    case: Case
    recipe_name: str
    recipe: str

    @property
    def describe(self) -> Any:
        """The step that finds features."""
        return self.pipe.named_steps["describe"]

    @property
    def embedder(self) -> Any:
        """What gave embeddings, or None: the model itself, or nothing."""
        return self.pipe.named_steps["query"].embedder

    def taught(self) -> Neighborhood:
        """The sample with its select part given over to fitting."""
        sample = self.case.sample
        return sample.replace(roles=np.where(sample.roles == "select", "fit", sample.roles))


def ask_corpus(
    corpus: Documents,
    model: Any,
    pipeline: str | Path | Pipeline,
    *,
    embeddings: str | Any = "auto",
    lexicon: Any = None,
    probes: Any = None,
    classes: Sequence[str] | None = None,
    store: bool | str | Path | Any = True,
    device: str = "auto",
    dtype: str = "float32",
    too_long: str = "cut",
    progress: Callable[[int, int], None] | None = None,
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
) -> Asked:
    """Put a corpus to a model; the parameters are those of :func:`surrogate.corpus.audit.audit`.

    Raises
    ------
    InputError
        ``bad-corpus`` when there are too few documents, the model decides all alike or knows none of the labels;
        ``bad-recipe`` for one of single texts.
    ModelError
        When the model cannot be loaded or gives unusable answers.
    """
    from surrogate.blackbox.opening import open_model

    pipe, own, name = _pipeline(pipeline), user_parts(lexicon, probes), recipes.recipe_name(pipeline)
    recipe = recipes.dump(pipe, name)
    perturb = pipe.named_steps["perturb"]
    prepared = prepare_documents(corpus, as_split(perturb.split), int(perturb.random_state))
    black_box = open_model(model, classes, device=device, dtype=dtype, too_long=too_long, allow_remote=allow_remote)
    unknown_labels(corpus, [str(label) for label in black_box.classes_])
    embedder = (
        own_embedder(model, black_box, device)
        if embeddings == "auto"
        else given_embedder(embeddings, device, allow_remote)
    )
    embedded = embeddings != "none" and (embedder is not None or black_box.embeds)
    if probes is not None and not embedded:
        raise InputError(
            "missing-embedder",
            f"Concepts are taught in embeddings, and the model {black_box.name!r} gives none. Name what does: --embeddings NAME, "
            "FOLDER or NAME@LAYER.",
        )
    pipe.set_params(query__black_box=black_box, query__store=open_store(store), query__embedder=embedder)
    pipe.set_params(query__progress=progress, describe__parts=[*pipe.named_steps["describe"].parts, *own])
    drop_parts(pipe, columns=bool(prepared.documents.metadata), embeddings=embedded)
    set_probes(pipe)
    sample = perturb.draw(prepared.documents)
    if announce is not None:
        _announce(announce, black_box, embedder, len(set(sample.texts)))
    answered = pipe.named_steps["query"].fit(None).transform(sample)
    case = _usable(prepared.documents, answered)
    _check_decisions(case)
    return Asked(pipe, prepared, answered, case, name, recipe)


def _pipeline(pipeline: str | Path | Pipeline) -> Pipeline:
    pipe = recipes.load(recipes.dump(pipeline) if isinstance(pipeline, Pipeline) else pipeline)
    if "describe" not in pipe.named_steps:
        raise InputError(
            "bad-recipe",
            f"The recipe {recipes.recipe_name(pipeline) or 'given'!r} explains single texts; a corpus needs one with [describe], "
            "such as audit.",
        )
    return pipe


def _announce(announce: Callable[[str], None], black_box: Any, embedder: Any, n_texts: int) -> None:
    """Say how many texts may be sent to an endpoint, and how many to one of embeddings."""
    if hasattr(black_box, "announcement"):
        announce(black_box.announcement(n_texts))
    if hasattr(embedder, "announcement"):
        announce(embedder.announcement(n_texts, "yours and altered copies of them, for their embeddings"))


def _usable(documents: Documents, answered: Neighborhood) -> Case:
    """Leave out documents that the model did not read whole, or did not answer, with their copies."""
    parts = list(answered.parts())
    kept = [row for row, part in enumerate(parts) if part.answers is not None and part.answers.usable[0]]
    if len(kept) == len(parts):
        return Case(documents, answered, 0)
    return Case(documents.take(kept), answered.of_documents(kept), len(parts) - len(kept))


def _check_decisions(case: Case) -> None:
    answers = case.sample.answers.take(case.sample.starts)  # type: ignore[union-attr]
    found = np.unique(answers.probabilities.argmax(axis=1))
    if len(found) < 2:
        raise InputError(
            "bad-corpus",
            f"The model decides all {len(answers):,} documents as {case.sample.classes[found[0]]!r}: over this corpus there is "
            "nothing that rules could tell apart. Give documents of several kinds.",
        )
