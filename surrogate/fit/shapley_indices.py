"""Shapley values and interactions from answers: by enumeration where all are known, else through what fits them best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surrogate.fit.gaussian_process import fit_gaussian_process
from surrogate.fit.shapley_link import MOST_LINKED_UNITS, Link, linked_answers
from surrogate.fit.shapley_process import ProcessIndices
from surrogate.fit.shapley_weights import Pair, pair_weight_sums, unit_weights
from surrogate.fit.votes import scored
from surrogate.rows import Rows
from surrogate.seeding import content_generator

__all__ = ["Indices", "distinct", "find_indices", "is_complete"]

#: Largest residual, relative to the range of the answers, at which a sum over units counts as the model itself.
_ROUNDING = 1e-9

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Indices:
    """Values and interactions of all units, with what their errors are found from.

    Parameters
    ----------
    values : ndarray of float, shape (n_units,)
    pairs : ndarray of float, shape (n_units, n_units)
        Symmetric; the diagonal has no meaning.
    errors : ndarray of float, shape (n_units,), optional
        Standard errors; None where none can be given.
    pair_errors : callable (sequence of (int, int)) -> ndarray of float, optional
        Standard errors of some interactions.
    ends : tuple of float
        The fitted quantity for the empty mask and for the full one, as predicted where it was not asked.
    source : str

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool)
    >>> values = np.array([4.0, 0.0, 1.0, 1.0])
    >>> rows = Rows(masks, values, values, np.ones(4), np.array([0, 0, 1, 1]), ("not", "good"))
    >>> found = find_indices(rows)
    >>> found.values.tolist(), found.pairs[0, 1]
    ([2.0, 2.0], np.float64(2.0))
    """

    values: Numbers
    pairs: Numbers
    ends: tuple[float, float]
    source: str
    errors: Numbers | None = None
    pair_errors: Callable[[Sequence[Pair]], Numbers] | None = None


def distinct(rows: Rows) -> Rows:
    """Each mask once: a design that repeats a mask learns nothing from it."""
    first = np.sort(np.unique(rows.masks, axis=0, return_index=True)[1])
    if len(first) == len(rows.values):
        return rows
    return replace(
        rows,
        masks=rows.masks[first],
        values=rows.values[first],
        margins=rows.margins[first],
        weights=rows.weights[first],
        pairs=rows.pairs[first],
        variances=None if rows.variances is None else rows.variances[first],
        votes=None if rows.votes is None else rows.votes[first],
    )


def is_complete(rows: Rows) -> bool:
    """Whether every mask is among the rows (distinct masks)."""
    return rows.n_units < 24 and len(rows.values) == 2**rows.n_units


def find_indices(rows: Rows, link: Link | None = None) -> Indices:
    """Exact where every mask was asked or the answers add up to rounding; otherwise those of a Gaussian process.

    Parameters
    ----------
    rows : Rows
        Distinct masks.
    link : Link, optional
        What a process describes better than the fitted quantity; used up to ``MOST_LINKED_UNITS`` units.

    Returns
    -------
    Indices
    """
    if len(rows.values) < 2 or np.ptp(rows.values) == 0:
        return _constant(rows)
    if is_complete(rows) and not rows.varies:
        return _enumerated(rows.masks, rows.values, "calls")
    additive = None if rows.varies else _additive(rows)
    if additive is not None:
        return additive
    found = _of_process(rows)
    if link is None or rows.n_units > MOST_LINKED_UNITS:
        return found
    linked = _enumerated(*linked_answers(rows, link), found.source)
    return replace(linked, errors=found.errors, pair_errors=found.pair_errors)


def _enumerated(masks: NDArray[np.bool_], answers: Numbers, source: str) -> Indices:
    n_units = masks.shape[1]
    pairs = pair_weight_sums(masks, answers) if n_units > 1 else np.zeros((1, 1))
    size = masks.sum(axis=1)
    ends = float(answers[size == 0][0]), float(answers[size == n_units][0])
    return Indices(unit_weights(masks) @ answers, pairs, ends, source, np.zeros(n_units), _no_errors)


def _constant(rows: Rows) -> Indices:
    """Answers that do not vary; from a single one, or none, no error can be told."""
    zero, value = np.zeros(rows.n_units), float(rows.values[0]) if len(rows.values) else 0.0
    pairs = np.zeros((rows.n_units, rows.n_units))
    if len(rows.values) < 2:
        return Indices(zero, pairs, (value, value), "calls")
    return Indices(zero, pairs, (value, value), "calls", zero, _no_errors)


def _additive(rows: Rows) -> Indices | None:
    """Least squares on all units, if it leaves nothing and has rows to spare."""
    design = np.column_stack([rows.masks.astype(np.float64), np.ones(len(rows.values))])
    solved, _, rank, _ = np.linalg.lstsq(design, rows.values, rcond=None)
    found: Numbers = solved.astype(np.float64)
    left = np.abs(rows.values - design @ found).max()
    if rank < design.shape[1] or len(design) == rank or left > _ROUNDING * np.ptp(rows.values):
        return None
    ends = float(found[-1]), float(found.sum())
    pairs = np.zeros((rows.n_units, rows.n_units))
    return Indices(found[:-1], pairs, ends, "additive model", np.zeros(rows.n_units), _no_errors)


def _of_process(rows: Rows) -> Indices:
    process = fit_gaussian_process(rows)
    if rows.votes is not None:
        rows = scored(rows, process.predict(rows.masks)[:, 0])
        process = fit_gaussian_process(rows)
    indices = ProcessIndices(process, rows, content_generator("jackknife", rows.units))
    values, errors = indices.units()
    empty, full = np.zeros((1, rows.n_units), dtype=bool), np.ones((1, rows.n_units), dtype=bool)
    ends = indices.answer(empty), indices.answer(full)
    return Indices(values, indices.all_pairs(), ends, process.name, errors, indices.pair_errors)


def _no_errors(pairs: Sequence[Pair]) -> Numbers:
    return np.zeros(len(pairs))
