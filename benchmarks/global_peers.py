"""Linear peers of scikit-learn, at a stated number of displayed numbers; given the same documents and no altered copies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: The penalty 1 / C is searched between these, until neighbours differ by less than _STEP.
_LOW, _HIGH, _STEP = 0.05, 60.0, 1.01


@dataclass(frozen=True, eq=False)
class Matrices:
    """What a peer is given: rows to fit to and rows held out, with the model's decisions.

    Parameters
    ----------
    fitted, held_out : scipy.sparse.csr_matrix
    says, truth : ndarray of int
        Decisions on the two.
    """

    fitted: Any
    says: NDArray[np.int64]
    held_out: Any
    truth: NDArray[np.int64]


@dataclass(frozen=True)
class Sized:
    """One model of a path: how many numbers it shows, and how often it agrees with the model on held-out documents."""

    shown: int
    agreement: float


def tfidf(
    fitted: tuple[Sequence[str], NDArray[np.int64]],
    held_out: tuple[Sequence[str], NDArray[np.int64]],
    **options: Any,
) -> Matrices:
    """TF-IDF of words, or of what the options of the vectorizer say, in two documents or more."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(min_df=2, **options).fit(fitted[0])
    return Matrices(vectorizer.transform(fitted[0]), fitted[1], vectorizer.transform(held_out[0]), held_out[1])


def tfidf_of_stems(
    fitted: tuple[Sequence[str], NDArray[np.int64]], held_out: tuple[Sequence[str], NDArray[np.int64]]
) -> Matrices:
    """TF-IDF of the stems that ours uses: the hardest control."""
    from sklearn.feature_extraction.text import TfidfTransformer

    from surrogate.describe import Terms

    terms = Terms(prefixes=None, characters=None).fit(fitted[0])
    weights = TfidfTransformer().fit(terms.transform(fitted[0]))
    own, other = (weights.transform(terms.transform(texts)) for texts in (fitted[0], held_out[0]))
    return Matrices(own, fitted[1], other, held_out[1])


def largest_within(fit: Callable[[float], Sized], sizes: Sequence[int]) -> dict[int, Sized]:
    """For each size the model of a path that shows the most numbers without showing more: by bisection on C.

    Parameters
    ----------
    fit : callable (float) -> Sized
        The model of one C; the larger C, the more numbers.
    sizes : sequence of int
    """
    found: dict[float, Sized] = {}

    def at(c: float) -> Sized:
        if c not in found:
            found[c] = fit(c)
        return found[c]

    for size in sizes:
        low = max((c for c, one in found.items() if one.shown <= size), default=_LOW)
        high = min((c for c, one in found.items() if one.shown > size and c > low), default=_HIGH)
        at(low)
        while high / low > _STEP and found[low].shown < size:
            middle = math.sqrt(low * high)
            if at(middle).shown <= size:
                low = middle
            else:
                high = middle
    nothing = Sized(0, float("nan"))
    return {
        size: max((one for one in found.values() if one.shown <= size), key=lambda one: one.shown, default=nothing)
        for size in sizes
    }


def l1_path(matrices: Matrices, sizes: Sequence[int]) -> dict[int, Sized]:
    """Multinomial logistic regression with an L1 penalty (saga), by its number of coefficients."""
    from sklearn.linear_model import LogisticRegression

    def fit(c: float) -> Sized:
        model = LogisticRegression(l1_ratio=1.0, C=c, solver="saga", max_iter=2000, tol=1e-3, random_state=0)
        model.fit(matrices.fitted, matrices.says)
        shown = int((np.abs(model.coef_) > 1e-8).sum())
        return Sized(shown, float(np.mean(model.predict(matrices.held_out) == matrices.truth)))

    return largest_within(fit, sizes)


def leaves_within(size: int) -> int:
    """Leaves of a tree that shows at most so many numbers: a threshold for each test and a decision for each leaf.

    Examples
    --------
    >>> leaves_within(200)
    100
    """
    return max(2, (size + 1) // 2)


def tree_path(matrices: Matrices, sizes: Sequence[int]) -> dict[int, Sized]:
    """Decision trees of scikit-learn."""
    from sklearn.tree import DecisionTreeClassifier

    models = {}
    for size in sizes:
        tree = DecisionTreeClassifier(max_leaf_nodes=leaves_within(size), random_state=0)
        tree.fit(matrices.fitted, matrices.says)
        agreement = float(np.mean(tree.predict(matrices.held_out) == matrices.truth))
        models[size] = Sized(2 * int(tree.get_n_leaves()) - 1, agreement)
    return models
