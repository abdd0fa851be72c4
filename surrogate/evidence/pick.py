"""Pick: a few texts whose explanations together show what the explanations of all texts show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from surrogate.errors import InputError

__all__ = ["importance", "submodular_pick"]


def submodular_pick(effects: Sequence[Mapping[str, float]], n: int) -> tuple[int, ...]:
    """Texts that together cover the most important words, each chosen to add the most.

    Parameters
    ----------
    effects : sequence of mappings of str to float, length n_texts
        What each word adds, by the explanation of each text.
    n : int
        How many; fewer where no further text adds a word.

    Returns
    -------
    tuple of int
        Places of the chosen texts, the first chosen first; of equals the first.

    Raises
    ------
    InputError
        ``bad-parameter`` for a number below one or an effect that is no number.

    References
    ----------
    Ribeiro, Singh and Guestrin, "Why should I trust you?", KDD 2016, algorithm 2: the importance of word j is
    I_j = sqrt(sum_i |W_ij|), and the coverage of a set of texts the importance of the words that occur in any of them.

    Examples
    --------
    >>> submodular_pick([{"fee": 2.0}, {"fee": 1.0, "card": 3.0}, {"pin": 0.5}], 2)
    (1, 2)
    """
    if not isinstance(n, Integral) or isinstance(n, bool) or n < 1:
        raise InputError("bad-parameter", f"The number of texts is a whole number of at least 1; got {n!r}.")
    words, weights = _weights(effects)
    worth = np.sqrt(np.abs(weights).sum(axis=0))
    covers = weights != 0
    chosen: list[int] = []
    covered = np.zeros(len(words), dtype=bool)
    while len(chosen) < n:
        # Rounded, so that what adds the same is told apart by its place and not by the last bit of a sum.
        added = (covers[:, ~covered] @ worth[~covered]).round(12)
        if not len(added) or added.max() <= 0:
            break
        best = int(added.argmax())
        chosen.append(best)
        covered |= covers[best]
    return tuple(chosen)


def importance(effects: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Importance of each word over all texts, I_j = sqrt(sum_i |W_ij|), the largest first.

    Parameters
    ----------
    effects : sequence of mappings of str to float

    Examples
    --------
    >>> importance([{"fee": -3.0, "a": 0.0}, {"fee": 1.0, "card": 9.0}])
    {'card': 3.0, 'fee': 2.0, 'a': 0.0}
    """
    words, weights = _weights(effects)
    worth = dict(zip(words, np.sqrt(np.abs(weights).sum(axis=0)).tolist(), strict=True))
    return dict(sorted(worth.items(), key=lambda item: (-item[1], item[0])))


def _weights(effects: Sequence[Mapping[str, float]]) -> tuple[list[str], NDArray[np.float64]]:
    """The words in order, and what each adds in each text, shape (n_texts, n_words)."""
    words = sorted({word for row in effects for word in row})
    place = {word: column for column, word in enumerate(words)}
    weights = np.zeros((len(effects), len(words)))
    for number, row in enumerate(effects):
        for word, effect in row.items():
            weights[number, place[word]] = effect
    if not np.isfinite(weights).all():
        raise InputError("bad-parameter", "An effect is no finite number, so that no word can be weighed.")
    return words, weights
