"""A fitted quantity that is a function of another, which a process describes better: probabilities by their log-odds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, solve_triangular
from scipy.stats import norm

from surrogate.fit.gaussian_process import GaussianProcess, fit_gaussian_process
from surrogate.outcome import CLIP, sigmoid
from surrogate.reference import all_masks
from surrogate.rows import Rows

__all__ = ["MOST_LINKED_UNITS", "PROBABILITY", "Link", "linked_answers"]

#: Units up to which every mask is gone through.
MOST_LINKED_UNITS = 14

#: Points of the normal distribution over which an expectation is taken, and masks worked on at once.
_N_POINTS = 32
_CHUNK = 4096

Numbers = NDArray[np.float64]
Elementwise = Callable[[Numbers], Numbers]


@dataclass(frozen=True)
class Link:
    """The fitted quantity as a function of a latent one.

    Parameters
    ----------
    to_latent, to_value : callable (ndarray of float) -> ndarray of float
        Elementwise; each other's inverse on the answers.

    Examples
    --------
    >>> PROBABILITY.to_value(PROBABILITY.to_latent(np.array([0.25]))).tolist()
    [0.25]
    """

    to_latent: Elementwise
    to_value: Elementwise


def _log_odds(probability: Numbers) -> Numbers:
    clipped = np.clip(probability, CLIP, 1.0 - CLIP)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


#: A probability by its log-odds.
PROBABILITY = Link(_log_odds, sigmoid)


def linked_answers(rows: Rows, link: Link) -> tuple[NDArray[np.bool_], Numbers]:
    """Every mask with its answer, or the answer's expectation where it was not asked.

    A process is fitted to the latent quantity; the expectation is that of the fitted quantity under the process's
    distribution of the latent one, so a jump is as soft as the process is uncertain on which side of it a mask lies.

    Parameters
    ----------
    rows : Rows
        Distinct masks of at most ``MOST_LINKED_UNITS`` units, at least two of them, with values that vary.
    link : Link

    Returns
    -------
    masks : ndarray of bool, shape (2 ** n_units, n_units)
    answers : ndarray of float, shape (2 ** n_units,)

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0]], bool)
    >>> values = np.array([0.9, 0.1, 0.8])
    >>> rows = Rows(masks, values, values, np.ones(3), np.array([0, 0, 1]), ("a", "b"))
    >>> linked_answers(rows, PROBABILITY)[1].round(2)[:3].tolist()
    [0.9, 0.1, 0.8]
    """
    latent = link.to_latent(rows.values)
    process = fit_gaussian_process(replace(rows, values=latent, margins=latent))
    masks = all_masks(rows.n_units)
    mean, deviation = _posterior(process, masks)
    points = norm.ppf((np.arange(_N_POINTS) + 0.5) / _N_POINTS)
    answers = np.mean([link.to_value(mean + deviation * point) for point in points], axis=0)
    answers[_positions(rows.masks, masks)] = rows.values
    return masks, answers


def _posterior(process: GaussianProcess, masks: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Mean and standard deviation of the latent quantity, the process's noise included, each of shape (n_masks,)."""
    kernel, spread = process.kernel, process.spread[0]
    matrix = kernel.matrix(process.masks, process.masks)
    matrix[np.diag_indices(len(matrix))] += process.noise
    root = cho_factor(matrix, lower=True)[0]
    mean, variance = np.empty(len(masks)), np.empty(len(masks))
    for start in range(0, len(masks), _CHUNK):
        some = slice(start, start + _CHUNK)
        wanted = masks[some].astype(np.float64)
        cross = kernel.matrix(wanted, process.masks)
        mean[some] = cross @ process.dual[:, 0]
        known = (solve_triangular(root, cross.T, lower=True) ** 2).sum(axis=0)
        variance[some] = kernel.exponential * kernel.amplitude(wanted) ** 2 + kernel.linear - known
    return process.centre[0] + spread * mean, spread * np.sqrt(np.maximum(variance, 0.0) + process.noise)


def _positions(wanted: NDArray[np.bool_], masks: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Where each wanted mask stands among all."""
    powers = 2 ** np.arange(masks.shape[1])
    order = np.argsort(masks @ powers)
    return np.asarray(order[wanted @ powers])
