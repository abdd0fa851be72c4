"""Audit: from a corpus and a model to a CorpusExplanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate import recipes
from surrogate.corpus.embedding import drop_parts, own_embedder
from surrogate.corpus.findings import find_corpus_findings, state_corpus_limits
from surrogate.corpus.measuring import Measured, measure_member
from surrogate.corpus.preparing import Prepared, prepare_documents
from surrogate.corpus.producing import describe_corpus, describe_corpus_production
from surrogate.corpus.scoring import measure_accuracy
from surrogate.corpus.showing import class_examples, plane, quote, show_concepts
from surrogate.corpus.slicing import slice_groups
from surrogate.corpus_explanation import CorpusExplanation, ShownConcept
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.local import open_store
from surrogate.neighborhood import Neighborhood
from surrogate.perturb.base import as_split
from surrogate.provenance import describe_model
from surrogate.table import Table, table_of

__all__ = ["audit"]


def audit(
    corpus: Documents,
    model: Any,
    pipeline: str | Path | Pipeline = "audit",
    *,
    embeddings: str | Any = "auto",
    classes: Sequence[str] | None = None,
    store: bool | str | Path | Any = True,
    policy: CorpusPolicy | None = None,
    device: str = "auto",
    dtype: str = "float32",
    too_long: str = "cut",
    progress: Callable[[int, int], None] | None = None,
    allow_remote: bool = False,
    announce: Callable[[str], None] | None = None,
) -> CorpusExplanation:
    """Explain what a model does over a corpus, by surrogates that are measured on held-out documents.

    Parameters
    ----------
    corpus : Documents
        As :func:`surrogate.corpus.read_corpus` gives it.
    model : str, Path, estimator, callable or BlackBox
        As :func:`surrogate.explain` takes it.
    pipeline : str, Path or sklearn.pipeline.Pipeline, default "audit"
        A shipped recipe, a TOML file, or a pipeline with the steps perturb, query, describe and surrogate.
    embeddings : str or Embedder, default "auto"
        Where concepts are found: "auto": in the model itself, one layer before its last, where it is a local transformers
        classifier, else in the embeddings that come with its answers, if any; "none": nowhere; or what
        :func:`surrogate.blackbox.load_embedder` takes, such as ``FOLDER@LAYER``.
    classes : sequence of str, optional
        Names of the columns of a callable, or the labels that a language model chooses from.
    store : bool, str, Path or AnswerStore, default True
    policy : CorpusPolicy, optional
        What the evidence must show.
    device, dtype, too_long : str
        How torch computes the model.
    progress : callable (n_done, n_all) -> None, optional
    allow_remote : bool, default False
    announce : callable (str) -> None, optional
        Told, before anything is sent to an endpoint, how many texts may be sent where.

    Returns
    -------
    CorpusExplanation

    Raises
    ------
    InputError
        ``bad-corpus`` when there are too few documents or the model decides all alike; otherwise as
        :func:`surrogate.explain`.
    ModelError
        When the model cannot be loaded or gives unusable answers.
    """
    from surrogate.blackbox import load_model

    start = time.perf_counter()
    named = isinstance(model, str | Path)
    pipe = _pipeline(pipeline)
    perturb = pipe.named_steps["perturb"]
    prepared = prepare_documents(corpus, as_split(perturb.split), int(perturb.random_state))
    black_box = load_model(
        model,
        classes=None if named else classes,
        labels=classes if named else None,
        device=device,
        dtype=dtype,
        too_long=too_long,
        allow_remote=allow_remote,
    )
    embedder = own_embedder(model, black_box, device) if embeddings == "auto" else _given(embeddings, device)
    embedded = embeddings != "none" and (embedder is not None or black_box.embeds)
    drop_parts(pipe, columns=bool(prepared.documents.metadata), embeddings=embedded)
    pipe.set_params(query__black_box=black_box, query__store=open_store(store), query__embedder=embedder)
    pipe.set_params(query__progress=progress)
    sample = perturb.draw(prepared.documents)
    if announce is not None and hasattr(black_box, "announcement"):
        announce(black_box.announcement(len(set(sample.texts))))
    loaded = time.perf_counter()
    answered = pipe.named_steps["query"].fit(None).transform(sample)
    asked = time.perf_counter()
    explanation = _explained(pipe, prepared, answered, corpus, policy or CorpusPolicy(), _name(pipeline))
    seconds = {"load_s": loaded - start, "ask_s": asked - loaded, "fit_s": time.perf_counter() - asked}
    explanation.run.update(seconds)
    return explanation


@dataclass(frozen=True, eq=False)
class _Case:
    """Usable documents with their answers, and which of them are held out."""

    documents: Documents
    sample: Neighborhood
    n_unusable: int

    @property
    def held_out(self) -> NDArray[np.bool_]:
        starts = np.cumsum([0, *(len(masks) for masks in self.sample.masks)])[:-1]
        return np.asarray(self.sample.roles[starts] == "test")


def _explained(
    pipe: Pipeline, prepared: Prepared, answered: Neighborhood, corpus: Documents, policy: CorpusPolicy, name: str
) -> CorpusExplanation:
    case = _usable(prepared.documents, answered)
    _check_decisions(case.sample)
    described = pipe.named_steps["describe"].fit_transform(_taught(case.sample))
    table = table_of(described)
    documents = table.originals()
    panel = pipe.named_steps["surrogate"].fit(described)
    held_out = case.held_out
    concepts, present = _concepts(pipe, documents, held_out)
    fitted = table.take(np.flatnonzero(~held_out[table.documents])).in_order()
    groups = slice_groups(case.documents, documents, concepts, present)
    measured = Measured(fitted, documents, held_out, groups)
    members = tuple(measure_member(key, one, measured, policy) for key, one in panel.members_.items())
    vectors = _vectors(described)
    examples = class_examples(vectors, documents, case.documents.texts)
    accuracy = measure_accuracy(corpus, case.documents, documents, held_out, members)
    facts = describe_corpus(prepared, documents, held_out, case.n_unusable)
    placed = present.argmax(axis=1) + present.any(axis=1) if concepts else np.zeros(len(held_out), dtype=np.int64)
    return CorpusExplanation(
        model=describe_model(pipe.named_steps["query"].black_box),
        documents=facts,
        members=members,
        concepts=concepts,
        examples=examples,
        quoted=quote(members, concepts, examples, documents, case.documents, held_out),
        accuracy=accuracy,
        plane=None if vectors is None else plane(vectors, placed.astype(np.int64), documents, case.documents.texts),
        production=describe_corpus_production(pipe, answered, policy, name),
        findings=find_corpus_findings(members, concepts, accuracy, facts),
        limits=state_corpus_limits(facts),
    )


def _pipeline(pipeline: str | Path | Pipeline) -> Pipeline:
    pipe = recipes.load(recipes.dump(pipeline) if isinstance(pipeline, Pipeline) else pipeline)
    if "describe" not in pipe.named_steps:
        raise InputError(
            "bad-recipe",
            f"The recipe {str(_name(pipeline) or 'given')!r} explains single texts; a corpus needs one with [describe], such "
            "as audit.",
        )
    return pipe


def _given(embeddings: Any, device: str) -> Any:
    if embeddings == "none" or not isinstance(embeddings, str | Path):
        return None if embeddings == "none" else embeddings
    from surrogate.blackbox.embedding_sources import load_embedder

    return load_embedder(embeddings, device=device)


def _taught(sample: Neighborhood) -> Neighborhood:
    """With the select part given over to fitting."""
    return sample.replace(roles=np.where(sample.roles == "select", "fit", sample.roles))


def _usable(documents: Documents, answered: Neighborhood) -> _Case:
    """Leave out documents that the model did not read whole, or did not answer, with their copies."""
    parts = list(answered.parts())
    kept = [row for row, part in enumerate(parts) if part.answers is not None and part.answers.usable[0]]
    if len(kept) == len(parts):
        return _Case(documents, answered, 0)
    return _Case(documents.take(kept), answered.of_documents(kept), len(parts) - len(kept))


def _check_decisions(sample: Neighborhood) -> None:
    starts = np.cumsum([0, *(len(masks) for masks in sample.masks)])[:-1]
    found = np.unique(sample.answers.take(starts).probabilities.argmax(axis=1))  # type: ignore[union-attr]
    if len(found) < 2:
        raise InputError(
            "bad-corpus",
            f"The model decides all {len(starts):,} documents as {sample.classes[found[0]]!r}: over this corpus there is "
            "nothing that rules could tell apart. Give documents of several kinds.",
        )


def _concepts(
    pipe: Pipeline, documents: Table, held_out: NDArray[np.bool_]
) -> tuple[tuple[ShownConcept, ...], NDArray[np.bool_]]:
    columns = [place for place, feature in enumerate(documents.features.named) if feature.kind == "concept"]
    present = documents.features.presence[:, columns].toarray().astype(bool)
    found = next(
        (part.concepts_ for part in pipe.named_steps["describe"].parts_.values() if hasattr(part, "concepts_")), ()
    )
    return show_concepts(found, np.flatnonzero(~held_out), present, documents), present


def _vectors(described: Neighborhood) -> NDArray[np.float32] | None:
    if described.embeddings is None:
        return None
    starts = np.cumsum([0, *(len(masks) for masks in described.masks)])[:-1]
    return described.embeddings[starts]


def _name(pipeline: str | Path | Pipeline) -> str:
    return Path(pipeline).stem if isinstance(pipeline, str | Path) else ""
