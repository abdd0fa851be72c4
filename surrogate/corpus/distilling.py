"""Distil: a small student that decides as the model does, chosen and measured on documents it was not fitted to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.canonical import canonical
from surrogate.corpus.asking import Asked, ask_corpus
from surrogate.corpus.producing import describe_corpus, describe_corpus_production
from surrogate.corpus.scoring import label_places
from surrogate.corpus.student import make_student, reads
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence.binomial import share_estimate
from surrogate.evidence.corpus_gate import CorpusPolicy
from surrogate.fit import ClassTree, SparseMultinomial
from surrogate.neighborhood import Neighborhood
from surrogate.provenance import describe_model
from surrogate.table import Table, table_of

__all__ = ["Candidate", "Distilled", "distill"]

#: Sizes that are tried: coefficients of a linear student, leaves of a tree.
_COEFFICIENTS, _LEAVES = (50, 100, 200, 400), (16, 32, 64)


@dataclass(frozen=True)
class Candidate:
    """A student that was tried.

    Parameters
    ----------
    kind : {"linear", "tree"}
    size : int
        Coefficients, or leaves.
    agreement : Estimate
        Share of the select documents on which it decides as the model does.

    Examples
    --------
    >>> Candidate("tree", 32, Estimate(0.9, 0.85, 0.94)).to_dict()["size"]
    32
    """

    kind: str
    size: int
    agreement: Estimate

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"kind": self.kind, "size": self.size, "agreement": self.agreement.to_dict()}


@dataclass(frozen=True, eq=False)
class Distilled:
    """A student and what it was measured to be worth.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Fitted: ``predict`` and ``predict_proba`` take texts.
    chosen : Candidate
        Its kind and size, with the agreement by which it was chosen.
    agreement : Estimate
        Share of the held-out documents on which it decides as the model does; what was fitted and chosen on is apart.
    candidates : tuple of Candidate
    accuracy : dict of str to Estimate
        Share of the held-out documents with a known label that the model, and the student, decide as it says.
    facts : dict
        Model, documents, production.
    run : dict
        Seconds; not in the record.
    """

    pipeline: Pipeline
    chosen: Candidate
    agreement: Estimate
    candidates: tuple[Candidate, ...]
    accuracy: dict[str, Estimate]
    facts: dict[str, Any]
    run: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The record of the student."""
        record: dict[str, Any] = canonical(
            {
                "schema": "surrogate-student",
                "schema_version": "1.0",
                "student": {**self.chosen.to_dict(), "reads": list(reads(self.pipeline))},
                "agreement": self.agreement.to_dict(),
                "candidates": [one.to_dict() for one in self.candidates],
                "accuracy": {name: estimate.to_dict() for name, estimate in self.accuracy.items()},
                **self.facts,
            }
        )
        return record

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write ``student.skops`` and ``student.json``; returns the folder.

        Raises
        ------
        InputError
            ``output-exists`` or ``cannot-write``; then nothing is changed.
        """
        from surrogate.blackbox.saved import saved_bytes
        from surrogate.report.write import write_files

        return write_files(
            folder, {"student.skops": saved_bytes(self.pipeline)}, self.to_dict(), "student.json", overwrite=overwrite
        )


def distill(
    corpus: Documents,
    model: Any,
    pipeline: str | Path | Pipeline = "audit",
    *,
    kinds: Sequence[str] = ("linear", "tree"),
    embeddings: str | Any = "none",
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> Distilled:
    """Fit small students to what a model says about a corpus, and keep the one that agrees with it most.

    Students are fitted to the fitting part, compared on the select part, and the chosen kind and size is fitted anew to both
    and measured on the test part, once.

    Parameters
    ----------
    corpus : Documents
    model : str, Path, estimator, callable or BlackBox
    pipeline : str, Path or sklearn.pipeline.Pipeline, default "audit"
        Whose sampler and features are used.
    kinds : sequence of {"linear", "tree"}
        Which students are tried.
    embeddings : str or Embedder, default "none"
        Where concepts are found, as :func:`surrogate.corpus.audit.audit` takes it; a student that uses concepts needs the
        embedder when it predicts.
    progress : callable (n_done, n_all) -> None, optional
    **options
        As :func:`surrogate.corpus.audit.audit`: classes, store, device, dtype, too_long, allow_remote, announce.

    Returns
    -------
    Distilled

    Raises
    ------
    InputError
        ``bad-parameter`` for another kind; otherwise as an audit.
    """
    wrong = sorted(set(kinds) - {"linear", "tree"})
    if wrong or not kinds:
        raise InputError("bad-parameter", f"A student is linear or a tree; got {', '.join(wrong) or 'nothing'}.")
    asked = ask_corpus(corpus, model, pipeline, embeddings=embeddings, progress=progress, **options)
    first = _tables(asked, asked.case.sample)
    candidates = tuple(_compared(first, kinds))
    chosen = max(candidates, key=lambda one: (one.agreement.value, -one.size))
    taught = asked.taught()
    tables = _tables(asked, taught)
    student = make_student(asked.describe, _estimator(chosen).learn(tables.fit), asked.embedder)
    held_out = asked.case.documents.take(np.flatnonzero(asked.case.held_out).tolist())
    decided = label_places(student.predict(held_out).tolist(), tables.classes)
    decisions = tables.test.decisions
    return Distilled(
        student,
        chosen,
        share_estimate(int((decided == decisions).sum()), len(held_out)),
        candidates,
        _accuracy(asked, decided, decisions, tables.classes),
        {
            "model": describe_model(asked.pipe.named_steps["query"].black_box),
            "documents": describe_corpus(asked.prepared, tables.all, asked.case.held_out, asked.case.n_unusable),
            "production": describe_corpus_production(asked.pipe, asked.answered, CorpusPolicy(), asked.recipe_name),
        },
    )


@dataclass(frozen=True, eq=False)
class _Tables:
    """The parts of a described sample."""

    fit: Table
    select: Table
    test: Table
    all: Table

    @property
    def classes(self) -> tuple[str, ...]:
        return self.all.classes


def _tables(asked: Asked, sample: Neighborhood) -> _Tables:
    described = asked.describe.fit_transform(sample)
    return _Tables(
        table_of(described.role("fit")),
        table_of(described.role("select")).originals(),
        table_of(described.role("test")).originals(),
        table_of(described).originals(),
    )


def _estimator(one: Candidate) -> Any:
    if one.kind == "linear":
        return SparseMultinomial(n_coefficients=one.size)
    return ClassTree(max_leaves=one.size)


def _compared(tables: _Tables, kinds: Sequence[str]) -> list[Candidate]:
    models: list[tuple[str, int, Any]] = []
    if "linear" in kinds:
        models += [("linear", size, one) for size, one in SparseMultinomial().path(tables.fit, _COEFFICIENTS).items()]
    if "tree" in kinds:
        models += [("tree", size, ClassTree(max_leaves=size).learn(tables.fit)) for size in _LEAVES]
    right = [int((model.decide(tables.select.features) == tables.select.decisions).sum()) for _, _, model in models]
    return [
        Candidate(kind, size, share_estimate(n, tables.select.n_rows))
        for (kind, size, _), n in zip(models, right, strict=True)
    ]


def _accuracy(
    asked: Asked, decided: NDArray[np.int64], decisions: NDArray[np.int64], classes: Sequence[str]
) -> dict[str, Estimate]:
    labels = asked.case.documents.labels
    if labels is None:
        return {}
    truth = label_places(labels, classes)[asked.case.held_out]
    rows = np.flatnonzero(truth >= 0)
    return {
        name: share_estimate(int((said[rows] == truth[rows]).sum()), len(rows))
        for name, said in (("model", decisions), ("student", decided))
    }
