"""What of a corpus is shown: concepts, examples of each decision, and a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.canonical import digest
from surrogate.concept import Concept
from surrogate.corpus_explanation import CorpusMember
from surrogate.corpus_shown import ClassExamples, Quoted, ShownConcept, ShownProbe
from surrogate.documents import Documents
from surrogate.evidence.embedding_map import embedding_map
from surrogate.evidence.prototypes import criticisms, prototypes, rbf_similarity
from surrogate.single_thread import single_thread
from surrogate.table import Table

__all__ = ["class_examples", "plane", "quote", "show_concepts"]

#: Prototypes and criticisms of a decision, and the most documents of it that are compared with each other.
_PROTOTYPES, _CRITICISMS, _COMPARED = 3, 2, 1500

#: Points on the map.
_POINTS = 1500


def show_concepts(
    concepts: Sequence[Concept], fitted: NDArray[np.intp], present: NDArray[np.bool_], table: Table
) -> tuple[ShownConcept, ...]:
    """Concepts with what the model decides on their documents.

    Parameters
    ----------
    concepts : sequence of Concept
        Their typical documents as rows of those that they were found in.
    fitted : ndarray of int
        The places of these documents among all.
    present : ndarray of bool, shape (n_documents, n_concepts)
    table : Table
        Every document as it is.
    """
    shown = []
    for number, concept in enumerate(concepts):
        counts = Counter(table.classes[decision] for decision in table.decisions[present[:, number]])
        placed = replace(concept, typical=tuple(int(fitted[row]) for row in concept.typical))
        shown.append(ShownConcept(placed, tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))))
    return tuple(shown)


def show_probes(describe: Any, table: Table) -> tuple[ShownProbe, ...]:
    """Concepts that a user taught, with what the model decides on the documents that have them.

    Parameters
    ----------
    describe : Describe
        Fitted.
    table : Table
        Every document as it is.
    """
    known = {probe.name: probe for part in describe.parts_.values() for probe in getattr(part, "probes_", ())}
    shown = []
    for column, feature in enumerate(table.features.named):
        if feature.kind == "probe":
            rows = table.features.presence[:, column].toarray().ravel() > 0
            counts = Counter(table.classes[decision] for decision in table.decisions[rows])
            listed = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
            shown.append(ShownProbe(known[feature.key], int(rows.sum()), listed))
    return tuple(shown)


def class_examples(
    embeddings: NDArray[np.floating] | None, table: Table, texts: Sequence[str]
) -> tuple[ClassExamples, ...]:
    """Documents that stand for each decision of the model, and some that these do not stand for.

    Without embeddings, those that the model decides so with the highest and with the lowest probability.
    """
    examples = []
    for number, label in enumerate(table.classes):
        rows = np.flatnonzero(table.decisions == number)
        if len(rows):
            sure, unsure = _examples(rows, number, embeddings, table, texts)
            examples.append(ClassExamples(label, sure, unsure))
    return tuple(examples)


def _examples(
    rows: NDArray[np.intp],
    number: int,
    embeddings: NDArray[np.floating] | None,
    table: Table,
    texts: Sequence[str],
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if embeddings is None:
        order = rows[np.argsort(-table.probabilities[rows, number], kind="stable")]
        return _places(order[:_PROTOTYPES]), _places(order[::-1][: min(_CRITICISMS, len(order) - _PROTOTYPES)])
    compared = _some(rows, texts, _COMPARED)
    with single_thread():
        similarity = rbf_similarity(embeddings[compared])
        chosen = prototypes(similarity, _PROTOTYPES)
        others = criticisms(similarity, chosen, _CRITICISMS)
    return _places(compared[chosen]), _places(compared[others])


def plane(
    embeddings: NDArray[np.floating], groups: NDArray[np.int64], table: Table, texts: Sequence[str]
) -> dict[str, Any]:
    """Places of documents on a map, with the concept and the decision of each.

    Parameters
    ----------
    embeddings : ndarray, shape (n_documents, n_dimensions)
    groups : ndarray of int, shape (n_documents,)
        The concept of each document, from 1; 0: none.
    table : Table
    texts : sequence of str
    """
    with single_thread():
        placed = embedding_map(embeddings, groups)
    rows = _some(np.arange(len(texts)), texts, _POINTS)
    return {
        "n_documents": len(texts),
        "points": [[round(x, 3) + 0.0, round(y, 3) + 0.0] for x, y in placed[rows].tolist()],
        "concepts": groups[rows].tolist(),
        "decisions": table.decisions[rows].tolist(),
        "classes": list(table.classes),
    }


def quote(
    members: Iterable[CorpusMember],
    concepts: Iterable[ShownConcept],
    examples: Iterable[ClassExamples],
    table: Table,
    documents: Documents,
    held_out: NDArray[np.bool_],
) -> dict[int, Quoted]:
    """The documents that are shown anywhere."""
    places: set[int] = set()
    for member in members:
        for rule in member.rules if member.verdict.passed else ():
            places |= {*rule.typical, *rule.counterexamples}
    for shown in concepts:
        places |= set(shown.concept.typical)
    for one in examples:
        places |= {*one.prototypes, *one.criticisms}
    decisions = table.decisions
    return {
        place: Quoted(
            documents.ids[place],
            documents.texts[place],
            table.classes[decisions[place]],
            float(table.probabilities[place, decisions[place]]),
            bool(held_out[place]),
        )
        for place in sorted(places)
    }


def _some(rows: NDArray[np.intp], texts: Sequence[str], most: int) -> NDArray[np.intp]:
    """At most so many of the rows, drawn by the hashes of their texts, in their order."""
    if len(rows) <= most:
        return rows
    by_hash = sorted(rows.tolist(), key=lambda row: digest(texts[row]))[:most]
    return np.array(sorted(by_hash), dtype=np.intp)


def _places(rows: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(row) for row in rows)
