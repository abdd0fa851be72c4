"""Transcribing: what was asked, answered and measured on, put into the evidence of a report."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.corpus_explanation import CorpusExplanation
from surrogate.documents import Documents
from surrogate.explanation import Explanation
from surrogate.features import Feature
from surrogate.neighborhood import Neighborhood
from surrogate.store.recording import RecordingStore
from surrogate.table import Table
from surrogate.transcript import Reading, Transcript, bits_of
from surrogate.units import Document

__all__ = ["read_by", "second_request", "transcribe_corpus", "transcribe_local", "transcribed"]


def read_by(store: RecordingStore, black_box: Any, embedder: Any, *, embeddings: bool) -> list[Reading]:
    """What the explained model and, where there is one, the embedder answered.

    Parameters
    ----------
    store : RecordingStore
        Through which they were asked.
    black_box : BlackBox
    embedder : Embedder or None
    embeddings : bool
        Whether something was computed from the model's own embeddings.
    """
    from surrogate.blackbox.recorded import traits_of

    model = store.reading(black_box, "model", traits_of(black_box))
    readings = [model if embeddings and embedder is None else model.without_embeddings()]
    if embedder is not None:
        readings.append(store.reading(embedder, "embedder", traits_of(embedder)))
    return readings


def second_request(second: Any, infill_model: Any, corpus: Any, rules: Any) -> dict[str, Any]:
    """What is asked for beside the explanation, and why it could not be done again from the evidence; None: it can.

    Examples
    --------
    >>> second_request("delete", None, None, None)
    {'second': ['delete'], 'infill_model': None, 'not_kept': None}
    """
    listed = [] if second is None else list(second) if isinstance(second, list | tuple) else [second]
    named = all(isinstance(one, str) for one in listed)
    reasons = (
        (corpus is not None, "it was explained beside a corpus, whose texts are not kept with the report"),
        (rules is not None, "it was explained beside the rules of an audit, which are not kept with the report"),
        (not named, "its second sampler was handed in as an object, which is not kept with the report"),
        (infill_model is not None and not isinstance(infill_model, str), "its infill model was handed in as an object"),
    )
    return {
        "second": listed if named else [],
        "infill_model": infill_model if isinstance(infill_model, str) else None,
        "not_kept": next((reason for holds, reason in reasons if holds), None),
    }


def transcribed(
    explanation: Explanation, store: RecordingStore, pipe: Pipeline, request: dict[str, Any], text: str | Document
) -> Transcript | None:
    """The evidence of an explanation that was just made.

    Parameters
    ----------
    explanation : Explanation
        With its sample.
    store : RecordingStore
        Through which everything was asked.
    pipe : sklearn.pipeline.Pipeline
        That was fitted.
    request : dict
        The parameters, as JSON values.
    text : str or Document
        As it was given: units that came with it are kept.
    """
    if explanation.sample is None:
        return None
    query, document = pipe.named_steps["query"], explanation.document
    in_embeddings = pipe.named_steps["weigh"].kernel == "embedding_cosine"
    readings = read_by(store, query.black_box, query.embedder, embeddings=in_embeddings)
    own = isinstance(text, Document) or pipe.named_steps["perturb"].units == "token"
    spans = [list(span) for span in document.spans]
    units = {"units": spans, "kind": document.kind, "segmenter": document.segmenter}
    asked = {**request, "text": document.text, "document": units if own else None}
    return transcribe_local(explanation.sample, readings, asked)


def transcribe_local(sample: Neighborhood, readings: Sequence[Reading], request: dict[str, Any]) -> Transcript:
    """The evidence of an explanation of one text.

    Parameters
    ----------
    sample : Neighborhood
        Every altered copy that was asked about, of one document.
    readings : sequence of Reading
    request : dict
    """

    def rows(place: Mapping[str, int]) -> dict[str, Any]:
        return {
            "n_units": sample.documents[0].n_units,
            "text": [place[text] for text in sample.texts],
            "mask": [_hex(mask) for mask in sample.masks[0]],
            "role": [str(role) for role in sample.roles],
            "pair": [int(pair) for pair in sample.pairs],
            "weight": [float(weight) for weight in sample.reference_weight],
            "draw": None if sample.draws is None else [int(draw) for draw in sample.draws],
        }

    return Transcript.of("local", request, readings, rows, sample.texts)


def transcribe_corpus(
    explanation: CorpusExplanation,
    corpus: Documents,
    used: Documents,
    documents: Table,
    held_out: NDArray[np.bool_],
    asked: Sequence[str],
    readings: Sequence[Reading],
    request: dict[str, Any],
) -> Transcript:
    """The evidence of an audit.

    Parameters
    ----------
    explanation : CorpusExplanation
        Whose shown surrogates say which features are kept.
    corpus, used : Documents
        As it was given; and what of it could be used, each once.
    documents : Table
        The used documents with their features.
    held_out : ndarray of bool, shape (n_used,)
    asked : sequence of str
        The text of every row that was asked about, those of altered copies too, with repeats.
    readings : sequence of Reading
    request : dict
    """
    named = _named(explanation, documents.features.named)
    present = documents.features.having(named).toarray().astype(bool)

    def rows(place: Mapping[str, int]) -> dict[str, Any]:
        return {
            "corpus": _columns(corpus, place),
            **_columns(used, place),
            "role": ["test" if one else "fit" for one in held_out],
            "asked": [place[text] for text in asked],
            "features": [
                {"name": feature.name, "present": bits_of(present[:, column])} for column, feature in enumerate(named)
            ],
        }

    return Transcript.of("global", request, readings, rows, corpus.texts)


def _columns(documents: Documents, place: Mapping[str, int]) -> dict[str, Any]:
    return {
        "text": [place[text] for text in documents.texts],
        "ids": list(documents.ids),
        "label": None if documents.labels is None else list(documents.labels),
        "metadata": {name: list(column) for name, column in documents.metadata.items()},
        "n_empty": documents.n_empty,
    }


def _named(explanation: CorpusExplanation, features: Sequence[Feature]) -> tuple[Feature, ...]:
    """The features that a shown surrogate names, and the concepts, each once, by name."""
    models = [member.model for member in explanation.members if member.verdict.passed]
    found = {feature.name: feature for model in models for feature in model.features}
    found |= {feature.name: feature for feature in features if feature.kind in ("concept", "probe")}
    return tuple(found[name] for name in sorted(found))


def _hex(mask: NDArray[np.bool_]) -> str:
    return base64.b64decode(bits_of(mask)).hex()
