"""Audit: from a corpus and a model to a CorpusExplanation."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.corpus.asking import Asked, ask_corpus
from surrogate.corpus.findings import find_corpus_findings, state_corpus_limits
from surrogate.corpus.measuring import Measured, measure_member
from surrogate.corpus.producing import describe_corpus, describe_corpus_production
from surrogate.corpus.scoring import measure_accuracy
from surrogate.corpus.showing import class_examples, plane, quote, show_concepts, show_probes
from surrogate.corpus.slicing import slice_groups
from surrogate.corpus.user_parts import user_request
from surrogate.corpus_explanation import CorpusExplanation
from surrogate.corpus_shown import ShownConcept
from surrogate.documents import Documents
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.provenance import describe_model
from surrogate.store import open_store
from surrogate.store.recording import RecordingStore
from surrogate.table import Table, table_of
from surrogate.transcribing import read_by, transcribe_corpus

__all__ = ["audit"]


def audit(
    corpus: Documents,
    model: Any,
    pipeline: str | Path | Pipeline = "audit",
    *,
    embeddings: str | Any = "auto",
    lexicon: Mapping[str, Sequence[str]] | str | Path | None = None,
    probes: Mapping[str, Any] | str | Path | None = None,
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
    lexicon : mapping of str to sequence of str, str or Path, optional
        Lists of words that rules and terms may name, or the file of them (:func:`surrogate.describe.read_lexicon`).
    probes : mapping of str to mapping, str or Path, optional
        Concepts that are taught by examples, or the file of them (:func:`surrogate.corpus.user_parts.read_probes`).
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
    start, policy, recording = time.perf_counter(), policy or CorpusPolicy(), RecordingStore(open_store(store))
    asked = ask_corpus(
        corpus,
        model,
        pipeline,
        embeddings=embeddings,
        lexicon=lexicon,
        probes=probes,
        classes=classes,
        store=recording,
        device=device,
        dtype=dtype,
        too_long=too_long,
        progress=progress,
        allow_remote=allow_remote,
        announce=announce,
    )
    answered = time.perf_counter()
    explanation = _explained(asked, corpus, policy, recording, user_request(embeddings, lexicon, probes))
    explanation.run.update({"ask_s": answered - start, "fit_s": time.perf_counter() - answered})
    return explanation


def _explained(
    asked: Asked, corpus: Documents, policy: CorpusPolicy, recording: RecordingStore, request: dict[str, Any]
) -> CorpusExplanation:
    case, held_out = asked.case, asked.case.held_out
    described = asked.describe.fit_transform(asked.taught())
    table = table_of(described)
    documents = table.originals()
    panel = asked.pipe.named_steps["surrogate"].fit(described)
    concepts, present = _concepts(asked.describe, documents)
    fitted = table.take(np.flatnonzero(~held_out[table.documents])).in_order()
    measured = Measured(fitted, documents, held_out, slice_groups(case.documents, documents, concepts, present))
    members = tuple(measure_member(key, one, measured, policy) for key, one in panel.members_.items())
    vectors = None if described.embeddings is None else described.embeddings[described.starts]
    examples = class_examples(vectors, documents, case.documents.texts)
    accuracy = measure_accuracy(corpus, case.documents, documents, held_out, members)
    facts = describe_corpus(asked.prepared, documents, held_out, case.n_unusable)
    explanation = CorpusExplanation(
        model=describe_model(asked.pipe.named_steps["query"].black_box),
        documents=facts,
        members=members,
        concepts=concepts,
        probes=show_probes(asked.describe, documents),
        examples=examples,
        quoted=quote(members, concepts, examples, documents, case.documents, held_out),
        accuracy=accuracy,
        plane=None if vectors is None else plane(vectors, _groups(present), documents, case.documents.texts),
        production=describe_corpus_production(asked.pipe, asked.answered, policy, asked.recipe_name),
        findings=find_corpus_findings(members, concepts, accuracy, facts),
        limits=state_corpus_limits(facts, own_embeddings=bool(concepts) and asked.embedder is None),
    )
    readings = read_by(recording, asked.pipe.named_steps["query"].black_box, asked.embedder, embeddings=True)
    request = {**request, "pipeline": asked.recipe, "policy": policy.to_dict()}
    kept = transcribe_corpus(
        explanation, corpus, case.documents, documents, held_out, asked.answered.texts, readings, request
    )
    return replace(explanation, transcript=kept)


def _concepts(describe: Any, documents: Table) -> tuple[tuple[ShownConcept, ...], NDArray[np.bool_]]:
    columns = [place for place, feature in enumerate(documents.features.named) if feature.kind == "concept"]
    present = documents.features.presence[:, columns].toarray().astype(bool)
    found = next((part.concepts_ for part in describe.parts_.values() if hasattr(part, "concepts_")), ())
    return show_concepts(found, describe.fitted_documents_, present, documents), present


def _groups(present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of each document's concept, from 1; 0: none."""
    if not present.shape[1]:
        return np.zeros(len(present), dtype=np.int64)
    return np.where(present.any(axis=1), present.argmax(axis=1) + 1, 0).astype(np.int64)
