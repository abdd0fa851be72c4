"""Which features stand for the same words, so that the presence of one and the absence of the other makes no readable rule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from surrogate.features import Feature

__all__ = ["nested_features"]

#: Kinds whose keys are pieces of one word.
_WITHIN_WORDS = ("word", "stem", "prefix", "character")


def nested_features(named: tuple[Feature, ...]) -> NDArray[np.bool_]:
    """Whether two features stand for the same words, or one for some of the other's, shape (n_features, n_features).

    A word, stem or beginning is nested in another one that its key begins with, or that was found in the same words.
    ``payment AND NOT payments`` tells a reader nothing about the subject; ``lost AND NOT "lost card"`` does, and so does the
    absence of a word that only ever came together with the one that is present.

    Examples
    --------
    >>> named = (Feature("stem", "payment", "payment"), Feature("prefix", "paym", "paym*"), Feature("word", "lost", "lost"))
    >>> nested_features(named).astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    """
    nested = np.eye(len(named), dtype=bool)
    # Keys in alphabetical order: those that begin with a key follow it at once.
    order = sorted((feature.key, column) for column, feature in enumerate(named) if feature.kind in _WITHIN_WORDS)
    for place, (key, column) in enumerate(order):
        for other_key, other in order[place + 1 :]:
            if not other_key.startswith(key):
                break
            nested[column, other] = nested[other, column] = True
    _mark_shared_forms(nested, named)
    return nested


def _mark_shared_forms(nested: NDArray[np.bool_], named: tuple[Feature, ...]) -> None:
    having: dict[str, list[int]] = {}
    for column, feature in enumerate(named):
        if feature.kind in _WITHIN_WORDS:
            for form in feature.forms:
                having.setdefault(form, []).append(column)
    for columns in having.values():
        nested[np.ix_(columns, columns)] = True
