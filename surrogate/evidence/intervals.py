"""Intervals of coefficients, and of what each unit adds: bootstrap over complement pairs, for the chosen terms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surrogate.evidence.bootstrap import pair_sums, resampled_sums
from surrogate.linear_model import LinearModel
from surrogate.rows import Rows
from surrogate.unit_effects import UnitEffect, unit_shares

__all__ = ["with_intervals"]

#: Replicates: each solves one small system.
_N_REPLICATES = 1000

Array = NDArray[np.float64]


def with_intervals(model: LinearModel, fit: Rows) -> LinearModel:
    """The same terms with a 95 % interval each, and what each of their units adds with its own.

    Least squares on the displayed terms is refitted to bootstrap samples of the pairs; the spread around its own estimate
    is laid around the displayed coefficient.  The two may differ by more than the spread, where the terms say nearly all
    that the model does and a proxy taught them: then the interval reaches as far as the inner half of the spread around
    the estimate from the calls.  Where every possible copy was asked, the intervals have no width.

    Parameters
    ----------
    model : LinearModel
    fit : Rows
        The fitting part, in the model's scale.

    Returns
    -------
    LinearModel
    """
    if not model.terms:
        return model
    shown = np.array([term.coefficient for term in model.terms])
    if fit.exact:
        return _with_ends(model, fit, shown, np.zeros((1, len(shown))), shown)
    design = np.column_stack([model.design(fit.masks), np.ones(len(fit.values))])
    gram = pair_sums(fit.weights[:, None, None] * design[:, :, None] * design[:, None, :], fit.pairs)
    moment = pair_sums((fit.weights * fit.values)[:, None] * design, fit.pairs)
    # A trace of ridge keeps replicates solvable in which a unit is never removed.
    trace = 1e-3 * np.eye(design.shape[1])
    estimate = np.linalg.solve(gram.sum(axis=0) + trace, moment.sum(axis=0))
    grams, moments = (resampled_sums(sums, _N_REPLICATES) for sums in (gram, moment))
    replicates = np.linalg.solve(grams + trace, moments[..., None])[..., 0] - estimate
    replicates *= _small_sample(len(gram), *design.shape)
    return _with_ends(model, fit, shown, replicates[:, :-1].astype(np.float64), estimate[:-1])


def _with_ends(model: LinearModel, fit: Rows, shown: Array, replicates: Array, called: Array) -> LinearModel:
    """Intervals of the terms, and of the sums of their shares that each unit adds."""
    terms = tuple(
        replace(term, low=low, high=high)
        for term, low, high in zip(model.terms, *_ends(shown, replicates, called), strict=True)
    )
    shares = unit_shares([term.literals for term in terms], model.n_units)
    if shares is None:
        return replace(model, terms=terms)
    added = shares @ shown
    low, high = _ends(added, replicates @ shares.T, shares @ called)
    named = [unit for unit in np.argsort(-np.abs(added), kind="stable").tolist() if shares[unit].any()]
    effects = tuple(UnitEffect(unit, fit.units[unit], float(added[unit]), low[unit], high[unit]) for unit in named)
    return replace(model, terms=terms, effects=effects)


def _ends(shown: Array, replicates: Array, called: Array) -> tuple[list[float], list[float]]:
    """Low and high ends around what is shown, reaching half as far around what the calls say by themselves."""
    below, above = np.quantile(replicates, [0.025, 0.975], axis=0)
    low = np.minimum(shown + below, called + below / 2)
    high = np.maximum(shown + above, called + above / 2)
    return low.tolist(), high.tolist()


def _small_sample(n_pairs: int, n_rows: int, n_columns: int) -> float:
    """Factor by which a bootstrap over few clusters is too narrow: lost degrees of freedom, and Student's quantile.

    References
    ----------
    Cameron and Miller, "A practitioner's guide to cluster-robust inference", Journal of Human Resources 2015, section
    VI.B and equation 12.
    """
    from scipy.stats import norm, t

    freedom = n_pairs / max(n_pairs - 1, 1) * (n_rows - 1) / max(n_rows - n_columns, 1)
    return float(np.sqrt(freedom) * t.ppf(0.975, max(n_pairs - 1, 1)) / norm.ppf(0.975))
