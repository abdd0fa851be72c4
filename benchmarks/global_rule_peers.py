"""Rules that peers give: the purest leaves of a tree, and a greedy list over words without altered copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.rule_search import RuleSearch
from surrogate.table import Table

MAX_RULES = 40

#: What a rule, or a leaf, is to be right about among the documents that were fitted to.
THRESHOLDS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97)

#: The prices of an error of the greedy list; without copies it needs higher ones.
CAUTIONS = (2.0, 4.0, 6.0, 8.0, 11.0, 15.0, 20.0, 30.0, 50.0, 80.0)


def point(said: NDArray[np.int64], truth: NDArray[np.int64]) -> dict[str, float]:
    """Coverage and precision of what is said, -1 where nothing.

    Examples
    --------
    >>> point(np.array([0, -1, 1, 1]), np.array([0, 0, 1, 0]))
    {'coverage': 0.75, 'precision': 0.6666666666666666}
    """
    covered = said >= 0
    precision = float(np.mean(said[covered] == truth[covered])) if covered.any() else float("nan")
    return {"coverage": float(covered.mean()), "precision": precision}


def tree_leaves(
    fitted: Sequence[str],
    says: NDArray[np.int64],
    held_out: Sequence[str],
    truth: NDArray[np.int64],
    n_leaves: int,
    min_leaf: int,
) -> list[dict[str, Any]]:
    """The 40 largest leaves that are pure enough on the fitted rows (corrected as Laplace does), for each threshold."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.tree import DecisionTreeClassifier

    vectorizer = CountVectorizer(min_df=3, binary=True).fit(fitted)
    rows = vectorizer.transform(fitted)
    tree = DecisionTreeClassifier(max_leaf_nodes=n_leaves, min_samples_leaf=min_leaf, random_state=0).fit(rows, says)
    own = tree.apply(rows)
    sizes = {leaf: int((own == leaf).sum()) for leaf in np.unique(own).tolist()}
    pure = {leaf: (np.bincount(says[own == leaf]).max() + 1) / (size + 2) for leaf, size in sizes.items()}
    other = vectorizer.transform(held_out)
    leaves, decided = tree.apply(other), tree.predict(other)
    points = []
    for threshold in THRESHOLDS:
        kept = sorted((leaf for leaf in sizes if pure[leaf] >= threshold), key=lambda leaf: -sizes[leaf])[:MAX_RULES]
        said = np.where(np.isin(leaves, kept), decided, -1)
        points.append({"at": threshold, "shown": len(kept), **point(said, truth)})
    return points


def greedy_list(fitted: Table, held_out: Table) -> list[dict[str, Any]]:
    """A list over the presence of words, chosen greedily on the documents alone, for each price of an error."""
    search = RuleSearch(MAX_RULES, 2, 4, True, 0.0, ())
    return [
        {"at": caution, "shown": len(model.rules), **point(model.decide(held_out.features), held_out.decisions)}
        for caution, model in search.models(fitted.in_order(), CAUTIONS).items()
    ]
