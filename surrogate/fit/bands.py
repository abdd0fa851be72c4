"""Bands: words with about the same effect, put together so that a few terms say what many words do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_bands"]

Array = NDArray[np.float64]


def find_bands(effects: Array, counts: Array, n_bands: int, max_words: int) -> list[NDArray[np.intp]]:
    """The bands of words that, each with one weight, explain most of the variance of a sum of effects.

    Words of one sign are sorted by their effect and cut into runs; a dynamic programme finds the best cuts.

    Parameters
    ----------
    effects : ndarray of float, shape (n_words,)
        Of one occurrence of each word.
    counts : ndarray of float, shape (n_words,)
        Occurrences.
    n_bands : int
        At most so many; fewer where there are no more words with an effect.
    max_words : int
        Most words in a band.

    Returns
    -------
    list of ndarray of int
        Words of each band, strongest first; the band that explains most comes first.

    References
    ----------
    Fisher, "On grouping for maximum homogeneity", Journal of the American Statistical Association 1958.

    Examples
    --------
    >>> bands = find_bands(np.array([2.0, 0.0, 1.9, -1.0, 0.1]), np.ones(5), 2, 4)
    >>> [band.tolist() for band in bands]
    [[0, 2], [3]]
    """
    sides = [_cut(effects, counts, np.flatnonzero(effects * sign > 0), n_bands, max_words) for sign in (1, -1)]
    options = [(sides[0][0][up] + sides[1][0][n_bands - up], up) for up in range(n_bands + 1)]
    up = max(options)[1]
    bands = [*sides[0][1][up], *sides[1][1][n_bands - up]]
    return sorted(bands, key=lambda band: -_gain(effects[band], counts[band]))


def _gain(effects: Array, counts: Array) -> float:
    """Variance that one weight explains, up to the variance of an occurrence."""
    return float((counts * effects).sum() ** 2 / counts.sum())


def _cut(
    effects: Array, counts: Array, words: NDArray[np.intp], n_bands: int, max_words: int
) -> tuple[list[float], list[list[NDArray[np.intp]]]]:
    """For every number of bands up to ``n_bands``: the variance they explain, and the bands, from the strongest down."""
    words = words[np.argsort(-np.abs(effects[words]), kind="stable")][: n_bands * max_words]
    moment = np.concatenate([[0.0], np.cumsum(counts[words] * effects[words])])
    weight = np.concatenate([[0.0], np.cumsum(counts[words])])
    n = len(words)
    # best[k][j]: k bands over the first j words, the last of which ends at j
    best = np.zeros((n_bands + 1, n + 1))
    best[1:, 0] = -np.inf
    best[0, 1:] = -np.inf
    start = np.zeros((n_bands + 1, n + 1), dtype=np.intp)
    for stop in range(1, n + 1):
        begins = np.arange(max(0, stop - max_words), stop)
        gains = (moment[stop] - moment[begins]) ** 2 / (weight[stop] - weight[begins])
        totals = best[:-1, begins] + gains
        start[1:, stop] = begins[np.argmax(totals, axis=1)]
        best[1:, stop] = totals.max(axis=1)
    values, bands = [0.0], [[]]  # type: tuple[list[float], list[list[NDArray[np.intp]]]]
    for k in range(1, n_bands + 1):
        stop = int(np.argmax(best[k]))
        if not np.isfinite(best[k, stop]) or best[k, stop] <= values[-1]:
            values.append(values[-1])
            bands.append(bands[-1])
            continue
        values.append(float(best[k, stop]))
        found = []
        for level in range(k, 0, -1):
            found.append(words[start[level, stop] : stop])
            stop = int(start[level, stop])
        bands.append(found[::-1])
    return values, bands
