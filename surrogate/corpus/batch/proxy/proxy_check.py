"""The check of a corpus proxy on one text: how well it tells answers that it never saw."""

from __future__ import annotations

import numpy as np

from surrogate.fit.corrected import Prior
from surrogate.rows import Rows

__all__ = ["check_of"]

#: What is known from other texts counts as so many copies of this one.
_ELSEWHERE = 16

_LEAST = 1e-12


def check_of(rows: Rows, prior: Prior, elsewhere: float) -> float:
    """R2 of a corpus proxy on the answers to a few copies of a text, drawn towards what it reaches on other texts.

    Only what the copies differ by is told: each pair is predicted with the mean difference of all others.  The pair of the
    text itself, which lies outside the reference distribution, gives its difference and does not count.

    Parameters
    ----------
    rows : Rows
        Copies of the text, with the model's answers.
    prior : callable
        What the proxy says of them.
    elsewhere : float
        Its R2 on texts that it was not fitted to: from four copies alone even a bad proxy can look good.

    Returns
    -------
    float
        At most 1.

    References
    ----------
    Efron and Morris, "Stein's estimation rule and its competitors", Journal of the American Statistical Association 1973.

    Examples
    --------
    >>> masks = np.array([[1, 1], [0, 0], [1, 0], [0, 1]], bool)
    >>> values = masks @ [2.0, 1.0]
    >>> rows = Rows(masks, values, values, np.ones(4), np.array([0, 0, 1, 1]), ("a", "b"))
    >>> check_of(rows, lambda masks: np.column_stack([masks @ [2.0, 1.0] + 5] * 2), elsewhere=0.775)
    0.8
    """
    differences = rows.values - prior(rows.masks)[:, 0]
    own = np.isin(rows.pairs, rows.pairs[rows.masks.all(axis=1)])
    counted = rows.weights * ~own
    n_counted = int((counted > 0).sum())
    if not n_counted:
        return float(elsewhere)
    others = np.array([differences[rows.pairs != pair].mean() for pair in rows.pairs])
    centre = np.average(rows.values, weights=counted)
    variation = float(counted @ (rows.values - centre) ** 2)
    r2 = 1.0 - float(counted @ (differences - others) ** 2) / max(variation, _LEAST)
    return (n_counted * r2 + _ELSEWHERE * float(elsewhere)) / (n_counted + _ELSEWHERE)
