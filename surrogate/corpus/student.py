"""Students: readable surrogates of a corpus as plain scikit-learn pipelines, from texts to class probabilities."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from sklearn.pipeline import FeatureUnion, Pipeline

from surrogate.class_tree_model import ClassTreeModel
from surrogate.describe import Columns, Concepts, Describe, Terms
from surrogate.describe.tree_classifier import TreeClassifier
from surrogate.features import Feature
from surrogate.multinomial_model import MultinomialModel

__all__ = ["make_student", "reads"]


def make_student(describe: Describe, model: MultinomialModel | ClassTreeModel, embedder: Any = None) -> Pipeline:
    """A global surrogate as a fitted scikit-learn pipeline: ``predict`` and ``predict_proba`` take texts.

    Parameters
    ----------
    describe : Describe
        Fitted; of its parts, and of the terms, only what the model needs is kept.
    model : MultinomialModel or ClassTreeModel
    embedder : Embedder, optional
        Gives the embeddings in which concepts are found.

    Returns
    -------
    sklearn.pipeline.Pipeline
        features, a FeatureUnion; and classifier, a LogisticRegression that holds the coefficients, or a tree.
    """
    union, named = _needed(describe, {feature.name for feature in model.features}, embedder)
    made = _linear(model, named) if isinstance(model, MultinomialModel) else TreeClassifier.of(model, named)
    return Pipeline([("features", union), ("classifier", made)])


def reads(student: Pipeline) -> tuple[str, ...]:
    """What a student reads besides the text: "columns", "embeddings", both or nothing."""
    parts = [part for _, part in student.named_steps["features"].transformer_list]
    kinds = {"columns": Columns, "embeddings": Concepts}
    return tuple(name for name, kind in kinds.items() if any(isinstance(part, kind) for part in parts))


def _linear(model: MultinomialModel, named: tuple[Feature, ...]) -> Any:
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((len(named), len(model.classes)))
    place = {feature.name: number for number, feature in enumerate(named)}
    weights[[place[feature.name] for feature in model.features]] = model.weights()
    intercepts = np.array(model.intercepts)
    if len(model.classes) == 2:
        # scikit-learn keeps one row of coefficients for two classes: the second against the first
        weights, intercepts = weights[:, 1:] - weights[:, :1], intercepts[1:] - intercepts[:1]
    classifier = LogisticRegression()
    classifier.coef_, classifier.intercept_ = np.ascontiguousarray(weights.T), intercepts
    classifier.classes_ = np.array(model.classes)
    classifier.n_features_in_ = len(named)
    classifier.n_iter_ = np.array([0], dtype=np.int32)
    return classifier


def _needed(describe: Describe, names: set[str], embedder: Any) -> tuple[FeatureUnion, tuple[Feature, ...]]:
    """The parts that have a feature of these names; of terms only those."""
    parts: list[tuple[str, Any]] = []
    named: list[Feature] = []
    for name, fitted in describe.parts_.items():
        kept = tuple(feature for feature in fitted.features_ if feature.name in names)
        if not kept:
            continue
        part = copy.copy(fitted)
        if isinstance(part, Terms):
            part.features_, part.merged_ = kept, {}
        if isinstance(part, Concepts):
            # who reads the pipeline has no use for the places of typical texts in somebody's corpus
            part.concepts_, part.embedder = (), embedder
        parts.append((name, part))
        named += list(part.features_)
    return FeatureUnion(parts), tuple(named)
