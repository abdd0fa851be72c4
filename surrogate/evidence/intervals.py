"""Intervals of coefficients: bootstrap over complement pairs, conditional on the chosen terms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from surrogate.evidence.bootstrap import pair_sums, resampled_sums
from surrogate.linear_model import LinearModel
from surrogate.rows import Rows

__all__ = ["with_intervals"]

#: Replicates: each solves one small system.
_N_REPLICATES = 1000


def with_intervals(model: LinearModel, fit: Rows, *, generator: np.random.Generator) -> LinearModel:
    """The same terms with a 95 % interval each.

    Least squares on the displayed terms is refitted to bootstrap samples of the pairs; the spread around its own estimate
    is laid around the displayed coefficient.  The two may differ by more than the spread, where the terms say nearly all
    that the model does and a proxy taught them: then the interval reaches as far as the inner half of the spread around
    the estimate from the calls.  Where every possible copy was asked, the intervals have no width.

    Parameters
    ----------
    model : LinearModel
    fit : Rows
        The fitting part, in the model's scale.
    generator : numpy.random.Generator

    Returns
    -------
    LinearModel
    """
    if not model.terms:
        return model
    if fit.exact:
        return replace(
            model, terms=tuple(replace(term, low=term.coefficient, high=term.coefficient) for term in model.terms)
        )
    design = np.column_stack([model.design(fit.masks), np.ones(len(fit.values))])
    gram = pair_sums(fit.weights[:, None, None] * design[:, :, None] * design[:, None, :], fit.pairs)
    moment = pair_sums((fit.weights * fit.values)[:, None] * design, fit.pairs)
    # A trace of ridge keeps replicates solvable in which a unit is never removed.
    trace = 1e-3 * np.eye(design.shape[1])
    estimate = np.linalg.solve(gram.sum(axis=0) + trace, moment.sum(axis=0))
    seed = generator.integers(2**63)
    grams, moments = (resampled_sums(sums, np.random.default_rng(seed), _N_REPLICATES) for sums in (gram, moment))
    replicates = np.linalg.solve(grams + trace, moments[..., None])[..., 0] - estimate
    replicates *= _small_sample(len(gram), *design.shape)
    below, above = np.quantile(replicates[:, :-1], [0.025, 0.975], axis=0)
    shown, called = np.array([term.coefficient for term in model.terms]), estimate[:-1]
    low = np.minimum(shown + below, called + below / 2)
    high = np.maximum(shown + above, called + above / 2)
    terms = tuple(
        replace(term, low=float(least), high=float(most))
        for term, least, most in zip(model.terms, low, high, strict=True)
    )
    return replace(model, terms=terms)


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
