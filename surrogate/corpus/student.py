"""Students: readable surrogates of a corpus as plain scikit-learn pipelines, from texts to class probabilities."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import FeatureUnion, Pipeline

from surrogate.describe import Columns, Concepts, Describe, Terms
from surrogate.features import Feature
from surrogate.multinomial_model import MultinomialModel
from surrogate.table import Table

__all__ = ["linear_student", "tree_student"]


def linear_student(describe: Describe, model: MultinomialModel) -> Pipeline:
    """A sparse multinomial surrogate as features and a scikit-learn LogisticRegression that holds its coefficients.

    Parameters
    ----------
    describe : Describe
        Fitted; of its parts, and of the terms, only what the model needs is kept.
    model : MultinomialModel

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted: ``predict`` and ``predict_proba`` take texts.
    """
    from sklearn.linear_model import LogisticRegression

    union, named = _needed(describe, {feature.name for feature in model.features})
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
    return Pipeline([("features", union), ("classifier", classifier)])


def tree_student(describe: Describe, table: Table, max_leaves: int, min_samples_leaf: int) -> Pipeline:
    """A decision tree on the features, fitted to the model's probabilities.

    Each document counts for every class by its probability: then the Gini impurity gains as much by each split as squared
    error summed over classes does.

    Parameters
    ----------
    describe : Describe
        Fitted.
    table : Table
        The documents to fit to, as they are.
    max_leaves, min_samples_leaf : int

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted.
    """
    from scipy.sparse import vstack
    from sklearn.tree import DecisionTreeClassifier

    table = table.originals().in_order()
    n_classes = len(table.classes)
    labels = np.repeat(np.arange(n_classes), table.n_rows)
    weights = table.probabilities.T.ravel()
    share = min(0.5, min_samples_leaf / table.n_rows * (1 - 1e-9))
    options: dict[str, Any] = {"max_leaf_nodes": max_leaves, "min_weight_fraction_leaf": share, "random_state": 0}

    def fitted(presence: Any) -> DecisionTreeClassifier:
        return DecisionTreeClassifier(**options).fit(vstack([presence] * n_classes).tocsc(), labels, weights)

    grown = fitted(table.features.presence)
    asked = {table.features.named[column].name for column in grown.tree_.feature if column >= 0}
    union, named = _needed(describe, asked)
    columns = _columns(table.features.named, named)
    classifier = fitted(table.features.presence[:, columns])
    classifier.classes_ = np.array(table.classes)[classifier.classes_]
    return Pipeline([("features", union), ("classifier", classifier)])


def _columns(named: tuple[Feature, ...], wanted: tuple[Feature, ...]) -> NDArray[np.intp]:
    place = {feature.name: number for number, feature in enumerate(named)}
    return np.array([place[feature.name] for feature in wanted], dtype=np.intp)


def _needed(describe: Describe, names: set[str]) -> tuple[FeatureUnion, tuple[Feature, ...]]:
    """The parts that have a feature of these names; of terms only those."""
    parts, named = [], []
    for name, part in describe.parts_.items():
        kept = tuple(feature for feature in part.features_ if feature.name in names)
        if not kept:
            continue
        part = copy.copy(part)
        if isinstance(part, Terms):
            part.features_, part.merged_ = kept, {}
        parts.append((name, part))
        named += list(part.features_)
    return FeatureUnion(parts), tuple(named)


def needs_columns(student: Pipeline) -> bool:
    """Whether a student reads columns beside the text."""
    return any(isinstance(part, Columns) for _, part in student.named_steps["features"].transformer_list)


def needs_embeddings(student: Pipeline) -> bool:
    """Whether a student reads embeddings of the text."""
    return any(isinstance(part, Concepts) for _, part in student.named_steps["features"].transformer_list)
